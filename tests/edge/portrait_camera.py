"""A network camera (MJPEG over HTTP) that sends the picture of a file five times a second.

Successive frames differ, as a sensor's do, so that the camera does not count as frozen.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np


@contextmanager
def portrait_camera(picture: Path) -> Iterator[str]:
    """The URL of a running camera on loopback. The file can be replaced at any time."""
    stopping = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self):  # http.server's name
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            try:
                for count in itertools.count():
                    if stopping.wait(0.2):
                        return
                    jpeg = _jpeg_frame(picture, count)
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
        stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _jpeg_frame(picture: Path, count: int) -> bytes:
    """The picture as a JPEG, with a corner that is brighter in every second frame."""
    image = cv2.imread(str(picture))
    image[:8, :8] = 120 + 8 * (count % 2)
    return cv2.imencode(".jpg", image)[1].tobytes()


class FakePerson:
    """A person in front of the camera, whose expression is in the file `picture`."""

    def __init__(self, folder: Path, portrait: Path) -> None:
        self.picture = folder / "person.jpg"
        self._portrait = cv2.imread(str(portrait))
        self.smile()

    def smile(self) -> None:
        """Show the unchanged portrait."""
        self._show(self._portrait)

    def frown(self) -> None:
        """Show the portrait with its smile painted over by the corners of a mouth turned down.

        The default model classifies no crop within 6 % of the face's box as happy.
        """
        mask = np.zeros(self._portrait.shape[:2], np.uint8)
        cv2.ellipse(mask, (224, 142), (34, 18), 0, 0, 360, (255,), -1)
        frowning = cv2.inpaint(self._portrait, mask, 5, cv2.INPAINT_TELEA)
        cv2.ellipse(frowning, (224, 148), (22, 7), 0, 190, 350, (60, 50, 90), 2)
        self._show(frowning)

    def leave(self) -> None:
        """Show a grey wall."""
        wall = self._portrait.copy()
        wall[:] = 128
        self._show(wall)

    def _show(self, image) -> None:
        temporary = self.picture.with_suffix(".new.jpg")
        cv2.imwrite(str(temporary), image)
        temporary.replace(self.picture)
