"""Motion outside of the faces."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.room_motion import RoomMotion

ROOM = np.random.default_rng(1).integers(40, 200, (480, 640), np.uint8)


def with_patch(x: int, y: int) -> np.ndarray:
    picture = ROOM.copy()
    picture[y : y + 80, x : x + 80] = 250
    return picture


def test_the_first_picture_shows_no_motion():
    assert not RoomMotion().moved(ROOM, [])


def test_what_appears_is_motion_unless_it_is_excepted():
    for excepted, expected in (([], True), ([(100, 100, 80, 80)], False)):
        motion = RoomMotion()
        motion.moved(ROOM, [])
        assert motion.moved(with_patch(100, 100), excepted) == expected


@pytest.mark.parametrize("light", [0.7, 1.2])
def test_noise_and_another_light_are_no_motion(light):
    motion = RoomMotion()
    random = np.random.default_rng(2)
    motion.moved(ROOM, [])
    noisy = np.clip(ROOM * light + random.normal(0, 8, ROOM.shape), 0, 255).astype(np.uint8)
    assert not motion.moved(noisy, [])


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (480, 640)])
def test_pictures_of_any_size_are_compared(shape):
    motion = RoomMotion()
    assert not motion.moved(np.zeros(shape, np.uint8), [])
    assert not motion.moved(np.zeros(shape, np.uint8), [])
