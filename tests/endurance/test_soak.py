"""Many frames, with absences and lost cameras: memory, threads and descriptors do not grow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera, jpeg, portrait_pictures
from tests.waiting import wait_for

MAX_GROWTH_BYTES = 5 * 1024**2
SIZE = (160, 120)
SOAK_TIMEOUT = 3600.0


def swaying(pictures: list[bytes]) -> list[bytes]:
    """Shift the pictures from side to side, so that every frame contains motion."""
    swayed = []
    for index, picture in enumerate(pictures):
        shift = np.array([[1, 0, 8 * np.sin(index)], [0, 1, 3 * np.cos(index)]], np.float32)
        whole = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        swayed.append(jpeg(cv2.warpAffine(whole, shift, SIZE, borderMode=cv2.BORDER_REPLICATE)))
    return swayed


def resource_usage(daemon: DaemonProcess) -> tuple[int, int, int]:
    """Resident bytes, threads and open descriptors of the daemon."""
    return daemon.memory(), daemon.threads(), daemon.descriptors()


def wait_for_frames(daemon: DaemonProcess, count: int) -> None:
    """Wait until the daemon has analysed `count` frames."""
    wait_for(
        lambda: daemon.send_command("status")["frames"] >= count, f"{count} frames", SOAK_TIMEOUT
    )


@pytest.mark.parametrize("frames", [20_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_neither_memory_nor_threads_nor_descriptors_grow(
    make_sandbox: Callable[..., Sandbox], portrait: Path, frames: int
) -> None:
    face_pictures = swaying(portrait_pictures(portrait, SIZE[0], count=16))
    empty = swaying([jpeg(np.full((120, 160, 3), 90 + level)) for level in range(16)])
    # The camera disconnects, rarely enough to be reopened at once.
    camera = NetworkCamera(empty, interval=0.001)
    camera.hang_up_after = 6000
    sandbox = make_sandbox(camera.url)
    seen = []
    events = 0
    with camera, sandbox.running() as daemon:
        for goal in range(frames // 20, frames + 1, frames // 20):
            # A person comes, stays until there is a recommendation, and leaves. Tracks need a
            # second of face, however many pictures the camera sends in it.
            camera.pictures = face_pictures
            events = daemon.wait_for("tracks", events)
            camera.pictures = empty
            events = daemon.wait_for("presence", events, present=False)
            wait_for_frames(daemon, goal)
            if goal >= frames // 5:
                seen.append(resource_usage(daemon))
        assert daemon.terminate() == 0
        status = daemon.events[-1]
    memory, threads, descriptors = (np.array(column) for column in zip(*seen, strict=True))
    half = len(seen) // 2
    print(np.round(memory / 1024**2, 2), threads, descriptors, status, camera.connections)
    assert memory.max() - memory[0] <= MAX_GROWTH_BYTES
    assert threads[half:].max() <= threads[:half].max()
    assert descriptors[half:].max() <= descriptors[:half].max()
    assert status["frames"] >= frames
    assert camera.connections > frames // 10_000
