"""Real videos, folders and streams; a device that is not there; a stand-in for the Pi's camera."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from edge.frames import Frame
from edge.settings import SourceSettings
from edge.sources import FrameSource, open_source
from edge.sources.newest import NewestFrame
from edge.stop import Stop
from moodpi.errors import MoodpiError, UsageError

WIDTH, HEIGHT = 96, 64


def picture(level: int) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def video(path: Path, frames: int = 20, rate: float = 10.0, codec: str = "MJPG") -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, (WIDTH, HEIGHT))
    assert writer.isOpened()
    random = np.random.default_rng(1)
    for place in range(frames):
        noise = random.integers(0, 8, (HEIGHT, WIDTH, 3), np.uint8)
        writer.write(picture(6 * place) + noise)
    writer.release()
    return path


def every_frame(text: object, **options: object) -> list[Frame]:
    with open_source(str(text), **options) as source:
        return list(iter(source.read, None))


def drain(source: FrameSource, into: list[Frame]) -> None:
    while (frame := source.read()) is not None:
        into.append(frame)


# Video files


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_a_video_gives_every_frame_on_its_own_clock(tmp_path, name, codec):
    frames = every_frame(video(tmp_path / name, 20, 10.0, codec))
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(20)], abs=1e-3)
    assert {frame.grey.shape for frame in frames} == {(HEIGHT, WIDTH)}
    assert {frame.grey.dtype for frame in frames} == {np.dtype(np.uint8)}
    assert frames[15].grey.mean() == pytest.approx(93, abs=4)


def test_a_video_is_not_live_and_drops_nothing(tmp_path):
    with open_source(str(video(tmp_path / "a.avi"))) as source:
        assert not source.live
        list(iter(source.read, None))
        assert source.dropped == 0


def test_a_video_cut_off_in_the_middle_ends_after_its_last_readable_frame(tmp_path, caplog):
    whole = video(tmp_path / "whole.avi", 40).read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: len(whole) // 2])
    with caplog.at_level(logging.INFO):
        frames = every_frame(cut)
    assert 5 < len(frames) < 35
    assert f"{cut} ends early: {len(frames)} of 40 frames could be read" in caplog.text


def test_a_whole_video_ends_without_a_word(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        every_frame(video(tmp_path / "whole.avi"))
    assert caplog.text == ""


@pytest.mark.parametrize("content", [b"", b"not a video at all\n" * 50])
def test_a_file_that_is_no_video_is_one_clear_error(tmp_path, content):
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with pytest.raises(MoodpiError, match=r"broken\.mp4 (cannot be read|gave no frame)"):
        every_frame(path)


def test_an_mp4_cut_before_its_index_is_one_clear_error(tmp_path):
    whole = video(tmp_path / "whole.mp4", 20, 10.0, "mp4v").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MoodpiError, match=r"cut\.mp4 cannot be read as a video"):
        every_frame(cut)


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with pytest.raises(MoodpiError, match=r"pipe\.mp4 is a named pipe or a socket: expected"):
        every_frame(pipe)


def test_realtime_holds_frames_back_until_their_time(tmp_path):
    path = video(tmp_path / "a.avi", 5, 10.0)
    begin = time.monotonic()
    assert len(every_frame(path, realtime=True)) == 5
    assert time.monotonic() - begin >= 0.4


def test_a_stop_ends_a_paced_video(tmp_path):
    stop = Stop()
    with open_source(str(video(tmp_path / "a.avi", 5, 1.0)), realtime=True, stop=stop) as source:
        assert source.read() is not None
        stop.request()
        assert source.read() is None


# Folders


def test_a_folder_plays_in_natural_order_at_five_frames_a_second(tmp_path):
    for number in (10, 9, 1, 2):
        cv2.imwrite(str(tmp_path / f"Face{number}.png"), picture(number * 10))
    (tmp_path / "notes.txt").write_text("no image")
    frames = every_frame(tmp_path)
    assert [int(frame.grey[0, 0]) for frame in frames] == [10, 20, 90, 100]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.2, 0.4, 0.6])


def test_an_unreadable_image_is_skipped_with_a_log_line(tmp_path, caplog):
    cv2.imwrite(str(tmp_path / "1.png"), picture(10))
    (tmp_path / "2.jpg").write_bytes(b"damaged")
    cv2.imwrite(str(tmp_path / "3.png"), picture(30))
    frames = every_frame(tmp_path)
    assert [(frame.index, frame.time) for frame in frames] == [(0, 0.0), (1, 0.4)]
    assert "skipped" in caplog.text
    assert "2.jpg" in caplog.text


def test_a_picture_whose_name_is_no_text_is_read_like_any_other(tmp_path):
    path = tmp_path / os.fsdecode(b"ok\xff.png")
    path.write_bytes(cv2.imencode(".png", picture(40))[1].tobytes())
    (frame,) = every_frame(tmp_path)
    assert int(frame.grey[0, 0]) == 40


def test_a_picture_of_a_folder_is_turned_upright(tmp_path):
    # A JPEG with an EXIF block that says it lies on its side (orientation 6).
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    jpeg = cv2.imencode(".jpg", picture(40))[1].tobytes()
    block = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "1.jpg").write_bytes(jpeg[:2] + block + jpeg[2:])
    (frame,) = every_frame(tmp_path)
    assert frame.grey.shape == (WIDTH, HEIGHT)


def test_a_named_pipe_among_the_pictures_is_skipped(tmp_path, caplog):
    os.mkfifo(tmp_path / "1.png")
    cv2.imwrite(str(tmp_path / "2.png"), picture(20))
    (frame,) = every_frame(tmp_path)
    assert int(frame.grey[0, 0]) == 20
    assert "skipped: " in caplog.text


def test_an_empty_folder_is_one_clear_error(tmp_path):
    with pytest.raises(MoodpiError, match="has no pictures: expected"):
        every_frame(tmp_path)


def test_a_folder_of_nothing_but_damaged_images_is_one_clear_error(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"damaged")
    with pytest.raises(MoodpiError, match="none of the images"):
        every_frame(tmp_path)


# Streams


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
def served(frames: int, *, silent_after: bool = False, garbage: bytes = b"") -> Iterator[str]:
    """An MJPEG camera that after its frames, and the garbage, hangs up or falls silent."""
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
            if silent_after:
                over.wait(10)

        def log_message(self, *_arguments):
            pass

    with serving(Camera) as url:
        try:
            yield f"{url}/video"
        finally:
            over.set()


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """A web server that gives out the files of a folder."""

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_arguments):
            pass

    with serving(Files) as url:
        yield url


@pytest.mark.parametrize("garbage", [b"", b"\xff\x00 no picture " * 5000])
def test_a_camera_that_hangs_up_or_sends_garbage_is_an_error_after_its_last_frame(garbage):
    frames = []
    with served(20, garbage=garbage) as url, open_source(url) as source:
        assert source.live
        with pytest.raises(MoodpiError, match=rf"the stream {url} ended: "):
            drain(source, frames)
        assert source.dropped + len(frames) == frames[-1].index + 1
    assert all(frame.grey.shape == (HEIGHT, WIDTH) for frame in frames)
    times = [frame.time for frame in frames]
    assert times == sorted(times)


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_a_video_file_on_a_web_server_has_a_normal_end(tmp_path, name, codec):
    video(tmp_path / name, 20, 10.0, codec)
    with served_folder(tmp_path) as url, open_source(f"{url}/{name}") as source:
        frames = list(iter(source.read, None))
    assert frames[-1].index == 19


def test_a_stream_that_falls_silent_is_one_clear_error():
    settings = SourceSettings(read_timeout=0.5)
    with (
        served(12, silent_after=True) as url,
        open_source(url, settings) as source,
        pytest.raises(MoodpiError, match=r"fell silent: no frame for 0\.5 s"),
    ):
        list(iter(source.read, None))


def test_a_stream_that_nobody_serves_is_one_clear_error():
    with (
        open_source("http://user:secret@127.0.0.1:9/video") as source,
        pytest.raises(
            MoodpiError, match=r"no video stream at http://.* \(refused, or no"
        ) as caught,
    ):
        source.read()
    assert "secret" not in str(caught.value)


def test_an_address_without_a_video_is_refused_at_once(tmp_path):
    with (
        served_folder(tmp_path) as url,
        open_source(f"{url}/video") as source,
        pytest.raises(MoodpiError, match=rf"at {url}/video \(refused, or no video\): check"),
    ):
        source.read()


def test_a_camera_that_never_answers_is_given_up_in_time():
    settings = SourceSettings(open_timeout=0.5)
    with (
        served(0, silent_after=True) as url,
        open_source(url, settings) as source,
        pytest.raises(MoodpiError, match=r"\(no answer within 0\.5 s\): check that the camera"),
    ):
        source.read()


# Devices


@pytest.mark.parametrize("text", ["/dev/video97", "97"])
def test_a_camera_that_is_not_there_is_one_clear_error(text, capfd):
    with (
        open_source(text) as source,
        pytest.raises(MoodpiError, match="no camera at /dev/video97: "),
    ):
        source.read()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("text", ["", "picamera", "holiday", "ftp://camera/1", "a" * 5000])
def test_a_source_that_is_nothing_known_is_a_usage_error(text):
    with pytest.raises(UsageError, match=f"no source '{text}'"):
        open_source(text)


@pytest.mark.parametrize(
    "text", ["holiday.mp4", "films/holiday", "/no/such/folder/", "cam:8080/video", "a/" * 5000]
)
def test_a_path_to_nothing_is_no_such_file_as_for_any_command(text):
    with pytest.raises(MoodpiError, match=f"no such file or folder: {text}: exp") as caught:
        open_source(text)
    assert caught.value.exit_code == 1


def test_a_single_picture_is_a_usage_error_that_names_the_right_command(portrait):
    with pytest.raises(UsageError, match=rf"single picture: .*`moodpi recommend {portrait}`"):
        open_source(str(portrait))


# The newest frame only


class Counter(FrameSource):
    """A camera that gives a numbered frame each time it is told to."""

    live = True

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.closed = False
        self._wanted: list[int] = []
        self._changed = threading.Condition()
        self._given = 0

    def give(self, frames: int) -> None:
        """Let `frames` more come, and wait until the capture thread asks for yet another."""
        with self._changed:
            for _ in range(frames):
                self._wanted.append(1)
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: not self._wanted, 5)

    def finish(self) -> None:
        with self._changed:
            self._wanted.append(0)
            self._changed.notify_all()

    def open(self) -> None:
        if self.error:
            raise self.error

    def read(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self.closed, 5)
            if not self._wanted or not self._wanted.pop():
                return None
            self._changed.notify_all()
            self._given += 1
            return Frame(np.zeros((2, 2), np.uint8), self._given / 10, self._given - 1)

    def close(self) -> None:
        self.closed = True


def test_only_the_newest_frame_is_given_and_the_others_are_counted():
    camera = Counter()
    with NewestFrame(camera, Stop()) as source:
        camera.give(5)
        camera.finish()
        source._capture.join(5)
        assert source.read().index == 4
        assert source.read() is None
        assert source.dropped == 4


def test_the_capture_thread_is_named_and_gone_after_closing():
    camera = Counter()
    with NewestFrame(camera, Stop()):
        assert "moodpi-capture" in [thread.name for thread in threading.enumerate()]
        camera.finish()
    assert "moodpi-capture" not in [thread.name for thread in threading.enumerate()]
    assert camera.closed


def test_a_stop_ends_a_read_that_waits_for_a_frame():
    camera, stop = Counter(), Stop()
    with NewestFrame(camera, stop) as source:
        threading.Timer(0.1, stop.request).start()
        assert source.read() is None
        camera.finish()


def test_what_goes_wrong_in_the_capture_thread_is_raised_by_read():
    with (
        NewestFrame(Counter(MoodpiError("unplugged")), Stop()) as source,
        pytest.raises(MoodpiError, match="unplugged"),
    ):
        source.read()


# picamera2


class StandIn:
    """Picamera2 as its manual describes it, for one 320x240 lores stream with padded rows."""

    cameras = [{"Model": "imx708", "Num": 0}]  # noqa: RUF012  # as a property of the machine
    stride = 384
    made: list[StandIn] = []  # noqa: RUF012

    def __init__(self, camera_num: int = 0) -> None:
        self.camera_num = camera_num
        self.calls: list[str] = []
        self.made.append(self)

    @classmethod
    def global_camera_info(cls) -> list[dict[str, object]]:
        return cls.cameras

    def create_video_configuration(
        self, main=None, lores=None, raw=None, buffer_count=6, controls=None, queue=True
    ):
        return {
            "main": main,
            "lores": lores,
            "raw": raw,
            "buffer_count": buffer_count,
            "controls": controls,
            "queue": queue,
        }

    def configure(self, config) -> None:
        self.calls.append("configure")
        # libcamera may align a size; this one gives what its sensor can.
        self.config = {**config, "lores": {**config["lores"], "size": (320, 240)}}

    def camera_configuration(self):
        return self.config

    def start(self) -> None:
        self.calls.append("start")

    def capture_array(self, name="main", wait=None, signal_function=None):  # noqa: ARG002
        assert name == "lores"
        planes = np.full((240 * 3 // 2, self.stride), 255, np.uint8)
        planes[:240, :320] = np.arange(240, dtype=np.uint8)[:, None]
        return planes

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def picamera2(monkeypatch):
    class Camera(StandIn):
        made: list[StandIn] = []  # noqa: RUF012

    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=Camera))
    return Camera


def test_the_pi_camera_gives_the_y_plane_without_its_padding(picamera2):
    with open_source("picamera2") as source:
        frame = source.read()
    assert frame.grey.shape == (240, 320)
    assert frame.grey.dtype == np.uint8
    assert frame.grey.flags.c_contiguous
    assert (frame.grey == np.arange(240, dtype=np.uint8)[:, None]).all()
    assert frame.grey.base is None
    assert picamera2.made


def test_the_pi_camera_is_configured_once_with_few_buffers_and_closed(picamera2):
    with open_source("picamera2", SourceSettings(frame_rate=8.0)) as source:
        source.read()
    (camera,) = picamera2.made
    assert camera.calls == ["configure", "start", "close"]
    assert camera.config["lores"]["format"] == "YUV420"
    assert camera.config["buffer_count"] <= 3
    assert camera.config["controls"] == {"FrameRate": 8.0}


def test_a_pi_without_a_camera_is_one_clear_error(picamera2, monkeypatch):
    monkeypatch.setattr(picamera2, "cameras", [])
    with (
        open_source("picamera2") as source,
        pytest.raises(MoodpiError, match="picamera2 finds no camera: check"),
    ):
        source.read()


def test_a_pi_camera_in_use_is_one_clear_error_and_is_let_go(picamera2, monkeypatch):
    def busy(_camera) -> None:
        raise RuntimeError("Failed to acquire camera: Device or resource busy")

    monkeypatch.setattr(picamera2, "start", busy)
    with (
        open_source("picamera2") as source,
        pytest.raises(MoodpiError, match=r"resource busy.*another program"),
    ):
        source.read()
    assert picamera2.made[0].calls == ["configure", "close"]


def test_without_picamera2_the_error_names_the_package_and_the_environment(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with (
        open_source("picamera2") as source,
        pytest.raises(
            MoodpiError, match=r"sudo apt install python3-picamera2.*--system-site-packages"
        ),
    ):
        source.read()
