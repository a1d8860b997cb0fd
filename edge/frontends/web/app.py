"""The ASGI application, put together: routes, middleware and the service of photos."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp

from edge.config.load import Config
from edge.daemon.preview import Preview
from edge.frontends.web.access_control import AccessControl
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.addresses import parse_networks
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.error_handlers import EXCEPTION_HANDLERS
from edge.frontends.web.failed_attempts import FailedAttempts
from edge.frontends.web.login import Login
from edge.frontends.web.metrics import Metrics, ResponseCounter
from edge.frontends.web.mount import Mount
from edge.frontends.web.photo_service import PhotoService
from edge.frontends.web.preview import PreviewRoute
from edge.frontends.web.proxies import TrustedProxies
from edge.frontends.web.routes import Routes
from edge.frontends.web.security_headers import SecurityHeaders
from edge.frontends.web.static_files import load_static_files
from edge.frontends.web.worker import WorkerThread
from edge.photos.decoder import PhotoDecoder


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
    service = await worker.run(lambda: _loaded_service(config, profile, decoder))
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
            Middleware(ResponseCounter, metrics=metrics),
            Middleware(
                AccessControl,
                names=names,
                token=token,
                attempts=attempts,
                wait_page=wait_page,
                origins=config.web.origins,
            ),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )
    return SecurityHeaders(app, config.web.origins)


def _loaded_service(config: Config, profile: Path, decoder: PhotoDecoder) -> PhotoService:
    """The service in the current thread, which alone may use it, with its model and decoder."""
    service = PhotoService(config, profile, decoder)
    service.load_model()
    if decoder.idle_timeout is None:
        decoder.start()
    return service


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
