"""The live view with a sample hour: a web server with the status of an imaginary daemon.

The events are those of a real mood tracker that gets the probabilities of HOUR.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from edge.config.load import Config
from edge.config.settings import MoodSettings
from edge.daemon.resting_face_keeper import describe
from edge.events import Event, MoodEvent, PresenceEvent
from edge.frontends.web.app import build_app
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.mood.resting_face_file import RestingFaceRecord
from edge.mood.tracker import MoodTracker
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import UPLOAD_LIMITS
from edge.vision.model_identity import ModelIdentity
from models.emotions import EMOTIONS
from tests.edge.frontends.web.daemon_status import daemon_status

# Minutes, and the probabilities of the face; without any nobody is in view.
HOUR: tuple[tuple[float, dict[str, float]], ...] = (
    (7, {"neutral": 0.8, "sad": 0.1}),
    (12, {"happy": 0.85, "surprise": 0.1}),
    (4, {"surprise": 0.85, "happy": 0.1}),
    (8, {"happy": 0.95}),
    (6, {"neutral": 0.8, "happy": 0.15}),
    (5, {}),
    (6, {"sad": 0.85, "neutral": 0.1}),
    (5, {"neutral": 0.75, "sad": 0.1}),
    (6, {"happy": 0.9, "neutral": 0.05}),
)
FRAME_INTERVAL = 0.2
# The probabilities of a face at rest that the model takes for sad, in the order of EMOTIONS.
AT_REST = (0.06, 0.01, 0.07, 0.02, 0.46, 0.02, 0.36)


@contextmanager
def sample_hour(folder: Path, tracks: list[dict[str, Any]]) -> Iterator[str]:
    """The address of the page while it shows that hour. tracks: the list; its first one plays."""
    mirror = DaemonMirror()
    listener = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        status = _daemon_status(tracks)
        mirror.update(status)
        del status["history"]
        # A second later, at 10 frames per second.
        mirror.update({**status, "uptime": 9001, "frames": 88_010})
        names = frozenset({"localhost"})
        decoder = PhotoDecoder(UPLOAD_LIMITS)
        app = await build_app(Config(), folder / "listener.sqlite", names, None, mirror, decoder)
        servers.append(uvicorn.Server(uvicorn.Config(app, log_config=None)))
        ready.set()
        with decoder:
            await servers[0].serve(sockets=[listener])
        mirror.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        servers[0].should_exit = True
        thread.join()


def _daemon_status(tracks: list[dict[str, Any]]) -> dict[str, Any]:
    history = [event.to_json() for event in _events(time.time())]
    moods = [event for event in history if event["event"] == "mood"]
    presences = [event for event in history if event["event"] == "presence"]
    started = moods[-1]["time"]
    model = ModelIdentity("simple_cnn int8.tflite", "0" * 64)
    record = RestingFaceRecord("calibrated", model, time.time() - 86_400, 10.0, np.log(AT_REST))
    return daemon_status(
        time=time.time(),
        uptime=9000,
        frames=88_000,
        analysis_seconds=900.0,
        changes=len(moods),
        presence=presences[-1],
        mood=moods[-1],
        tracks={"event": "tracks", "time": started, "emotion": "happy", "tracks": tracks},
        playing={"event": "playing", "time": started, "track": tracks[0]},
        history=history,
        resting_face=describe(record, model),
    )


def _events(now: float) -> Iterator[Event]:
    """The presence and mood events of HOUR, which ends now."""
    tracker, present = MoodTracker(MoodSettings()), False
    moment = now - 60 * sum(minutes for minutes, _ in HOUR)
    for minutes, shares in HOUR:
        end = moment + 60 * minutes
        rest = (1 - sum(shares.values())) / (len(EMOTIONS) - len(shares))
        face = np.array([shares.get(name, rest) for name in EMOTIONS], np.float32)
        while moment < end:
            mood = tracker.update(face if shares else None, moment)
            if tracker.present != present:
                present = tracker.present
                yield PresenceEvent(moment, present)
            if mood is not None:
                yield MoodEvent(moment, mood)
            moment += FRAME_INTERVAL
