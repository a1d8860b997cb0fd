"""Frame after frame, with all that comes between in a year, and nothing grows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.endurance.camera import NetworkCamera, jpeg, portrait_pictures
from tests.endurance.home import Home, Running
from tests.waiting import wait_for

GROWTH = 5 * 1024**2
SIZE = (160, 120)
HOUR = 3600.0


def moving(pictures: list[bytes]) -> list[bytes]:
    """Pictures that sway from side to side, so that there is something to look at in each."""
    swayed = []
    for place, picture in enumerate(pictures):
        shift = np.array([[1, 0, 8 * np.sin(place)], [0, 1, 3 * np.cos(place)]], np.float32)
        whole = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        swayed.append(jpeg(cv2.warpAffine(whole, shift, SIZE, borderMode=cv2.BORDER_REPLICATE)))
    return swayed


def sizes(daemon: Running) -> tuple[int, int, int]:
    """Bytes resident, threads and descriptors at this moment."""
    return daemon.memory(), daemon.threads(), daemon.descriptors()


@pytest.mark.parametrize("frames", [20_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_neither_memory_nor_threads_nor_descriptors_grow(
    make_home: Callable[..., Home], portrait: Path, frames: int
) -> None:
    somebody = moving(portrait_pictures(portrait, SIZE[0], count=16))
    nobody = moving([jpeg(np.full((120, 160, 3), 90 + place)) for place in range(16)])
    # Somebody comes and goes, so that presence, moods, choices and the history have their share,
    # and now and then the camera is lost, after long enough to be opened again at once.
    camera = NetworkCamera([*somebody * 60, *nobody * 60], pause=0.001)
    camera.after = 6000
    home = make_home(camera.url)
    seen = []
    with camera, home.running() as daemon:
        daemon.wait_for("tracks")
        for goal in range(frames // 5, frames + 1, frames // 20):
            wait_for(lambda: daemon.ask("status")["frames"] >= goal, f"{goal} frames", HOUR)  # noqa: B023
            seen.append(sizes(daemon))
        assert daemon.end() == 0
        status = daemon.events[-1]
    memory, threads, descriptors = (np.array(column) for column in zip(*seen, strict=True))
    half = len(seen) // 2
    print(np.round(memory / 1024**2, 2), threads, descriptors, status, camera.calls)
    assert memory.max() - memory[0] <= GROWTH
    assert threads[half:].max() <= threads[:half].max()
    assert descriptors[half:].max() <= descriptors[:half].max()
    assert status["frames"] >= frames
    assert camera.calls > frames // 10_000
