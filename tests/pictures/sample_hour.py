"""The live view with a sample hour: a web server with the messages of an imaginary daemon."""

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

# Minutes, emotion, valence and arousal; nobody is in view where the emotion is None.
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
def sample_hour(folder: Path, tracks: list[dict[str, Any]]) -> Iterator[str]:
    """The address of the page while it shows that hour. tracks: the current list; the first plays."""
    mirror = DaemonMirror()
    listener = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        mirror.update(_daemon_status(tracks))
        names = frozenset({"localhost"})
        app = await build_app(Config(), folder / "listener.sqlite", names, None, mirror)
        servers.append(uvicorn.Server(uvicorn.Config(app, log_config=None)))
        ready.set()
        await servers[0].serve(sockets=[listener])
        mirror.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        servers[0].should_exit = True
        servers[0].force_exit = True
        thread.join()


def _daemon_status(tracks: list[dict[str, Any]]) -> dict[str, Any]:
    history = _history(time.time())
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
        "presence": {"event": "presence", "time": history[0]["time"], "present": True},
        "mood": history[-1],
        "tracks": {"event": "tracks", "time": history[-1]["time"], "tracks": tracks},
        "playing": {"event": "playing", "time": history[-1]["time"], "track": tracks[0]},
        "history": history,
    }


def _history(now: float) -> list[dict[str, Any]]:
    moment = now - 60 * sum(minutes for minutes, *_ in HOUR)
    history: list[dict[str, Any]] = []
    for minutes, emotion, valence, arousal in HOUR:
        event: dict[str, Any] = {"event": "presence", "time": moment, "present": False}
        if emotion is not None:
            point = {"emotion": emotion, "valence": valence, "arousal": arousal}
            why = f"{emotion} led for 1.2 s"
            event = {"event": "mood", "time": moment, "confidence": 0.8, "why": why, **point}
        history.append(event)
        moment += 60 * minutes
    return history
