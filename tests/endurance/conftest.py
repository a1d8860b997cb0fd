"""A camera that looks at the portrait, and homes for daemons that watch it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.endurance.camera import NetworkCamera, portrait_pictures
from tests.endurance.home import Home

CONFIGURATION = """\
[source]
device = "{url}"
open_timeout = 1
read_timeout = 1
[mood]
absence = 1
"""


@pytest.fixture(scope="session", autouse=True)
def needs_model() -> None:
    if not (ROOT / "models" / "simple_cnn" / "int8.tflite").exists():
        pytest.skip("the trained model is not in this checkout")


@pytest.fixture(scope="session")
def somebody(portrait: Path) -> list[bytes]:
    """What a camera sends that somebody looks into."""
    return portrait_pictures(portrait)


@pytest.fixture
def camera(somebody: list[bytes]) -> Iterator[NetworkCamera]:
    with NetworkCamera(somebody) as camera:
        yield camera


@pytest.fixture(scope="session")
def make_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Home]:
    """A home whose daemon watches the camera at a URL. A socket's path is short, so is this."""

    def make(url: str, more: str = "") -> Home:
        return Home(tmp_path_factory.mktemp("h"), CONFIGURATION.format(url=url) + more)

    return make


@pytest.fixture
def home(camera: NetworkCamera, make_home: Callable[..., Home]) -> Home:
    return make_home(camera.url)
