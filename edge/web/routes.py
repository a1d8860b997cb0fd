"""Each route, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from edge.listener import Verdict
from edge.strategies import STRATEGIES
from edge.web.answers import Answers, Stopwatch, Wish
from edge.web.live import Live
from edge.web.metrics import KIND, Metrics, celsius
from edge.web.pages import Page
from edge.web.refusals import RefusedError
from edge.web.uploads import read_body, read_upload
from edge.web.wishes import NAMES, wish_of
from edge.web.workroom import Workroom
from models.registry import Registry
from moodpi import __version__
from moodpi.errors import did_you_mean

MOST_WORDS = 4096
Answered = tuple[dict[str, object], Stopwatch]


@dataclass(frozen=True)
class Routes:
    """What the routes share. defaults: model, format and strategy of the configuration."""

    answers: Answers
    workroom: Workroom
    live: Live
    metrics: Metrics
    pages: dict[str, Page]
    defaults: dict[str, str]

    async def page(self, request: Request) -> Response:
        return self.pages["index.html"].answer(request)

    async def static(self, request: Request) -> Response:
        page = self.pages.get(request.path_params["name"])
        if page is None:
            raise RefusedError(404, "not_found", "there is no such file")
        return page.answer(request)

    async def openapi(self, request: Request) -> Response:
        return self.pages["openapi.json"].answer(request)

    async def recommend(self, request: Request) -> Response:
        return await self._picture(request, NAMES, self.answers.recommend)

    async def classify(self, request: Request) -> Response:
        return await self._picture(request, ("model", "format"), self.answers.classify)

    async def feedback(self, request: Request) -> Response:
        """`{"verdict": ..., "track": ...}` or `{"verdict": ..., "artist": ...}`."""
        body = await read_body(request, MOST_WORDS)
        verdict, track, artist = _words(body)
        noted = await self.workroom.do(lambda: self.answers.judge(verdict, track, artist))
        return JSONResponse(noted)

    async def status(self, request: Request) -> Response:  # noqa: ARG002
        registry = Registry()
        return JSONResponse(
            {
                "version": __version__,
                "uptime": round(self.metrics.uptime(), 1),
                "temperature": celsius(),
                "models": {name: registry.formats(name) for name in registry.models()},
                "strategies": list(STRATEGIES),
                "defaults": self.defaults,
                **self.live.state(),
            }
        )

    async def events(self, request: Request) -> Response:  # noqa: ARG002
        return StreamingResponse(self.live.listen(), media_type="text/event-stream")

    async def prometheus(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse(self.metrics.text(), media_type=KIND)

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse("ok\n")

    async def _picture(
        self, request: Request, names: tuple[str, ...], look: Callable[[bytes, Wish], Answered]
    ) -> Response:
        wish_of(request.query_params, names)
        async with self.workroom.seat():
            upload = await read_upload(request)
            wish = wish_of({**request.query_params, **upload.fields}, names)
            document, watch = await self.workroom.do(lambda: look(upload.content, wish))
        self.metrics.looked(watch.total())
        return JSONResponse(document, headers=watch.header())


def _words(body: bytes) -> tuple[str, str | None, str | None]:
    try:
        said: Any = json.loads(body)
    except ValueError:
        raise _bad("expected a JSON object") from None
    if not isinstance(said, dict) or not said.keys() <= {"verdict", "track", "artist"}:
        raise _bad('expected {"verdict": ..., "track": ...} or {"verdict": ..., "artist": ...}')
    verdict, track, artist = (said.get(key) for key in ("verdict", "track", "artist"))
    if not isinstance(verdict, str) or verdict not in list(Verdict):
        raise _bad(f"verdict: {did_you_mean(str(verdict), [*Verdict])}")
    given = [key for key in ("track", "artist") if key in said]
    if len(given) != 1 or not isinstance(said[given[0]], str) or not said[given[0]].strip():
        raise _bad("expected a track's id or link, or an artist's name, one of the two")
    return verdict, track, artist


def _bad(message: str) -> RefusedError:
    return RefusedError(400, "bad_request", message)
