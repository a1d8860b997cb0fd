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

from tests.edge.expressions import frown, nobody, smile


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
        self._show(smile(self._portrait))

    def frown(self) -> None:
        """Show the corners of the mouth turned down."""
        self._show(frown(self._portrait))

    def leave(self) -> None:
        """Show a grey wall."""
        self._show(nobody(self._portrait))

    def _show(self, image) -> None:
        temporary = self.picture.with_suffix(".new.jpg")
        cv2.imwrite(str(temporary), image)
        temporary.replace(self.picture)
