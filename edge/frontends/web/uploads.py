"""The photo of a request, in memory only: raw or multipart, limited in size and time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from edge.frontends.web.errors import HttpError
from edge.frontends.web.multipart import Upload, parse_form

MAX_UPLOAD_BYTES = 10 * 1000 * 1000
# The other fields and the headers of a multipart form.
MAX_FORM_BYTES = 16 * 1024
MAX_CONTENT_TYPE_LENGTH = 500
# For the whole body, in seconds.
UPLOAD_TIMEOUT = 20.0


@dataclass(frozen=True)
class UnparsedUpload:
    """The body of a request. boundary: of a multipart form; None for the bytes of a photo."""

    body: bytes
    boundary: bytes | None

    def parse(self) -> Upload:
        """Find the photo; not in the event loop, because a form of 10 MB takes a while.

        Raises HttpError: too_large, bad_form, bad_request or empty_upload.
        """
        if self.boundary is None:
            upload = Upload(self.body)
        else:
            upload = parse_form(self.body, self.boundary)
        if len(upload.content) > MAX_UPLOAD_BYTES:
            raise _too_large(MAX_UPLOAD_BYTES)
        if not upload.content:
            raise HttpError("empty_upload", "the upload is empty: send the bytes of a photo")
        return upload


async def read_upload(request: Request) -> UnparsedUpload:
    """Read the body of a request, raw or multipart.

    Raises HttpError: upload_timeout, upload_incomplete, too_large or bad_request.
    """
    header = request.headers.get("content-type", "")
    if len(header) > MAX_CONTENT_TYPE_LENGTH:
        raise HttpError("bad_request", "the header Content-Type is too long")
    content_type, options = parse_options_header(header)
    is_form = content_type == b"multipart/form-data"
    body = await read_body(request, MAX_UPLOAD_BYTES + (MAX_FORM_BYTES if is_form else 0))
    return UnparsedUpload(body, options.get(b"boundary", b"") if is_form else None)


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body. Raises HttpError: upload_timeout, upload_incomplete or too_large."""
    if declared_length(request, max_bytes) > max_bytes:
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
    limit = f"{max_bytes / 1e6:.3g} MB" if max_bytes >= 1e6 else f"{max_bytes} bytes"
    return HttpError("too_large", f"the upload is larger than {limit}: send a smaller one")


def declared_length(request: Request, max_bytes: int) -> int:
    """The length of the body from its header; max_bytes where the client does not state it."""
    # h11 accepts digits only, and at most 20 of them.
    declared = request.headers.get("content-length")
    return max_bytes if declared is None else int(declared)
