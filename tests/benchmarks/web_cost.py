"""What HTTP adds to a photo, in process and served side by side; many clients at once; and how long
a change of mood takes to reach the page.

python -m tests.benchmarks.web_cost [REQUESTS]
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import cv2
import numpy as np

from catalog.reloading import ReloadingCatalog
from edge.config.settings import RecommendSettings
from edge.events import MoodEvent
from edge.frontends.control import ControlServer
from edge.mood.affect import Affect
from edge.mood.tracker import Mood
from edge.music.profile import NoHistory, Taste
from edge.music.selector import TrackSelector
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import UPLOAD_LIMITS
from edge.system.signals import STOP_POLL_INTERVAL
from edge.vision.classifier import EmotionClassifier
from edge.vision.photo_pipeline import PhotoPipeline
from edge.vision.photo_search import PhotoSearch
from tests.edge.frontends.web.daemon_status import daemon_status
from tests.process_memory import fields

PHOTO = Path(__file__).resolve().parents[1] / "data" / "eileen_collins.jpg"
ROUNDS = 40
CLIENTS = 8
REQUESTS = 500
WIDTH, HEIGHT = 1280, 960
EVENTS = 50


def measure(requests: int = REQUESTS) -> Iterator[str]:
    """Rows: p50 of a photo both ways, the clients' errors and the memory, and how long a change of
    mood takes to reach the page.
    """
    photo = _photo()
    with tempfile.TemporaryDirectory() as folder:
        server, port = _start(folder)
        try:
            yield from _side_by_side(photo, port)
            yield from _many(photo, port, server.pid, requests)
            yield _events(port, folder)
        finally:
            server.terminate()
            server.wait()


def _photo() -> bytes:
    """A JPEG of 1280x960 with the portrait in it."""
    image = cv2.imread(str(PHOTO))
    scaled = cv2.resize(image, (HEIGHT, HEIGHT), interpolation=cv2.INTER_CUBIC)
    side = (WIDTH - HEIGHT) // 2
    wide = cv2.copyMakeBorder(scaled, 0, 0, side, side, cv2.BORDER_REPLICATE)
    return cv2.imencode(".jpg", wide)[1].tobytes()


def _start(folder: str) -> tuple[subprocess.Popen[str], int]:
    server = subprocess.Popen(
        [sys.executable, "-m", "moodpi", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "STATE_DIRECTORY": folder, "RUNTIME_DIRECTORY": folder},
    )
    return server, int(re.search(r":(\d+)/", server.stdout.readline())[1])


def _side_by_side(photo: bytes, port: int) -> Iterator[str]:
    pipeline = PhotoPipeline(EmotionClassifier.load(), PhotoSearch.load())
    with ReloadingCatalog() as catalog, PhotoDecoder(UPLOAD_LIMITS) as decoder:
        selector = TrackSelector(catalog, NoHistory(Taste()), RecommendSettings())

        def in_process() -> None:
            header = decoder.check(photo, "the photo")
            faces = pipeline.analyse(decoder.decode(photo, header, "the photo"))
            selector.select(Affect.from_probabilities(faces[0].probabilities))

        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        ways = {"in process": in_process, "POST /api/recommend": lambda: _post(connection, photo)}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                taken[name].append(time.perf_counter() - start)
    base = statistics.median(taken["in process"])
    for name, times in taken.items():
        p50 = statistics.median(times)
        yield f"{name:<24} p50 {p50 * 1e3:6.1f} ms for 1280x960  {p50 / base:5.2f} x in process"


def _many(photo: bytes, port: int, pid: int, requests: int) -> Iterator[str]:
    _burst(photo, port, CLIENTS * 10)  # what is allocated once is allocated
    before = _resident(pid)
    begun = time.perf_counter()
    wrong = _burst(photo, port, requests)
    rate = requests / (time.perf_counter() - begun)
    yield (
        f"{requests} photos from {CLIENTS} clients at once: {wrong} errors, {rate:.1f} a second, "
        f"RSS {before:.0f} -> {_resident(pid):.0f} MB"
    )


def _resident(pid: int) -> float:
    return fields(pid, "VmRSS", "status")


def _burst(photo: bytes, port: int, requests: int) -> int:
    """The number of requests whose status was not 200."""

    def client(number: int) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        share = range(number, requests, CLIENTS)
        return sum(_post(connection, photo) != 200 for _ in share)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, range(CLIENTS)))


def _post(connection: HTTPConnection, photo: bytes) -> int:
    connection.request("POST", "/api/recommend", photo)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _events(port: int, folder: str) -> str:
    """From the control socket's broadcast to the last byte of the server-sent event."""
    mood = Mood("happy", 0.9, 0.9, np.full(7, 1 / 7, np.float32), "for the bench")
    status = daemon_status()
    waiting: list[float] = []
    with ControlServer(Path(folder) / "control.sock") as control:
        over = threading.Event()

        def attend() -> None:
            while not over.wait(STOP_POLL_INTERVAL):
                control.answer_pending(lambda _: status)

        main_loop = threading.Thread(target=attend)
        main_loop.start()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/api/events")
        stream = connection.getresponse()
        while b"uptime" not in stream.readline():
            pass
        for _ in range(EVENTS):
            time.sleep(STOP_POLL_INTERVAL)
            begun = time.perf_counter()
            control.broadcast.report(MoodEvent(time.time(), mood))
            while b"for the bench" not in stream.readline():
                pass
            waiting.append(time.perf_counter() - begun)
        connection.close()
        over.set()
        main_loop.join()
    times = sorted(waiting)
    return (
        f"a change of mood reaches the page: p50 {statistics.median(times) * 1e3:.1f} ms, "
        f"longest of {EVENTS} {times[-1] * 1e3:.1f} ms"
    )


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS):
        print(row, flush=True)
