"""The daemon and the faults of a network camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.sources.reconnecting import ReconnectTiming
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera, empty_pictures, jpeg, portrait_pictures
from tests.waiting import wait_for

LOST = "the camera is lost, trying again: "
BACK = "the camera works again"
BLACK = jpeg(np.zeros((180, 240, 3)))
GARBAGE = [b"\xff\xd8 no picture \xff\x00" * 500, BLACK[: len(BLACK) // 2], b"\xff\xd8\xff"]


@pytest.fixture(scope="module")
def watched(face_pictures: list[bytes]) -> Iterator[NetworkCamera]:
    """A camera that stays connected through all tests of the module."""
    with NetworkCamera(face_pictures) as camera:
        yield camera


@pytest.fixture(scope="module")
def daemon(watched: NetworkCamera, make_sandbox: Callable[..., Sandbox]) -> Iterator[DaemonProcess]:
    """A daemon that reads the camera on one connection and logs nothing."""
    sandbox = make_sandbox(watched.url)
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        yield daemon
        assert (watched.connections, sandbox.log.read_text()) == (1, "")
        assert daemon.terminate() == 0


@pytest.mark.parametrize(
    "pictures",
    [
        pytest.param([BLACK], id="black"),
        pytest.param(empty_pictures(90), id="an empty room"),
    ],
)
def test_pictures_without_a_face_report_absence_and_keep_the_connection(
    watched: NetworkCamera, daemon: DaemonProcess, face_pictures: list[bytes], pictures: list[bytes]
) -> None:
    seen = len(daemon.events)
    watched.pictures = pictures
    seen = daemon.wait_for("presence", seen, present=False)
    watched.pictures = face_pictures
    daemon.wait_for("tracks", seen)


@pytest.mark.parametrize("width", [480, 160])
def test_a_change_of_resolution_does_not_interrupt_detection(
    watched: NetworkCamera,
    daemon: DaemonProcess,
    face_pictures: list[bytes],
    portrait: Path,
    width: int,
) -> None:
    faces = daemon.send_command("status")["faces"]
    watched.pictures = portrait_pictures(portrait, width)
    wait_for(lambda: daemon.send_command("status")["faces"] > faces + 15, "faces")
    watched.pictures = face_pictures


def unplugged(camera: NetworkCamera) -> None:
    camera.stop()


def silent(camera: NetworkCamera) -> None:
    camera.pictures = []


def garbage(camera: NetworkCamera) -> None:
    camera.pictures = GARBAGE


@pytest.mark.parametrize("fault", [unplugged, silent, garbage])
def test_a_lost_camera_reports_absence_until_it_is_back(
    sandbox: Sandbox,
    camera: NetworkCamera,
    face_pictures: list[bytes],
    fault: Callable[[NetworkCamera], None],
) -> None:
    with sandbox.running() as daemon:
        seen = daemon.wait_for("tracks")
        fault(camera)
        seen = daemon.wait_for("presence", seen, present=False)
        camera.stop()
        camera.pictures = face_pictures
        camera.start()
        daemon.wait_for("tracks", seen)
        assert daemon.terminate() == 0
    assert len(sandbox.log_lines(LOST)) == 1


def test_the_daemon_waits_for_a_camera(
    make_sandbox: Callable[..., Sandbox], face_pictures: list[bytes]
) -> None:
    camera = NetworkCamera(face_pictures)
    sandbox = make_sandbox(camera.url)
    with sandbox.running() as daemon:
        daemon.wait_for_log(LOST)
        with camera:
            daemon.wait_for("tracks")
            daemon.wait_for_log(BACK)


@pytest.mark.long
def test_a_frozen_picture_reports_absence_and_reopens_the_camera(
    sandbox: Sandbox, camera: NetworkCamera, face_pictures: list[bytes]
) -> None:
    with sandbox.running() as daemon:
        seen = daemon.wait_for("tracks")
        camera.pictures = face_pictures[:1]
        seen = daemon.wait_for(
            "presence", seen, seconds=2 * ReconnectTiming().freeze_timeout, present=False
        )
        wait_for(lambda: camera.connections == 2, "the camera is opened again")
        camera.pictures = face_pictures
        daemon.wait_for("tracks", seen)
        daemon.wait_for_log(BACK)
    (line,) = sandbox.log_lines(LOST)
    assert "the same picture for 60 s, byte for byte" in line


@pytest.mark.long
def test_a_camera_that_keeps_disconnecting_is_logged_once(
    sandbox: Sandbox, camera: NetworkCamera
) -> None:
    camera.hang_up_after = 3
    with sandbox.running() as daemon:
        wait_for(lambda: camera.connections > 5, "the camera is reopened")
        assert daemon.terminate() == 0
    assert len(sandbox.log_lines("the camera")) == 1
