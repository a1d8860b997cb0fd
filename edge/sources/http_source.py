"""A camera, a picture or a film that is reached by HTTP."""

from __future__ import annotations

import logging
import re
import time

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.photos.decoder import PhotoDecoder
from edge.photos.errors import (
    DecodingTimeoutError,
    HeifError,
    NotAnImageError,
    PhotoTooLargeError,
    TooManyPixelsError,
    UndecodableError,
)
from edge.photos.limits import CAMERA_LIMITS
from edge.sources.capture import MAX_DAMAGED_FRAMES
from edge.sources.frame_size import check_frame_size, halved_if_large
from edge.sources.http.client import HttpClient, HttpResponse
from edge.sources.http.jpeg_splitter import START
from edge.sources.http.pictures import EncodedPictures, FetchedPictures, StreamedPictures
from edge.sources.source import SourceKind
from edge.sources.stream import StreamSource
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

URL = re.compile(r"https?://.", re.IGNORECASE)
MULTIPART, PICTURE = "multipart/", "image/"
# The start of a part, in an answer that does not say that it has parts.
DASHES = b"--"
# The errors of one picture, after which the next one can be good.
PICTURE_ERRORS = (
    DecodingTimeoutError,
    HeifError,
    NotAnImageError,
    PhotoTooLargeError,
    UndecodableError,
)


class HttpSource(SourceKind):
    """Frames of a server. Its answer decides how they are read, not its address.

    A stream of JPEGs is read as it comes, a single picture is requested again at the frame rate.
    Both are decoded in the sandboxed process of PhotoDecoder. FFmpeg reads everything else.
    """

    live = True

    def __init__(self, text: str, settings: SourceSettings) -> None:
        super().__init__(text, settings)
        self._client = HttpClient(text)
        self._decoder = PhotoDecoder(CAMERA_LIMITS)
        self._pictures: EncodedPictures | None = None
        self._video: StreamSource | None = None
        self._index = self._undecodable = 0

    @classmethod
    def recognizes(cls, text: str) -> bool:
        return URL.match(text) is not None

    def open(self) -> None:
        timeout = self._settings.open_timeout
        self._pictures = self._video = None
        self._index = self._undecodable = 0
        response = self._client.get(timeout)
        try:
            self._pictures = self._pictures_of(response)
        except TimeoutError as error:
            raise self._timeout_error(timeout, "stream_timeout") from error
        finally:
            if self._pictures is None:
                response.close()
        if self._pictures is None:
            self._open_video(response.description())

    def read(self) -> Frame | None:
        if self._video is not None:
            return self._video.read()
        if self._pictures is None:
            raise RuntimeError("the source is not open")
        is_first = self._index == 0
        timeout = self._settings.open_timeout if is_first else self._settings.read_timeout
        try:
            grey = self._next_picture(self._pictures, timeout)
        except TimeoutError as error:
            code = "stream_timeout" if is_first else "stream_stalled"
            raise self._timeout_error(timeout, code) from error
        self._index += 1
        return Frame(grey, time.monotonic(), self._index - 1)

    def close(self) -> None:
        if self._video is not None:
            self._video.close()
        if self._pictures is not None:
            self._pictures.close()
        self._decoder.close()

    @property
    def dropped(self) -> int:
        received = 0 if self._pictures is None else self._pictures.damaged
        return self._undecodable + received

    def _pictures_of(self, response: HttpResponse) -> EncodedPictures | None:
        """What the answer contains; None if it is neither a picture nor a stream of JPEGs."""
        kind = self._kind_of(response)
        return None if kind is None else kind(self._client, response, self._settings.frame_rate)

    def _kind_of(self, response: HttpResponse) -> type[EncodedPictures] | None:
        if response.media_type.startswith(MULTIPART):
            return StreamedPictures
        if response.media_type.startswith(PICTURE):
            return FetchedPictures
        # Some cameras do not state the type, or a wrong one.
        with self._client.connection_errors("no_stream"):
            start = response.peek(len(START))
        if start.startswith(START) and response.length is not None:
            return FetchedPictures
        return StreamedPictures if start.startswith((START, DASHES)) else None

    def _open_video(self, description: str) -> None:
        self._video = StreamSource(self._text, self._settings)
        try:
            self._video.open()
        except MoodpiError as error:
            if error.code != "no_stream":
                raise
            raise MoodpiError(
                f"{self._client.shown} answers {description}, which is no picture, no stream and "
                "no video: expected the address of one; the camera's manual states it",
                code="no_stream",
            ) from error

    def _next_picture(self, pictures: EncodedPictures, timeout: float) -> NDArray[np.uint8]:
        """The next picture that is not damaged. Raises TimeoutError, MoodpiError."""
        deadline, shown = time.monotonic() + timeout, self._client.shown
        for _ in range(MAX_DAMAGED_FRAMES):
            dropped = self.dropped
            grey = self._decoded(pictures.receive(timeout))
            if dropped == 0 < self.dropped:
                log.warning(
                    "%s: skipped a damaged picture; others will be counted as dropped", shown
                )
            if grey is not None:
                return grey
            if time.monotonic() > deadline:
                raise TimeoutError
        raise MoodpiError(
            f"{shown} sends damaged pictures only: check the camera's connection",
            code="damaged_stream",
        )

    def _decoded(self, content: bytes) -> NDArray[np.uint8] | None:
        """The picture uint8 [h, w], grey, of at most MAX_FRAME_SIDE; None if it is damaged."""
        name = "the camera's picture"
        try:
            header = self._decoder.check(content, name)
            check_frame_size(header.width, header.height)
            if header.complete:
                return halved_if_large(self._decoder.decode(content, header, name))
            log.debug("%s has no end", name)
        except TooManyPixelsError as error:
            raise MoodpiError(
                f"{error}, or select a lower resolution", code="frame_too_large"
            ) from error
        except PICTURE_ERRORS as error:
            log.debug("skipped a picture: %s", error)
        self._undecodable += 1
        return None

    def _timeout_error(self, timeout: float, code: str) -> MoodpiError:
        damaged = f", {self.dropped} damaged" if self.dropped else ""
        return MoodpiError(
            f"no picture from {self._client.shown} for {timeout:g} s{damaged}: "
            "check that the camera is on and reachable",
            code=code,
        )
