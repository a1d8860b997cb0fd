"""`GET /metrics` for Prometheus (text exposition format 0.0.4)."""

from __future__ import annotations

import time
from collections.abc import Iterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.daemon.status import DaemonStatus
from edge.system.hardware import celsius
from models.emotions import EMOTIONS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# The daemon's counters by their names in `moodpi status --json`.
COUNTERS = {
    "frames": "Frames received",
    "dropped": "Frames replaced by a newer one",
    "scanned": "Frames scanned in full for faces",
    "tracked": "Frames scanned near the previous faces",
    "skipped": "Frames without motion",
    "faces": "Frames with a face",
    "changes": "Mood changes, unsure included",
}


class Metrics:
    """The counters of this web server, with the daemon's status and the hardware's."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._responses: dict[tuple[str, int], int] = {}
        self._photo_seconds = 0.0
        self._photos = 0

    def count_response(self, route: str, status: int) -> None:
        """Count one response."""
        self._responses[route, status] = self._responses.get((route, status), 0) + 1

    def count_photo(self, seconds: float) -> None:
        """Count one processed photo and the time that it took."""
        self._photos += 1
        self._photo_seconds += seconds

    def text(self, status: DaemonStatus | None) -> str:
        """All metrics. status: the daemon's, or None if no daemon runs."""
        lines = [
            *_daemon(status),
            *_metric("moodpi_web_uptime_seconds", "gauge", "Web server uptime", self.uptime()),
            *_metric("moodpi_web_photos_total", "counter", "Photos processed", self._photos),
            *_metric(
                "moodpi_web_photo_seconds_total",
                "counter",
                "Time spent on photos: decoding, faces, inference and recommending",
                self._photo_seconds,
            ),
            *_header("moodpi_web_responses_total", "counter", "Responses by route and status"),
        ]
        lines += [
            f'moodpi_web_responses_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self._responses.items())
        ]
        temperature = celsius()
        if temperature is not None:
            about = "Processor temperature"
            lines += _metric("moodpi_temperature_celsius", "gauge", about, temperature)
        return "\n".join(lines) + "\n"

    def uptime(self) -> float:
        """Seconds since the server was started."""
        return time.monotonic() - self._started


def _daemon(status: DaemonStatus | None) -> Iterator[str]:
    yield from _metric("moodpi_up", "gauge", "Whether a daemon runs", status is not None)
    if status is None:
        return
    yield from _metric("moodpi_uptime_seconds", "gauge", "Daemon uptime", status.uptime)
    about = "Time spent on detecting and classifying faces"
    seconds = status.analysis_seconds
    yield from _metric("moodpi_analysis_seconds_total", "counter", about, seconds)
    for name, count in status.counts.to_json().items():
        yield from _metric(f"moodpi_{name}_total", "counter", COUNTERS[name], count)
    present = status.person_present
    yield from _metric("moodpi_present", "gauge", "Whether a person is in view", present)
    yield from _metric("moodpi_paused", "gauge", "Whether playback is paused", status.paused)
    current = status.mood and status.mood["emotion"]
    yield from _header("moodpi_mood", "gauge", "1 for the current mood, 0 for all when unsure")
    for emotion in EMOTIONS:
        yield f'moodpi_mood{{emotion="{emotion}"}} {int(emotion == current)}'
    if mood := status.mood:
        about = "Confidence of the mood"
        yield from _metric("moodpi_confidence", "gauge", about, mood["confidence"])
        about = "How sure it is that this is the mood"
        yield from _metric("moodpi_belief", "gauge", about, mood["belief"])
        about = "How much of the expression is the mood"
        yield from _metric("moodpi_share", "gauge", about, mood["share"])
        yield from _metric("moodpi_valence", "gauge", "Valence of the mood", mood["valence"])
        yield from _metric("moodpi_arousal", "gauge", "Arousal of the mood", mood["arousal"])


def _header(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _metric(name: str, kind: str, about: str, value: float) -> list[str]:
    return [*_header(name, kind, about), f"{name} {value:.15g}"]


class ResponseCounter:
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
