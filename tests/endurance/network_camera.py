"""A network camera (MJPEG over HTTP) on a real socket, with simulated faults."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np

# The head in the portrait: x, y, width, height in pixels.
HEAD = (104, 25, 240, 180)
NOISE = 4.0


def portrait_pictures(portrait: Path, width: int = 240, count: int = 8) -> list[bytes]:
    """JPEGs of the portrait's head, `width` x 3/4 width pixels, each with sensor noise."""
    x, y, wide, high = HEAD
    head = cv2.imread(str(portrait))[y : y + high, x : x + wide]
    head = cv2.resize(head, (width, width * 3 // 4), interpolation=cv2.INTER_AREA)
    random = np.random.default_rng(1)
    return [jpeg(head + random.normal(0, NOISE, head.shape)) for _ in range(count)]


def empty_pictures(level: int, count: int = 8) -> list[bytes]:
    """JPEGs of 240x180 pixels with sensor noise around a grey level."""
    random = np.random.default_rng(2)
    return [jpeg(random.normal(level, NOISE, (180, 240, 3))) for _ in range(count)]


def jpeg(picture: np.ndarray) -> bytes:
    """Encode any array, clipped to 0..255, as a JPEG."""
    return cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8))[1].tobytes()


class NetworkCamera:
    """Sends `pictures` in turn, one every `interval` seconds; both can be changed while it runs.

    Without pictures a connection stays open and silent.

    Attributes:
        connections: the number of connections so far.
        hang_up_after: close a connection after this many pictures; None: never.
    """

    def __init__(self, pictures: Sequence[bytes], interval: float = 0.1) -> None:
        self.pictures = pictures
        self.interval = interval
        self.hang_up_after: int | None = None
        self.connections = 0
        self._server: ThreadingHTTPServer | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/video"

    def __enter__(self) -> NetworkCamera:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections, always at the same address."""
        camera, stopped = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # http.server's name
                camera.connections += 1
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    for index in itertools.islice(itertools.count(), camera.hang_up_after):
                        if stopped.wait(camera.interval):
                            break
                        if camera.pictures:
                            picture = camera.pictures[index % len(camera.pictures)]
                            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
                            self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(picture))
                            self.wfile.write(picture + b"\r\n")
                except ConnectionError:
                    pass

            def log_message(self, *_arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._stopped = stopped
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Close all connections and accept no more."""
        if self._server is not None:
            self._stopped.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None
