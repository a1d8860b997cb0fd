"""The application: routes, and around them headers, access and errors."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.config.load import Config
from edge.frontends.web.access_control import AccessControl
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.errors import HttpError, error_response, to_http_error
from edge.frontends.web.login import Login
from edge.frontends.web.metrics import Metrics
from edge.frontends.web.photo_service import PhotoService
from edge.frontends.web.routes import Routes
from edge.frontends.web.security_headers import SecurityHeaders
from edge.frontends.web.static_files import load_static_files
from edge.frontends.web.worker import WorkerThread
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


async def build_app(
    config: Config,
    listener: Path,
    names: frozenset[str],
    secret: AccessToken | None,
    live: DaemonMirror,
) -> Starlette:
    """The application, its model loaded. Raises MoodpiError where something of it is missing.

    listener: their file. names: hosts it answers to. secret: None where no token is needed.
    """
    workroom, metrics, pages = WorkerThread(), Metrics(), load_static_files()
    # Made in the thread that uses it: SQLite's connections stay in theirs.
    answers = await workroom.do(lambda: PhotoService(config, listener))
    await workroom.do(answers.warm_up)
    defaults = {
        "model": config.model.name,
        "format": config.model.format,
        "strategy": config.recommend.strategy,
    }
    routes = Routes(answers, workroom, live, metrics, pages, defaults)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        workroom.close()

    return Starlette(
        routes=_table(routes, Login(pages["login.html"], secret)),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(_Counted, metrics=metrics),
            Middleware(AccessControl, names=names, secret=secret),
        ],
        exception_handlers={
            MoodpiError: _refused,
            HTTPException: _http_refused,
            Exception: _failed,
        },
        lifespan=lifespan,
    )


def _table(routes: Routes, login: Login) -> list[Route]:
    return [
        Route("/", routes.page),
        Route("/login", login.form),
        Route("/login", login.submit, methods=["POST"]),
        Route("/static/{name}", routes.static),
        Route("/openapi.json", routes.openapi),
        Route("/api/recommend", routes.recommend, methods=["POST"]),
        Route("/api/classify", routes.classify, methods=["POST"]),
        Route("/api/feedback", routes.feedback, methods=["POST"]),
        Route("/api/command", routes.command, methods=["POST"]),
        Route("/api/status", routes.status),
        Route("/api/events", routes.events),
        Route("/metrics", routes.prometheus),
        Route("/healthz", routes.health),
    ]


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, MoodpiError):
        raise error
    answer = to_http_error(error)
    if answer.status >= 500:
        log.warning("%s", error)
    return error_response(answer)


async def _http_refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    answer = error_response(HttpError(error.status_code, "not_found", error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _failed(_: Request, error: Exception) -> Response:
    log.error("a request failed: %r", error)
    return error_response(HttpError(500, "failed", "moodpi failed at this: see its log"))


class _Counted:
    """ASGI middleware: counts answers by route and status; unknown paths are one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self._metrics.count(route, message["status"])
            await send(message)

        await self._app(scope, receive, counting if scope["type"] == "http" else send)
