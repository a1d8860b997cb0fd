"""The request handlers, one for each route."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from edge.frontends.control import send_command
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.errors import HttpError
from edge.frontends.web.json_lines import JsonLinesResponse
from edge.frontends.web.json_response import SafeJsonResponse
from edge.frontends.web.metrics import CONTENT_TYPE, Metrics
from edge.frontends.web.model_comparison import installed_files
from edge.frontends.web.openapi import openapi_file
from edge.frontends.web.photo_request import (
    CLASSIFY_OPTIONS,
    COMPARE_OPTIONS,
    RECOMMEND_OPTIONS,
    PhotoRequest,
    parse_photo_request,
)
from edge.frontends.web.photo_service import PhotoService
from edge.frontends.web.request_bodies import MAX_BODY_BYTES, parse_command, parse_feedback
from edge.frontends.web.request_text import checked_fields
from edge.frontends.web.security_headers import CAMERA_POLICY, is_trustworthy
from edge.frontends.web.server_timing import ServerTiming
from edge.frontends.web.sse import EventStreamResponse
from edge.frontends.web.static_files import SERVICE_WORKER, StaticFile
from edge.frontends.web.uploads import (
    MAX_UPLOAD_BYTES,
    UnparsedUpload,
    declared_length,
    read_body,
    read_upload,
)
from edge.frontends.web.worker import (
    MAX_COMMANDS,
    MAX_COMPARISONS,
    MAX_UPLOAD_MEMORY,
    MAX_UPLOADS,
    Slots,
    WorkerThread,
)
from edge.music.strategies import STRATEGIES
from edge.vision.photo_pipeline import CroppedFace
from models.registry import Registry
from moodpi import __version__
from moodpi.errors import MoodpiError
from moodpi.text import quoted

ProcessPhoto = Callable[[bytes, PhotoRequest], tuple[dict[str, object], ServerTiming]]


@dataclass(frozen=True)
class Routes:
    """The handlers and what they share.

    files: the static files by name. defaults: model, format, strategy and count as configured.
    """

    service: PhotoService
    worker: WorkerThread
    mirror: DaemonMirror
    metrics: Metrics
    files: dict[str, StaticFile]
    defaults: dict[str, str | int]
    uploads: Slots = field(default_factory=lambda: Slots(MAX_UPLOADS, MAX_UPLOAD_MEMORY))
    comparisons: Slots = field(default_factory=lambda: Slots(MAX_COMPARISONS))
    commands: Slots = field(default_factory=lambda: Slots(MAX_COMMANDS))

    async def page(self, request: Request) -> Response:
        response = self.files["index.html"].response(request)
        if is_trustworthy(request):
            response.headers["Permissions-Policy"] = CAMERA_POLICY
        return response

    async def service_worker(self, request: Request) -> Response:
        return self.files[SERVICE_WORKER].response(request)

    async def preview_page(self, request: Request) -> Response:
        return self.files["preview.html"].response(request)

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.files:
            raise HttpError("not_found", f"no such file: {quoted(name)}")
        return self.files[name].response(request)

    async def openapi(self, request: Request) -> Response:
        return openapi_file().response(request)

    async def recommend(self, request: Request) -> Response:
        daemon = self.mirror.status
        for_player = daemon is not None and daemon.player != "print"
        process = partial(self.service.recommend, for_player=for_player)
        return await self._photo(request, RECOMMEND_OPTIONS, process)

    async def classify(self, request: Request) -> Response:
        return await self._photo(request, CLASSIFY_OPTIONS, self.service.classify)

    async def compare(self, request: Request) -> Response:
        """Send the number of model files, and then a row for each, as soon as it is known."""
        query = parse_photo_request(
            checked_fields(request.query_params.multi_items()), COMPARE_OPTIONS
        )

        def find_face(body: UnparsedUpload) -> CroppedFace:
            upload = body.parse()
            chosen = parse_photo_request(upload.fields, COMPARE_OPTIONS, defaults=query)
            return self.service.find_face(upload.content, chosen)

        with self.uploads.reserve(
            min(declared_length(request, MAX_UPLOAD_BYTES), MAX_UPLOAD_BYTES)
        ):
            body = await read_upload(request)
            face = await self.worker.run(lambda: find_face(body))

        async def rows() -> AsyncIterator[object]:
            files = installed_files()
            yield {"files": len(files)}
            for model, name in files:
                yield await self.worker.run(partial(self.service.compare, model, name, face))

        return JsonLinesResponse(rows(), self.comparisons.reserve())

    async def feedback(self, request: Request) -> Response:
        """Record feedback in the profile of the listener that the daemon plays for, if it runs."""
        verdict, track, artist = parse_feedback(await read_body(request, MAX_BODY_BYTES))
        with self.commands.reserve():
            if self.mirror.status is None:
                recorded = await self.worker.run(
                    lambda: self.service.record_feedback(verdict, track, artist)
                )
                return SafeJsonResponse(recorded)
            try:
                answer = await run_in_threadpool(
                    send_command, "feedback", verdict=verdict, track=track, artist=artist
                )
            except MoodpiError as error:
                raise HttpError("bad_request", str(error)) from error
            return SafeJsonResponse(answer["feedback"])

    async def command(self, request: Request) -> Response:
        """Send a command to the daemon and return its status. HttpError: no_daemon or not_now."""
        command = parse_command(await read_body(request, MAX_BODY_BYTES))
        if self.mirror.status is None:
            raise HttpError("no_daemon", self.mirror.why)
        with self.commands.reserve():
            try:
                status = await run_in_threadpool(send_command, **command)
            except MoodpiError as error:
                raise HttpError("not_now", str(error)) from error
            return SafeJsonResponse(status)

    async def status(self, request: Request) -> Response:  # noqa: ARG002
        registry = Registry()
        return SafeJsonResponse(
            {
                "version": __version__,
                "uptime": round(self.metrics.uptime(), 1),
                "models": {name: registry.formats(name) for name in registry.models()},
                "strategies": list(STRATEGIES),
                "defaults": self.defaults,
                **self.mirror.state(),
            }
        )

    async def events(self, request: Request) -> Response:  # noqa: ARG002
        return EventStreamResponse(self.mirror.subscribe())

    async def prometheus(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse(self.metrics.text(self.mirror.status), media_type=CONTENT_TYPE)

    async def health(self, request: Request) -> Response:  # noqa: ARG002
        # The header (RFC 9110, section 10.2.4) tells `moodpi doctor` from another program's answer.
        return PlainTextResponse("ok\n", headers={"Server": "moodpi"})

    async def _photo(
        self, request: Request, options: Collection[str], process: ProcessPhoto
    ) -> Response:
        # Before the upload is read: a wrong query string is rejected at once.
        query = parse_photo_request(checked_fields(request.query_params.multi_items()), options)

        def parse_and_process(body: UnparsedUpload) -> tuple[dict[str, object], ServerTiming]:
            upload = body.parse()
            photo_request = parse_photo_request(upload.fields, options, defaults=query)
            return process(upload.content, photo_request)

        with self.uploads.reserve(
            min(declared_length(request, MAX_UPLOAD_BYTES), MAX_UPLOAD_BYTES)
        ):
            body = await read_upload(request)
            document, timing = await self.worker.run(lambda: parse_and_process(body))
        self.metrics.count_photo(timing.total())
        return SafeJsonResponse(document, headers=timing.header())
