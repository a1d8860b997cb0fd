"""The picture of a request, in memory only: raw or multipart, limited in size and time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from edge.frontends.web.errors import HttpError

MOST_BYTES = 10 * 1000 * 1000
# What a multipart form may add around its picture.
MOST_FORM_BYTES = 16 * 1024
# An upload slower than this is none that anybody waits for, in seconds.
PATIENCE = 20.0
PICTURE_FIELD = "image"


@dataclass(frozen=True)
class Upload:
    """A picture's bytes and the form's other fields."""

    content: bytes
    fields: dict[str, str] = field(default_factory=dict)


async def read_upload(request: Request) -> Upload:
    """Read and unpack the body. Raises HttpError: 408, 411, 413, 415 or 400."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    is_form = kind == b"multipart/form-data"
    body = await read_body(request, MOST_BYTES + (MOST_FORM_BYTES if is_form else 0))
    upload = _unpack(body, options.get(b"boundary", b"")) if is_form else Upload(body)
    if len(upload.content) > MOST_BYTES:
        raise _too_large(MOST_BYTES)
    if not upload.content:
        raise HttpError(400, "empty", "the upload is empty: send the bytes of a picture")
    return upload


async def read_body(request: Request, most: int) -> bytes:
    """The whole body, at most `most` bytes. Raises HttpError: 408, 413 or 400."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise HttpError(408, "too_slow", f"not here after {PATIENCE:g} s: send it again") from None
    except ClientDisconnect:
        raise HttpError(400, "cut_off", "the connection ended before the upload did") from None
    return bytes(body)


def _too_large(most: int) -> HttpError:
    return HttpError(413, "too_large", f"larger than {most / 1e6:.3g} MB: send a smaller picture")


class _Form:
    """Collects a form's parts as the parser meets them; other fields are short texts."""

    def __init__(self) -> None:
        self.parts: dict[str, bytearray] = {}
        self._header, self._value, self._name = bytearray(), bytearray(), ""

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self.parts[self._name].extend(data[start:end]),
        }

    def _begin(self) -> None:
        self._name = ""
        self.parts.setdefault("", bytearray())

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self.parts[self._name] = bytearray()
        self._header, self._value = bytearray(), bytearray()


def _unpack(body: bytes, boundary: bytes) -> Upload:
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise HttpError(400, "bad_form", f"the form cannot be read: {error}") from error
    if PICTURE_FIELD not in form.parts:
        raise HttpError(
            400, "bad_form", f"the form has no field '{PICTURE_FIELD}': put the picture there"
        )
    content = bytes(form.parts.pop(PICTURE_FIELD))
    return Upload(content, {k: v.decode("utf-8", "replace") for k, v in form.parts.items() if k})
