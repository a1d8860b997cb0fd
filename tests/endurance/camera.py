"""A network camera (MJPEG over HTTP) with all the faults that cameras have, on a real socket."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np

# Where the portrait's face is, with a head's margin around it: x, y, width, height in pixels.
HEAD = (104, 25, 240, 180)
NOISE = 4.0


def portrait_pictures(portrait: Path, width: int = 240, count: int = 8) -> list[bytes]:
    """JPEGs of the portrait's head, `width` x 3/4 width pixels, each with a sensor's own noise."""
    x, y, wide, high = HEAD
    head = cv2.imread(str(portrait))[y : y + high, x : x + wide]
    head = cv2.resize(head, (width, width * 3 // 4), interpolation=cv2.INTER_AREA)
    random = np.random.default_rng(1)
    return [jpeg(head + random.normal(0, NOISE, head.shape)) for _ in range(count)]


def empty_pictures(level: int, count: int = 8) -> list[bytes]:
    """JPEGs of 240x180 pixels with nothing in them but a sensor's noise around a grey level."""
    random = np.random.default_rng(2)
    return [jpeg(random.normal(level, NOISE, (180, 240, 3))) for _ in range(count)]


def jpeg(picture: np.ndarray) -> bytes:
    """Values of any kind, cut to 0..255, as a JPEG."""
    return cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8))[1].tobytes()


class NetworkCamera:
    """Sends `pictures` in turn, one every `pause` seconds; both may be changed while it runs.

    No pictures: it stays silent on an open line. calls: how many connections there were. after:
    it hangs up after so many pictures.
    """

    def __init__(self, pictures: Sequence[bytes], pause: float = 0.1) -> None:
        self.pictures = pictures
        self.pause = pause
        self.after: int | None = None
        self.calls = 0
        self._server: ThreadingHTTPServer | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/video"

    def __enter__(self) -> NetworkCamera:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        """Answer from now on, at the same address as before."""
        camera, unplugged = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # http.server's name
                camera.calls += 1
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    for place in itertools.count() if camera.after is None else range(camera.after):
                        if unplugged.wait(camera.pause):
                            break
                        if camera.pictures:
                            picture = camera.pictures[place % len(camera.pictures)]
                            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
                            self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(picture))
                            self.wfile.write(picture + b"\r\n")
                except ConnectionError:
                    pass

            def log_message(self, *_arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._unplugged = unplugged
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def unplug(self) -> None:
        """Hang up on everybody and answer nobody."""
        if self._server is not None:
            self._unplugged.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None
