"""Each route, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from edge.frontends.control import ask
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.errors import HttpError
from edge.frontends.web.metrics import KIND, Metrics
from edge.frontends.web.photo_request import NAMES, parse_photo_request
from edge.frontends.web.photo_service import PhotoRequest, PhotoService, Stopwatch
from edge.frontends.web.request_bodies import MOST_BYTES, parse_command, parse_feedback
from edge.frontends.web.static_files import StaticFile
from edge.frontends.web.uploads import read_body, read_upload
from edge.frontends.web.worker import WorkerThread
from edge.music.strategies import STRATEGIES
from models.registry import Registry
from moodpi import __version__
from moodpi.errors import MoodpiError

Answered = tuple[dict[str, object], Stopwatch]


@dataclass(frozen=True)
class Routes:
    """What the routes share. defaults: model, format and strategy of the configuration."""

    answers: PhotoService
    workroom: WorkerThread
    live: DaemonMirror
    metrics: Metrics
    pages: dict[str, StaticFile]
    defaults: dict[str, str]

    async def page(self, request: Request) -> Response:
        return self.pages["index.html"].answer(request)

    async def static(self, request: Request) -> Response:
        page = self.pages.get(request.path_params["name"])
        if page is None:
            raise HttpError(404, "not_found", "there is no such file")
        return page.answer(request)

    async def openapi(self, request: Request) -> Response:
        return self.pages["openapi.json"].answer(request)

    async def recommend(self, request: Request) -> Response:
        return await self._picture(request, NAMES, self.answers.recommend)

    async def classify(self, request: Request) -> Response:
        return await self._picture(request, ("model", "format"), self.answers.classify)

    async def feedback(self, request: Request) -> Response:
        """`{"verdict": ..., "track": ...}` or `{"verdict": ..., "artist": ...}`."""
        verdict, track, artist = parse_feedback(await read_body(request, MOST_BYTES))
        if self.live.daemon is None:
            noted = await self.workroom.do(lambda: self.answers.judge(verdict, track, artist))
            return JSONResponse(noted)
        # The listener that matters is the one whom the daemon plays for.
        try:
            answer = await run_in_threadpool(
                ask, "feedback", verdict=verdict, track=track, artist=artist
            )
        except MoodpiError as error:
            raise HttpError(400, "bad_request", str(error)) from error
        return JSONResponse(answer["feedback"])

    async def command(self, request: Request) -> Response:
        """`{"command": ...}`: how the daemon stands then. 409 without one, or if it says no."""
        command = parse_command(await read_body(request, MOST_BYTES))
        if self.live.daemon is None:
            raise HttpError(409, "no_daemon", str(self.live.state()["why"]))
        try:
            standing = await run_in_threadpool(ask, **command)
        except MoodpiError as error:
            raise HttpError(409, "not_now", str(error)) from error
        return JSONResponse(standing)

    async def status(self, request: Request) -> Response:  # noqa: ARG002
        registry = Registry()
        return JSONResponse(
            {
                "version": __version__,
                "uptime": round(self.metrics.uptime(), 1),
                "models": {name: registry.formats(name) for name in registry.models()},
                "strategies": list(STRATEGIES),
                "defaults": self.defaults,
                **self.live.state(),
            }
        )

    async def events(self, request: Request) -> Response:  # noqa: ARG002
        return StreamingResponse(self.live.listen(), media_type="text/event-stream")

    async def prometheus(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse(self.metrics.text(self.live.status), media_type=KIND)

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse("ok\n")

    async def _picture(
        self,
        request: Request,
        names: tuple[str, ...],
        look: Callable[[bytes, PhotoRequest], Answered],
    ) -> Response:
        parse_photo_request(request.query_params, names)
        async with self.workroom.seat():
            upload = await read_upload(request)
            wish = parse_photo_request({**request.query_params, **upload.fields}, names)
            document, watch = await self.workroom.do(lambda: look(upload.content, wish))
        self.metrics.looked(watch.total())
        return JSONResponse(document, headers=watch.header())
