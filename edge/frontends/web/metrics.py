"""`GET /metrics`: what Prometheus collects (text exposition format 0.0.4)."""

from __future__ import annotations

import time
from collections.abc import Iterator

from edge.daemon.status import DaemonStatus
from edge.system.hardware import celsius
from models.emotions import EMOTIONS

KIND = "text/plain; version=0.0.4; charset=utf-8"
# The daemon's counts since its start, by their names in `moodpi status --json`.
COUNTS = {
    "frames": "Frames taken",
    "dropped": "Frames that a newer one replaced",
    "scanned": "Frames scanned all over for faces",
    "tracked": "Frames looked at where the faces were",
    "skipped": "Frames in which nothing moved",
    "faces": "Frames with a face",
    "changes": "Moods entered, unsure included",
}


class Metrics:
    """Counts of this server, and what the machine says of itself."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._answers: dict[tuple[str, int], int] = {}
        self._seconds = 0.0
        self._pictures = 0

    def count(self, route: str, status: int) -> None:
        """One answer given."""
        self._answers[route, status] = self._answers.get((route, status), 0) + 1

    def looked(self, seconds: float) -> None:
        """One picture was decoded and read."""
        self._pictures += 1
        self._seconds += seconds

    def text(self, status: DaemonStatus | None) -> str:
        """Every metric. status: the daemon's, or None if no daemon runs."""
        lines = [
            *_daemon(status),
            *_one("moodpi_web_uptime_seconds", "gauge", "Since the start", self.uptime()),
            *_one("moodpi_web_pictures_total", "counter", "Pictures looked at", self._pictures),
            *_one(
                "moodpi_web_picture_seconds_total",
                "counter",
                "Time spent decoding, finding faces, inferring and choosing",
                self._seconds,
            ),
            *_head("moodpi_web_answers_total", "counter", "PhotoService given"),
        ]
        lines += [
            f'moodpi_web_answers_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self._answers.items())
        ]
        temperature = celsius()
        if temperature is not None:
            lines += _one("moodpi_temperature_celsius", "gauge", "Of the processor", temperature)
        return "\n".join(lines) + "\n"

    def uptime(self) -> float:
        return time.monotonic() - self._begun


def _daemon(status: DaemonStatus | None) -> Iterator[str]:
    yield from _one("moodpi_up", "gauge", "Whether a daemon runs", status is not None)
    if status is None:
        return
    yield from _one("moodpi_uptime_seconds", "gauge", "The daemon's", status.uptime)
    about = "Time spent on finding and classifying faces"
    seconds = status.analysis_seconds
    yield from _one("moodpi_analysis_seconds_total", "counter", about, seconds)
    for name, count in status.counts.to_json().items():
        yield from _one(f"moodpi_{name}_total", "counter", COUNTS[name], count)
    present = status.person_present
    yield from _one("moodpi_present", "gauge", "Whether somebody is in view", present)
    yield from _one("moodpi_paused", "gauge", "Whether the music is paused", status.paused)
    emotion = status.mood and status.mood["emotion"]
    yield from _head("moodpi_mood", "gauge", "1 for the current mood, none when unsure")
    for name in EMOTIONS:
        yield f'moodpi_mood{{emotion="{name}"}} {int(name == emotion)}'
    if mood := status.mood:
        yield from _one("moodpi_confidence", "gauge", "The mood's", mood["confidence"])
        yield from _one("moodpi_valence", "gauge", "The mood's", mood["valence"])
        yield from _one("moodpi_arousal", "gauge", "The mood's", mood["arousal"])


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _one(name: str, kind: str, about: str, value: float) -> list[str]:
    return [*_head(name, kind, about), f"{name} {value:.15g}"]
