"""The page's files, read once and kept in memory, with a gzip version of each."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
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

SERVICE_WORKER = "service-worker.js"
# The files that a browser keeps to show the page while moodpi cannot be reached.
KEPT_SUFFIXES = (".css", ".js", ".svg")


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
    contents = {
        path.name: path.read_bytes()
        for path in sorted(STATIC.iterdir())
        if path.suffix in CONTENT_TYPES
    }
    contents[SERVICE_WORKER] = _service_worker(contents)
    return {
        name: StaticFile.create(content, CONTENT_TYPES[Path(name).suffix])
        for name, content in contents.items()
    }


def _service_worker(contents: Mapping[str, bytes]) -> bytes:
    """The service worker, with the addresses of the page's files and their common version."""
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()[:16]
    files = ["./", *(f"static/{name}" for name in contents if Path(name).suffix in KEPT_SUFFIXES)]
    files.remove(f"static/{SERVICE_WORKER}")
    text = contents[SERVICE_WORKER].decode()
    return text.replace("{version}", digest).replace("{files}", json.dumps(files)).encode()
