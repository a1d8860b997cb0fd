"""The ASGI application: routes, middleware and error handlers."""

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
from edge.daemon.preview import Preview
from edge.frontends.web.access_control import AccessControl
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.addresses import parse_networks
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.errors import HttpError, error_response, to_http_error
from edge.frontends.web.failed_attempts import FailedAttempts
from edge.frontends.web.login import Login
from edge.frontends.web.metrics import Metrics
from edge.frontends.web.mount import Mount
from edge.frontends.web.photo_service import PhotoService
from edge.frontends.web.preview import PreviewRoute
from edge.frontends.web.proxies import TrustedProxies
from edge.frontends.web.routes import Routes
from edge.frontends.web.security_headers import SecurityHeaders
from edge.frontends.web.static_files import load_static_files
from edge.frontends.web.worker import WorkerThread
from edge.photos.decoder import PhotoDecoder
from moodpi.errors import MoodpiError
from moodpi.text import quoted

log = logging.getLogger(__name__)


async def build_app(
    config: Config,
    profile: Path,
    names: frozenset[str],
    token: AccessToken | None,
    mirror: DaemonMirror,
    decoder: PhotoDecoder,
    preview: Preview | None = None,
) -> ASGIApp:
    """The application, with the configured model loaded. Raises MoodpiError if it cannot be loaded.

    profile: the listener's profile. names: accepted host names. token: None if none is needed.
    decoder: decodes the uploads. It is started now, unless it ends when it is idle.
    preview: of the camera; None outside the daemon.
    """
    worker, metrics, files = WorkerThread(), Metrics(), load_static_files()
    service = await worker.run(lambda: PhotoService(config, profile, decoder))
    await worker.run(service.load_model)
    if decoder.idle_timeout is None:
        await worker.run(decoder.start)
    defaults: dict[str, str | int] = {
        "model": config.model.name,
        "format": config.model.format,
        "strategy": config.recommend.strategy,
        "count": config.recommend.count,
    }
    routes = Routes(service, worker, mirror, metrics, files, defaults)
    attempts, wait_page = FailedAttempts(), files["wait.html"]
    login = Login(
        files["login.html"], wait_page, token, attempts, in_frames=bool(config.web.origins)
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        worker.close()

    proxies = parse_networks(config.web.trusted_proxies)
    app = Starlette(
        routes=_route_table(routes, login, PreviewRoute(preview, attempts, proxies)),
        middleware=[
            Middleware(TrustedProxies, proxies=proxies),
            Middleware(Mount, prefix=config.web.root.rstrip("/")),
            # Within those that copy the scope, to which the router adds the route.
            Middleware(_ResponseCounter, metrics=metrics),
            Middleware(
                AccessControl,
                names=names,
                token=token,
                attempts=attempts,
                wait_page=wait_page,
                origins=config.web.origins,
            ),
        ],
        exception_handlers={
            MoodpiError: _on_moodpi_error,
            HTTPException: _on_http_exception,
            Exception: _on_unexpected_error,
        },
        lifespan=lifespan,
    )
    return SecurityHeaders(app, config.web.origins)


def _route_table(routes: Routes, login: Login, preview: PreviewRoute) -> list[Route]:
    return [
        Route("/", routes.page),
        # One route for both methods: the Allow header of a 405 is made from a single route.
        Route("/login", login.respond, methods=["GET", "POST"]),
        Route("/preview", routes.preview_page),
        # At the root, because a service worker controls only the pages below its own address.
        Route("/service-worker.js", routes.service_worker),
        Route("/static/{name}", routes.static),
        Route("/openapi.json", routes.openapi),
        Route("/api/recommend", routes.recommend, methods=["POST"]),
        Route("/api/classify", routes.classify, methods=["POST"]),
        Route("/api/compare", routes.compare, methods=["POST"]),
        Route("/api/feedback", routes.feedback, methods=["POST"]),
        Route("/api/command", routes.command, methods=["POST"]),
        Route("/api/preview", preview.respond, methods=["POST"]),
        Route("/api/status", routes.status),
        Route("/api/events", routes.events),
        Route("/metrics", routes.prometheus),
        Route("/healthz", routes.health),
    ]


async def _on_moodpi_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, MoodpiError):
        raise error
    http_error = to_http_error(error)
    if http_error.status >= 500:
        log.warning("%s", error)
    return error_response(http_error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's own errors: 404, and 405 with its Allow header."""
    if not isinstance(error, HTTPException):
        raise error
    headers = error.headers or {}
    if error.status_code == 405:
        allowed = headers.get("Allow", "another method")
        http_error = HttpError(
            "method_not_allowed", f"{request.method} is not supported here: expected {allowed}"
        )
    elif error.status_code == 404:
        http_error = HttpError("not_found", f"no such address: {quoted(request.scope['path'])}")
    else:
        http_error = HttpError("bad_request", error.detail)
    response = error_response(http_error)
    response.headers.update(headers)
    return response


async def _on_unexpected_error(_request: Request, _error: Exception) -> Response:
    return error_response(HttpError("failed", "unexpected error: see the log of moodpi"))


class _ResponseCounter:
    """ASGI middleware: counts responses by route and status; unknown paths count as "other"."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self._metrics.count_response(route, message["status"])
            await send(message)

        await self._app(scope, receive, send_and_count if scope["type"] == "http" else send)
