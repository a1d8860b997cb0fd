"""Fixtures: a network camera that shows the portrait, and sandboxes for daemons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.endurance.daemon_process import Sandbox
from tests.endurance.network_camera import NetworkCamera, portrait_pictures

CONFIGURATION = """\
[source]
device = "{url}"
open_timeout = 3
read_timeout = 1
[mood]
absence = 1
"""


@pytest.fixture(scope="session", autouse=True)
def needs_model() -> None:
    if not (ROOT / "models" / "simple_cnn" / "int8.tflite").exists():
        pytest.skip("the trained model is not in this checkout")


@pytest.fixture(scope="session")
def face_pictures(portrait: Path) -> list[bytes]:
    """The JPEGs of a camera with a face in view."""
    return portrait_pictures(portrait)


@pytest.fixture
def camera(face_pictures: list[bytes]) -> Iterator[NetworkCamera]:
    with NetworkCamera(face_pictures) as camera:
        yield camera


@pytest.fixture(scope="session")
def make_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sandbox]:
    """Make a sandbox for the camera at a URL; its path is short enough for a Unix socket."""

    def make(url: str, more: str = "") -> Sandbox:
        return Sandbox(tmp_path_factory.mktemp("h"), CONFIGURATION.format(url=url) + more)

    return make


@pytest.fixture
def sandbox(camera: NetworkCamera, make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return make_sandbox(camera.url)
