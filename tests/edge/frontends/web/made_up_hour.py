"""The page over an hour that nobody sat through: moods, told as a daemon tells them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from edge.config.load import Config
from edge.frontends.web.app import build_app
from edge.frontends.web.daemon_mirror import DaemonMirror

# Minutes, mood, valence and arousal; without a mood nobody is there.
HOUR = (
    (7, "neutral", 0.0, -0.1),
    (12, "happy", 0.7, 0.5),
    (4, "surprise", 0.3, 0.7),
    (8, "happy", 0.8, 0.5),
    (6, "neutral", 0.1, 0.0),
    (5, None, 0.0, 0.0),
    (6, "sad", -0.6, -0.4),
    (5, "neutral", -0.1, -0.1),
    (6, "happy", 0.7, 0.5),
)


@contextmanager
def made_up_hour(folder: Path, tracks: list[dict[str, Any]]) -> Iterator[str]:
    """The page's address while it shows that hour; `tracks` are what plays now."""
    mirror = DaemonMirror()
    listening = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        mirror.update(_daemon_status(tracks))
        names = frozenset({"localhost"})
        app = await build_app(Config(), folder / "listener.sqlite", names, None, mirror)
        servers.append(uvicorn.Server(uvicorn.Config(app, log_config=None)))
        ready.set()
        await servers[0].serve(sockets=[listening])
        mirror.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        servers[0].should_exit = True
        servers[0].force_exit = True
        thread.join()


def _daemon_status(tracks: list[dict[str, Any]]) -> dict[str, Any]:
    course = _course(time.time())
    counts = dict.fromkeys(("scanned", "tracked", "skipped", "dropped", "faces"), 0)
    return {
        **counts,
        "event": "status",
        "time": time.time(),
        "uptime": 9000,
        "frames": 88_000,
        "analysis_seconds": 900.0,
        "changes": 14,
        "paused": False,
        "pause_reason": "",
        "player_error": "",
        "camera_error": "",
        "strategy": "match",
        "presence": {"event": "presence", "time": course[0]["time"], "present": True},
        "mood": course[-1],
        "tracks": {"event": "tracks", "time": course[-1]["time"], "tracks": tracks},
        "playing": {"event": "playing", "time": course[-1]["time"], "track": tracks[0]},
        "history": course,
    }


def _course(now: float) -> list[dict[str, Any]]:
    moment = now - 60 * sum(minutes for minutes, *_ in HOUR)
    course: list[dict[str, Any]] = []
    for minutes, emotion, valence, arousal in HOUR:
        event: dict[str, Any] = {"event": "presence", "time": moment, "present": False}
        if emotion is not None:
            point = {"emotion": emotion, "valence": valence, "arousal": arousal}
            why = f"{emotion} led for 1.2 s"
            event = {"event": "mood", "time": moment, "confidence": 0.8, "why": why, **point}
        course.append(event)
        moment += 60 * minutes
    return course
