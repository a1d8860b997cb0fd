"""Cameras and films that are too large, damaged, endless, or name other files and hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.sources import open_source, v4l2
from edge.sources.frame_size import MAX_FRAME_SIDE
from edge.sources.http_source import HttpSource
from edge.sources.v4l2 import V4l2Source
from tests.edge.footage import video
from tests.edge.peak_memory import MAX_PEER_MEMORY, run_measured
from tests.edge.sources.hostile_camera import (
    HTTP_ATTACKS,
    RTSP_ATTACKS,
    frames,
    hostile_camera,
    jpeg,
    playlist,
    redirect,
)
from tests.raising import raises

# Reads from each camera for a second, one after the other. Prints the error codes as JSON.
READER = """
import json, sys, time
from edge.config.settings import SourceSettings
from edge.sources.http_source import HttpSource
from edge.sources.stream import StreamSource
from moodpi.errors import MoodpiError
errors = {}
for name, url in URLS.items():
    kind = HttpSource if url.startswith("http") else StreamSource
    source = kind(url, SourceSettings(open_timeout=2, read_timeout=1))
    errors[name] = ""
    try:
        with source:
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline and source.read() is not None:
                pass
    except MoodpiError as error:
        errors[name] = error.code
print(json.dumps(errors))
"""


def read_all(names: set[str], folder: Path) -> tuple[dict[str, str], int]:
    """The code of the error of each camera, and the peak memory of the reader in MB."""
    urls = {}
    with ExitStack() as stack:
        for scheme, attacks in (("http", HTTP_ATTACKS), ("rtsp", RTSP_ATTACKS)):
            for name in names & attacks.keys():
                camera = stack.enter_context(hostile_camera(attacks[name], scheme))
                urls[f"{scheme} {name}"] = f"{scheme}://127.0.0.1:{camera.port}/video"
        output, peak = run_measured(f"URLS = {urls}\n{READER}", folder, timeout=180)
    errors: dict[str, str] = json.loads(output.splitlines()[0])
    assert set(errors) == set(urls)
    return errors, peak


def test_long_parts_and_large_frames_do_not_fill_the_memory(tmp_path: Path) -> None:
    jpeg(6000, 6000)
    names = {"a part of 2 GB", "frames of 6000", "frames of 4097", "an SDP of 2 GB"}
    errors, peak = read_all(names, tmp_path)
    assert errors["http frames of 6000"] == "frame_too_large"
    assert errors["http frames of 4097"] == "frame_too_large"
    assert errors["rtsp an SDP of 2 GB"] == "no_stream"
    # The daemon takes 30 MB more than this reader.
    assert peak < MAX_PEER_MEMORY - 30


@pytest.mark.system
def test_no_camera_fills_the_memory(tmp_path: Path) -> None:
    for shape in ((4096, 4096), (6000, 6000), (8000, 8000, 1), (16_000, 16_000, 1)):
        jpeg(*shape)
    errors, peak = read_all(HTTP_ATTACKS.keys() | RTSP_ATTACKS.keys(), tmp_path)
    assert errors["http frames of 16000"] == "frame_too_large"
    assert errors["http frames of 8000"] == "frame_too_large"
    assert errors["http frames of 4096"] == ""
    assert errors["http frames of other sizes"] == ""
    assert errors["http a redirect to a file"] == "no_stream"
    assert peak < MAX_PEER_MEMORY - 30


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {url}\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 26\n",
        "<?xml version='1.0'?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>",
    ],
)
@pytest.mark.parametrize("target", ["film", "camera"])
def test_the_files_in_a_playlist_of_a_camera_are_not_opened(
    tmp_path: Path, content: str, target: str
) -> None:
    film = tmp_path / "film.mp4"
    video(film, 5, 10.0, "mp4v")
    with hostile_camera(frames((64, 64))) as other:
        url = f"file://{film}" if target == "film" else f"http://127.0.0.1:{other.port}/"
        with hostile_camera(playlist(content.format(url=url))) as camera:
            source = HttpSource(f"http://127.0.0.1:{camera.port}/live.m3u8", SourceSettings())
            with raises("no_stream"), source:
                source.read()
        assert other.requests == 0


@pytest.mark.parametrize("protocol", ["file://", "concat:", "subfile,,start,0,end,0,,:", ""])
def test_a_redirect_of_a_camera_reads_no_file(tmp_path: Path, protocol: str) -> None:
    video(tmp_path / "film.mp4", 5, 10.0, "mp4v")
    with hostile_camera(redirect(f"{protocol}{tmp_path}/film.mp4")) as camera:
        source = HttpSource(f"http://127.0.0.1:{camera.port}/", SourceSettings())
        with raises("no_stream"), source:
            source.read()


@pytest.mark.parametrize("name", ["film.m3u8", "film.mp4", "film.txt", "concat:film.mp4"])
@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:10,\nreal.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile real.mp4\n",
    ],
)
def test_a_film_that_is_a_playlist_is_refused(tmp_path: Path, name: str, content: str) -> None:
    video(tmp_path / "real.mp4", 5, 10.0, "mp4v")
    (tmp_path / name).write_text(content)
    with raises("not_a_video"), open_source(str(tmp_path / name)) as source:
        source.read()


def test_a_film_with_too_large_frames_is_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.avi"
    video(film, 1, 10.0, "MJPG")
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (4112, 64))
    writer.write(np.zeros((64, 4112, 3), np.uint8))
    writer.release()
    with raises("frame_too_large"), open_source(str(film)) as source:
        source.read()


def test_options_of_the_user_remain() -> None:
    code = (
        "import os; from edge.sources.ffmpeg_limits import limit_ffmpeg; limit_ffmpeg();"
        "limit_ffmpeg(); print(os.environ['OPENCV_FFMPEG_CAPTURE_OPTIONS'])"
    )
    environment = {**os.environ, "OPENCV_FFMPEG_CAPTURE_OPTIONS": "rtsp_transport;udp"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    options = dict(option.split(";") for option in done.stdout.strip().split("|"))
    assert options["rtsp_transport"] == "udp"
    assert "hls" not in options["format_whitelist"]


class JpegDevice:
    """Stands in for a cv2.VideoCapture of a camera that has only JPEG."""

    pictures: list[bytes]

    def __init__(self, *_arguments: object) -> None:
        self.properties: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802  # OpenCV's name
        return True

    def get(self, prop: int) -> float:
        if prop == cv2.CAP_PROP_FOURCC:
            return float(cv2.VideoWriter.fourcc(*"MJPG"))
        return self.properties.get(prop, 0.0)

    def set(self, prop: int, value: float) -> None:
        self.properties[prop] = value

    def read(self) -> tuple[bool, object]:
        assert self.properties[cv2.CAP_PROP_CONVERT_RGB] == 0
        if not self.pictures:
            return False, None
        return True, np.frombuffer(self.pictures.pop(0), np.uint8)[None]

    def release(self) -> None:
        pass


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> V4l2Source:
    monkeypatch.setattr(cv2, "VideoCapture", JpegDevice)
    monkeypatch.setattr(v4l2, "_check_device", lambda _device: None)
    source = V4l2Source(str(tmp_path), SourceSettings())
    source.open()
    return source


def test_the_jpegs_of_a_usb_camera_are_decoded_in_grey(device: V4l2Source) -> None:
    JpegDevice.pictures = [jpeg(64, 48)]
    frame = device.read()
    assert frame is not None
    assert frame.grey.shape == (48, 64)
    assert abs(int(frame.grey[0, 0]) - 90) < 3


def test_damaged_jpegs_of_a_usb_camera_are_skipped(device: V4l2Source) -> None:
    good, png = jpeg(64, 48), cv2.imencode(".png", np.zeros((9, 9), np.uint8))[1].tobytes()
    JpegDevice.pictures = [b"\0" * 100, good[:100], png, b"\xff\xd8" + b"\xff" * 50, good]
    frame = device.read()
    assert frame is not None
    assert frame.grey.shape == (48, 64)
    JpegDevice.pictures = [b"\0" * 100] * 100
    with raises("camera_stopped"):
        device.read()


def test_a_too_large_jpeg_of_a_usb_camera_is_refused(device: V4l2Source) -> None:
    JpegDevice.pictures = [jpeg(MAX_FRAME_SIDE + 1, 16)]
    with raises("frame_too_large"):
        device.read()
