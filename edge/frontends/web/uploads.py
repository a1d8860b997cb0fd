"""The photo of a request, in memory only: raw or multipart, limited in size and time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from edge.frontends.web.errors import HttpError

MAX_UPLOAD_BYTES = 10 * 1000 * 1000
# The other fields and the headers of a multipart form.
MAX_FORM_BYTES = 16 * 1024
# For the whole body, in seconds.
UPLOAD_TIMEOUT = 20.0
PHOTO_FIELD = "image"


@dataclass(frozen=True)
class Upload:
    """The photo's bytes and the other fields of the form."""

    content: bytes
    fields: dict[str, str] = field(default_factory=dict)


async def read_upload(request: Request) -> Upload:
    """Read the body of a request, raw or multipart.

    Raises HttpError: upload_timeout, upload_incomplete, too_large, bad_form or empty_upload.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    is_form = content_type == b"multipart/form-data"
    body = await read_body(request, MAX_UPLOAD_BYTES + (MAX_FORM_BYTES if is_form else 0))
    upload = _parse_form(body, options.get(b"boundary", b"")) if is_form else Upload(body)
    if len(upload.content) > MAX_UPLOAD_BYTES:
        raise _too_large(MAX_UPLOAD_BYTES)
    if not upload.content:
        raise HttpError("empty_upload", "the upload is empty: send the bytes of a photo")
    return upload


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body. Raises HttpError: upload_timeout, upload_incomplete or too_large."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_TIMEOUT):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    raise _too_large(max_bytes)
    except TimeoutError:
        raise HttpError(
            "upload_timeout", f"the upload took longer than {UPLOAD_TIMEOUT:g} s: send it again"
        ) from None
    except ClientDisconnect:
        raise HttpError(
            "upload_incomplete", "the connection was closed before the upload was complete"
        ) from None
    return bytes(body)


def _too_large(max_bytes: int) -> HttpError:
    limit = f"{max_bytes / 1e6:.3g} MB"
    return HttpError("too_large", f"the upload is larger than {limit}: send a smaller one")


class _FormParts:
    """The parts of a multipart form by name, collected from the parser's callbacks."""

    def __init__(self) -> None:
        self.parts: dict[str, bytearray] = {}
        self._header, self._value, self._name = bytearray(), bytearray(), ""

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._on_header_end,
            "on_part_data": lambda data, start, end: self.parts[self._name].extend(data[start:end]),
        }

    def _on_part_begin(self) -> None:
        self._name = ""
        self.parts.setdefault("", bytearray())

    def _on_header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self.parts[self._name] = bytearray()
        self._header, self._value = bytearray(), bytearray()


def _parse_form(body: bytes, boundary: bytes) -> Upload:
    form = _FormParts()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise HttpError("bad_form", f"cannot parse the form: {error}") from error
    if PHOTO_FIELD not in form.parts:
        raise HttpError(
            "bad_form", f"the form has no field '{PHOTO_FIELD}': send the photo in that field"
        )
    content = bytes(form.parts.pop(PHOTO_FIELD))
    return Upload(content, {k: v.decode("utf-8", "replace") for k, v in form.parts.items() if k})
