"""The page's files, read once and kept in memory, with a gzip version of each."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from edge.frontends.web.errors import HttpError, retry_headers

STATIC = Path(__file__).with_name("static")
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class StaticFile:
    """One file, ready to send. etag: a quoted hash of its content."""

    content_type: str
    content: bytes
    compressed: bytes
    etag: str

    @classmethod
    def create(cls, content: bytes, content_type: str) -> StaticFile:
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(content_type, content, gzip.compress(content, mtime=0), f'"{digest}"')

    def response(self, request: Request) -> Response:
        """The file, or 304 if the browser's cached copy is current."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, headers=headers, media_type=self.content_type)
        return Response(self.content, headers=headers, media_type=self.content_type)

    def error_response(self, error: HttpError) -> Response:
        """The file with the status of an error, for a browser that shows it."""
        return Response(self.content, error.status, retry_headers(error), self.content_type)


def load_static_files() -> dict[str, StaticFile]:
    """All files of the static folder, by name."""
    return {
        path.name: StaticFile.create(path.read_bytes(), CONTENT_TYPES[path.suffix])
        for path in sorted(STATIC.iterdir())
        if path.suffix in CONTENT_TYPES
    }
