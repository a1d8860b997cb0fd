"""`GET /metrics`: what Prometheus collects (text exposition format 0.0.4)."""

from __future__ import annotations

import time
from pathlib import Path

KIND = "text/plain; version=0.0.4; charset=utf-8"
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


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

    def text(self) -> str:
        """Every figure."""
        lines = [
            *_one("moodpi_web_uptime_seconds", "gauge", "Since the start", self.uptime()),
            *_one("moodpi_web_pictures_total", "counter", "Pictures looked at", self._pictures),
            *_one(
                "moodpi_web_picture_seconds_total",
                "counter",
                "Time spent decoding, finding faces, inferring and choosing",
                self._seconds,
            ),
            "# HELP moodpi_web_answers_total Answers given",
            "# TYPE moodpi_web_answers_total counter",
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


def celsius(path: Path = THERMAL) -> float | None:
    """The processor's temperature; None where the machine does not say."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def _one(name: str, kind: str, about: str, value: float) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}", f"{name} {value:g}"]
