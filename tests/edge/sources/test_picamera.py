"""The camera module, with a fake that has picamera2's documented interface."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import zipfile
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.sources import open_source
from tests.raising import raises


class FakePicamera2:
    """The part of Picamera2 that moodpi uses, with one 320x240 lores stream with padded rows."""

    cameras = [{"Model": "imx708", "Num": 0}]  # noqa: RUF012  # as a property of the machine
    camera_controls = {"FrameRate": (1.0, 56.0, None)}  # noqa: RUF012
    stride = 384
    made: list[FakePicamera2] = []  # noqa: RUF012

    def __init__(self, camera_num=0, verbose_console=None, tuning=None, allocator=None) -> None:
        self.opened = (camera_num, verbose_console, tuning, allocator)
        self.calls: list[str] = []
        self.made.append(self)

    @classmethod
    def global_camera_info(cls) -> list[dict[str, object]]:
        return cls.cameras

    def create_video_configuration(  # noqa: PLR0917  # as many as picamera2's
        self,
        main=None,
        lores=None,
        raw=None,
        transform=None,
        colour_space=None,
        buffer_count=6,
        controls=None,
        display="main",
        encode="main",
        queue=True,
        sensor=None,
        use_case="video",
    ):
        return {
            "main": main,
            "lores": lores,
            "raw": raw,
            "transform": transform,
            "colour_space": colour_space,
            "buffer_count": buffer_count,
            "controls": controls,
            "display": display,
            "encode": encode,
            "queue": queue,
            "sensor": sensor,
            "use_case": use_case,
        }

    def configure(self, camera_config=None) -> None:
        self.calls.append("configure")
        # libcamera may adjust the requested size.
        self.config = {
            **camera_config,
            "lores": {**camera_config["lores"], "size": (320, 240), "stride": self.stride},
        }

    def camera_configuration(self):
        return self.config

    def start(self, config=None, show_preview=False) -> None:  # noqa: ARG002
        self.calls.append("start")

    def capture_array(self, name="main", wait=None, signal_function=None):  # noqa: ARG002
        assert name == "lores"
        return self.planes().reshape(240 * 3 // 2, self.stride)

    @classmethod
    def planes(cls) -> np.ndarray:
        """The buffer in libcamera's layout: Y in padded rows, then U and V."""
        planes = np.full((240 * 3 // 2, cls.stride), 255, np.uint8)
        planes[:240, :320] = np.arange(240, dtype=np.uint8)[:, None]
        return planes.reshape(-1)

    def cancel_all_and_flush(self) -> None:
        self.calls.append("cancel_all_and_flush")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture(scope="module")
def source_of_picamera2(tmp_path_factory) -> zipfile.ZipFile:
    """picamera2's wheel from the package index. Importing it would need the system's libcamera."""
    folder = tmp_path_factory.mktemp("picamera2")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder)]
    try:
        done = subprocess.run(
            [*pip, "--only-binary=:all:", "picamera2"],
            capture_output=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the package index does not answer")
    wheels = list(folder.glob("picamera2-*.whl"))
    if done.returncode or not wheels:
        pytest.skip("picamera2's source cannot be had from the package index")
    return zipfile.ZipFile(wheels[0])


def methods(wheel: zipfile.ZipFile, file: str, name: str) -> dict[str, ast.FunctionDef]:
    """The method definitions of a class; for overloads, the last one, which has the body."""
    tree = ast.parse(wheel.read(f"picamera2/{file}"))
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {node.name: node for node in found.body if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def picamera2(monkeypatch):
    class Camera(FakePicamera2):
        made: list[FakePicamera2] = []  # noqa: RUF012

    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=Camera))
    return Camera


@pytest.mark.system
@pytest.mark.parametrize(
    "method",
    [name for name, kind in vars(FakePicamera2).items() if inspect.isfunction(kind)],
)
def test_the_fake_has_the_signatures_of_picamera2(source_of_picamera2, method):
    theirs = methods(source_of_picamera2, "picamera2.py", "Picamera2")[method].args
    ours = inspect.signature(getattr(FakePicamera2, method)).parameters
    assert list(ours) == [argument.arg for argument in theirs.args]
    optional = [name for name, one in ours.items() if one.default is not inspect.Parameter.empty]
    assert len(optional) == len(theirs.defaults)


@pytest.mark.system
def test_picamera2_lists_cameras_without_opening_one(source_of_picamera2):
    theirs = methods(source_of_picamera2, "picamera2.py", "Picamera2")["global_camera_info"]
    assert [ast.unparse(decorator) for decorator in theirs.decorator_list] == ["staticmethod"]
    assert theirs.args.args == []


@pytest.mark.system
def test_picamera2_does_not_remove_the_padding(source_of_picamera2):
    theirs = methods(source_of_picamera2, "request.py", "Helpers")["_make_array_shared"]
    alone = ast.Module([theirs], type_ignores=[])
    names: dict[str, Any] = {"np": np, "Dict": dict, "Any": object}
    exec(compile(alone, "request.py", "exec"), names)  # noqa: S102  # numpy alone is called
    lores = {"format": "YUV420", "size": (320, 240), "stride": FakePicamera2.stride}
    array = names["_make_array_shared"](None, FakePicamera2.planes(), lores)
    assert (array == FakePicamera2().capture_array("lores")).all()


def test_delivers_the_y_plane_without_its_padding(picamera2):
    with open_source("picamera2") as source:
        frame = source.read()
    assert frame.grey.shape == (240, 320)
    assert frame.grey.dtype == np.uint8
    assert frame.grey.flags.c_contiguous
    assert (frame.grey == np.arange(240, dtype=np.uint8)[:, None]).all()
    # The frame does not keep the chroma planes in memory.
    assert frame.grey.base is None or frame.grey.base.size == frame.grey.size
    assert picamera2.made


def test_configures_the_camera_once_with_few_buffers_and_closes_it(picamera2):
    with open_source("picamera2", SourceSettings(frame_rate=8.0)) as source:
        source.read()
    (camera,) = picamera2.made
    assert camera.calls == ["configure", "start", "close"]
    assert camera.config["lores"]["format"] == "YUV420"
    assert camera.config["buffer_count"] <= 3
    assert camera.config["raw"] is None
    assert camera.config["controls"] == {"FrameRate": 8.0}


def test_enables_autofocus_if_the_camera_has_it(picamera2, monkeypatch):
    monkeypatch.setitem(picamera2.camera_controls, "AfMode", (0, 2, 0))
    with open_source("picamera2") as source:
        source.read()
    assert picamera2.made[0].config["controls"]["AfMode"] == 2


def test_a_pi_without_a_camera_is_an_error(picamera2, monkeypatch):
    monkeypatch.setattr(picamera2, "cameras", [])
    with (
        open_source("picamera2") as source,
        raises("no_camera"),
    ):
        source.read()


SECOND = "/base/axi/pcie@120000/rp1/i2c@80000/imx219@10"
TWO_CAMERAS = [
    {"Model": "imx708", "Num": 0, "Id": "/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a"},
    {"Model": "imx219", "Num": 1, "Id": SECOND},
]


@pytest.mark.parametrize(
    ("text", "number"),
    [("picamera2", 0), ("picamera2:0", 0), ("picamera2:1", 1), (f"picamera2:{SECOND}", 1)],
)
def test_a_camera_is_chosen_by_number_or_id(picamera2, monkeypatch, text, number):
    monkeypatch.setattr(picamera2, "cameras", TWO_CAMERAS)
    with open_source(text) as source:
        assert source.read() is not None
    assert picamera2.made[0].opened[0] == number


@pytest.mark.parametrize("text", ["picamera2:2", "picamera2:imx477", "picamera2:-1"])
def test_a_camera_that_picamera2_does_not_have_is_an_error_that_lists_the_others(
    picamera2, monkeypatch, text
):
    monkeypatch.setattr(picamera2, "cameras", TWO_CAMERAS)
    with open_source(text) as source, raises("no_camera") as error:
        source.read()
    assert "1 (imx219, " in str(error.value)


def test_a_pi_camera_in_use_is_an_error_and_is_released(picamera2, monkeypatch):
    def busy(_camera) -> None:
        raise RuntimeError("Failed to acquire camera: Device or resource busy")

    monkeypatch.setattr(picamera2, "start", busy)
    with (
        open_source("picamera2") as source,
        raises("camera_unavailable") as error,
    ):
        source.read()
    assert "resource busy" in str(error.value)
    assert picamera2.made[0].calls == ["configure", "close"]


def test_a_hung_sensor_is_released_for_the_next_attempt(picamera2, monkeypatch):
    def hung(_camera, _name, wait=None):
        # As a pending job's result does (concurrent.futures).
        raise TimeoutError if wait else AssertionError("it would wait for ever")

    monkeypatch.setattr(picamera2, "capture_array", hung)
    with (
        open_source("picamera2") as source,
        raises("capture_timeout"),
    ):
        source.read()
    assert picamera2.made[0].calls == ["configure", "start", "cancel_all_and_flush", "close"]


def test_without_picamera2_the_error_names_the_package_and_the_environment(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with (
        open_source("picamera2") as source,
        raises("no_picamera2") as error,
    ):
        source.read()
    assert "--source 0" in str(error.value)
    assert "sudo apt install python3-picamera2" in str(error.value)
    assert "--system-site-packages" in str(error.value)
