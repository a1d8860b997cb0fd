"""A network camera (MJPEG over HTTP) that shows one picture five times a second, for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@contextmanager
def portrait_camera(picture: Path) -> Iterator[str]:
    """Its URL while it runs, on loopback."""
    jpeg = picture.read_bytes()
    over = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self):  # http.server's name
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                while not over.wait(0.2):
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
