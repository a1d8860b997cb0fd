"""A camera on the network, the daemon that watches it, and what happens to cameras in a year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.sources.stillness import FROZEN
from tests.endurance.camera import NetworkCamera, empty_pictures, jpeg, portrait_pictures
from tests.endurance.home import Home, Running
from tests.waiting import wait_for

LOST = "the camera is lost, trying again: "
BACK = "the camera is back"
BLACK = jpeg(np.zeros((180, 240, 3)))
GARBAGE = [b"\xff\xd8 no picture \xff\x00" * 500, BLACK[: len(BLACK) // 2], b"\xff\xd8\xff"]


@pytest.fixture(scope="module")
def watched(somebody: list[bytes]) -> Iterator[NetworkCamera]:
    """A camera that is never lost, whatever it shows."""
    with NetworkCamera(somebody) as camera:
        yield camera


@pytest.fixture(scope="module")
def daemon(watched: NetworkCamera, make_home: Callable[..., Home]) -> Iterator[Running]:
    """Watches it, and has nothing to say of it to the end."""
    home = make_home(watched.url)
    with home.running() as daemon:
        daemon.wait_for("tracks")
        yield daemon
        assert (watched.calls, home.log.read_text()) == (1, "")
        assert daemon.end() == 0


@pytest.mark.parametrize(
    "pictures",
    [
        pytest.param([BLACK], id="black"),
        pytest.param(empty_pictures(90), id="an empty room"),
    ],
)
def test_a_camera_that_shows_nobody_is_believed_and_stays_open(
    watched: NetworkCamera, daemon: Running, somebody: list[bytes], pictures: list[bytes]
) -> None:
    said = len(daemon.events)
    watched.pictures = pictures
    said = daemon.wait_for("presence", said, present=False)
    watched.pictures = somebody
    daemon.wait_for("tracks", said)


@pytest.mark.parametrize("width", [480, 160])
def test_a_camera_that_changes_its_resolution_is_seen_on(
    watched: NetworkCamera, daemon: Running, somebody: list[bytes], portrait: Path, width: int
) -> None:
    faces = daemon.ask("status")["faces"]
    watched.pictures = portrait_pictures(portrait, width)
    wait_for(lambda: daemon.ask("status")["faces"] > faces + 15, "faces")
    watched.pictures = somebody


def unplugged(camera: NetworkCamera) -> None:
    camera.unplug()


def silent(camera: NetworkCamera) -> None:
    camera.pictures = []


def garbage(camera: NetworkCamera) -> None:
    camera.pictures = GARBAGE


@pytest.mark.parametrize("fault", [unplugged, silent, garbage])
def test_a_camera_that_is_lost_shows_nobody_until_it_is_back(
    home: Home,
    camera: NetworkCamera,
    somebody: list[bytes],
    fault: Callable[[NetworkCamera], None],
) -> None:
    with home.running() as daemon:
        said = daemon.wait_for("tracks")
        fault(camera)
        said = daemon.wait_for("presence", said, present=False)
        camera.unplug()
        camera.pictures = somebody
        camera.plug_in()
        daemon.wait_for("tracks", said)
        assert daemon.end() == 0
    assert len(home.lines(LOST)) == 1


def test_a_camera_may_come_long_after_the_daemon(
    make_home: Callable[..., Home], somebody: list[bytes]
) -> None:
    camera = NetworkCamera(somebody)
    home = make_home(camera.url)
    with home.running() as daemon:
        daemon.wait_for_log(LOST)
        with camera:
            daemon.wait_for("tracks")
            daemon.wait_for_log(BACK)


@pytest.mark.long
def test_a_camera_whose_picture_hangs_shows_nobody_until_it_moves(
    home: Home, camera: NetworkCamera, somebody: list[bytes]
) -> None:
    with home.running() as daemon:
        said = daemon.wait_for("tracks")
        camera.pictures = somebody[:1]
        said = daemon.wait_for("presence", said, seconds=2 * FROZEN, present=False)
        wait_for(lambda: camera.calls == 2, "the camera is opened again")
        camera.pictures = somebody
        daemon.wait_for("tracks", said)
        daemon.wait_for_log(BACK)
    (line,) = home.lines(LOST)
    assert "the same picture for 60 s, byte for byte" in line


@pytest.mark.long
def test_a_camera_with_a_loose_plug_costs_no_more_than_a_few_lines(
    home: Home, camera: NetworkCamera
) -> None:
    camera.after = 3
    with home.running() as daemon:
        wait_for(lambda: camera.calls > 5, "openings")
        assert daemon.end() == 0
    assert len(home.lines("the camera")) == 1
