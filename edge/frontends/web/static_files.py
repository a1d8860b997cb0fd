"""The page's files, read once and held in memory, compressed for browsers that take it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).with_name("static")
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True)
class StaticFile:
    """One file of the page, ready to send."""

    kind: str
    content: bytes
    zipped: bytes
    tag: str

    @classmethod
    def of(cls, content: bytes, kind: str) -> StaticFile:
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(kind, content, gzip.compress(content, mtime=0), f'"{digest}"')

    def answer(self, request: Request) -> Response:
        """The file, or 304 where the browser has it already."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.zipped, headers=headers, media_type=self.kind)
        return Response(self.content, headers=headers, media_type=self.kind)


def load_static_files() -> dict[str, StaticFile]:
    """Every file of the folder by its name."""
    return {
        path.name: StaticFile.of(path.read_bytes(), KINDS[path.suffix])
        for path in sorted(STATIC.iterdir())
        if path.suffix in KINDS
    }
