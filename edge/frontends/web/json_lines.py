"""JSON lines: one document a line, each sent as soon as it is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from edge.frontends.web.json_response import to_json

MEDIA_TYPE = "application/x-ndjson"


class JsonLinesResponse(StreamingResponse):
    """Sends the documents of an iterator while `seat` is entered.

    It raises what entering raises before it sends anything.
    """

    def __init__(
        self, documents: AsyncIterator[object], seat: AbstractContextManager[object]
    ) -> None:
        super().__init__(_lines(documents), media_type=MEDIA_TYPE)
        # nginx would hold lines back until its buffer is full.
        self.headers["X-Accel-Buffering"] = "no"
        self._seat = seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._seat:
            await super().__call__(scope, receive, send)


async def _lines(documents: AsyncIterator[object]) -> AsyncIterator[bytes]:
    async for document in documents:
        yield to_json(document) + b"\n"
