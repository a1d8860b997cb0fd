"""The errors of photos."""

from __future__ import annotations

from moodpi.errors import MoodpiError

FORMATS = "JPEG, PNG, WebP, BMP or TIFF"


class NotAnImageError(MoodpiError):
    """The content is not an image of a supported format."""

    default_code = "not_an_image"


class TooManyPixelsError(MoodpiError):
    """The header states more pixels than the limit."""

    default_code = "too_many_pixels"


class UndecodableError(MoodpiError):
    """The header is that of an image, but the pixels cannot be decoded."""

    default_code = "undecodable"


class HeifError(MoodpiError):
    """The photo is in AVIF format, or in HEIC format without the decoder.

    install: the command that installs the decoder, if that would help.
    """

    default_code = "heic"

    def __init__(self, name: str, install: str = "") -> None:
        fix = f"{install}, or " if install else ""
        super().__init__(
            f"{name} is in HEIC or AVIF format: expected {FORMATS}: {fix}on an iPhone choose "
            "Settings, Camera, Formats, Most Compatible, or send a screenshot of the photo"
        )


class PhotoTooLargeError(MoodpiError):
    """The file is larger than the limit."""

    default_code = "photo_too_large"


class DecodingTimeoutError(MoodpiError):
    """Decoding takes longer than the limit."""

    default_code = "decoding_timeout"


class DecoderUnavailableError(MoodpiError):
    """The process that decodes photos cannot be started."""

    default_code = "no_decoder"
