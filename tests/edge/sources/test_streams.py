"""Streams from real servers on this machine that end, stall or never start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import pytest

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources import open_source
from edge.sources.http_source import HttpSource
from edge.sources.newest_frame import NewestFrameSource
from edge.system.signals import StopRequest
from tests.edge.footage import HEIGHT, WIDTH, drain, picture, video
from tests.raising import raises


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The URL of a web server on loopback that answers with `handler`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(frames: int, *, stall_after: bool = False, garbage: bytes = b"") -> Iterator[str]:
    """An MJPEG camera that after its frames, and the garbage, hangs up or stalls."""
    over = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self):  # http.server's name
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            for place in range(frames):
                jpeg = cv2.imencode(".jpg", picture(place * 10))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
                over.wait(0.03)
            self.wfile.write(garbage)
            if stall_after:
                over.wait(10)

        def log_message(self, *_arguments):
            pass

    with serving(Camera) as url:
        try:
            yield f"{url}/video"
        finally:
            over.set()


def once(url: str, settings: SourceSettings | None = None) -> NewestFrameSource:
    """The stream without reconnection."""
    return NewestFrameSource(HttpSource(url, settings or SourceSettings()), StopRequest())


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """A web server that gives out the files of a folder."""

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_arguments):
            pass

    with serving(Files) as url:
        yield url


@pytest.mark.parametrize("garbage", [b"", b"\xff\x00 no picture " * 5000])
def test_a_camera_that_hangs_up_or_sends_garbage_is_an_error_after_its_last_frame(garbage):
    frames: list[Frame] = []
    with served(20, garbage=garbage) as url, once(url) as source:
        assert source.live
        with raises("stream_ended"):
            drain(source, frames)
        # The garbage counts as a damaged picture.
        assert source.dropped + len(frames) == frames[-1].index + 1 + bool(garbage)
    assert all(frame.grey.shape == (HEIGHT, WIDTH) for frame in frames)
    times = [frame.time for frame in frames]
    assert times == sorted(times)


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_a_video_file_on_a_web_server_has_a_normal_end(tmp_path, name, codec):
    video(tmp_path / name, 20, 10.0, codec)
    with served_folder(tmp_path) as url, open_source(f"{url}/{name}") as source:
        frames = list(iter(source.read, None))
    assert frames[-1].index == 19


def test_a_stream_that_stalls_is_an_error():
    settings = SourceSettings(read_timeout=0.5)
    with (
        served(12, stall_after=True) as url,
        once(url, settings) as source,
        raises("stream_stalled"),
    ):
        list(iter(source.read, None))


def test_a_stream_that_nobody_serves_is_one_clear_error():
    with (
        open_source("http://user:secret@127.0.0.1:9/video") as source,
        raises("no_stream") as caught,
    ):
        source.read()
    assert "secret" not in str(caught.value)


def test_an_address_without_a_video_is_refused_at_once(tmp_path):
    with (
        served_folder(tmp_path) as url,
        open_source(f"{url}/video") as source,
        raises("no_stream"),
    ):
        source.read()


def test_a_camera_that_never_answers_is_given_up_in_time():
    settings = SourceSettings(open_timeout=0.5)
    with (
        served(0, stall_after=True) as url,
        open_source(url, settings) as source,
        raises("stream_timeout"),
    ):
        source.read()
