"""A network camera (MJPEG over HTTP) that shows a picture's file five times a second, for ever.

Like any sensor it never gives the same bytes for long: a camera that does is taken for frozen.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2


@contextmanager
def portrait_camera(picture: Path) -> Iterator[str]:
    """Its URL while it runs, on loopback; another picture in the same file is what it sees next."""
    over = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self):  # http.server's name
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            try:
                for count in itertools.count():
                    if over.wait(0.2):
                        return
                    jpeg = _exposure(picture, count)
                    head = "--frame\r\nContent-Type: image/jpeg\r\n"
                    head += f"Content-Length: {len(jpeg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
            except ConnectionError:
                pass

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/video"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _exposure(picture: Path, count: int) -> bytes:
    """The picture as a JPEG, with a grey corner that is a little brighter every other time."""
    image = cv2.imread(str(picture))
    image[:8, :8] = 120 + 8 * (count % 2)
    return cv2.imencode(".jpg", image)[1].tobytes()


class Sitter:
    """Who sits for the camera: what they look like is in `picture`, from one moment to the next."""

    def __init__(self, folder: Path, portrait: Path) -> None:
        self.picture = folder / "sitter.jpg"
        self._portrait = cv2.imread(str(portrait))
        self.smile()

    def smile(self) -> None:
        """The portrait as it is."""
        self._show(self._portrait)

    def frown(self) -> None:
        """The portrait with its mouth upside down: no model takes that for happy."""
        frowning = self._portrait.copy()
        mouth = frowning[129:157, 196:252]
        mouth[:] = mouth[::-1].copy()
        self._show(frowning)

    def leave(self) -> None:
        """A grey wall."""
        wall = self._portrait.copy()
        wall[:] = 128
        self._show(wall)

    def _show(self, image) -> None:
        aside = self.picture.with_suffix(".new.jpg")
        cv2.imwrite(str(aside), image)
        aside.replace(self.picture)
