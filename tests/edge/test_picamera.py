"""The Pi's camera, through a stand-in with picamera2's documented interface."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from edge.settings import SourceSettings
from edge.sources import open_source
from moodpi.errors import MoodpiError


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

    def cancel_all_and_flush(self) -> None:
        self.calls.append("cancel_all_and_flush")

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


def test_a_sensor_that_hangs_is_let_go_so_that_it_can_be_opened_again(picamera2, monkeypatch):
    def hung(_camera, _name, wait=None):
        # As a pending job's result does (concurrent.futures).
        raise TimeoutError if wait else AssertionError("it would wait for ever")

    monkeypatch.setattr(picamera2, "capture_array", hung)
    with (
        open_source("picamera2") as source,
        pytest.raises(MoodpiError, match=r"no picture from the sensor for 5 s: check its cable"),
    ):
        source.read()
    assert picamera2.made[0].calls == ["configure", "start", "cancel_all_and_flush", "close"]


def test_without_picamera2_the_error_names_the_package_and_the_environment(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with (
        open_source("picamera2") as source,
        pytest.raises(
            MoodpiError, match=r"sudo apt install python3-picamera2.*--system-site-packages"
        ),
    ):
        source.read()
