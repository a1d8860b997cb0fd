"""What augmentation changes in a face, and what it preserves."""

from __future__ import annotations

import numpy as np
import pytest

from training.augmentation import Augmentation, augment

STILL = Augmentation(
    rotation=0,
    zoom=0,
    shift=0,
    contrast=0,
    brightness=0,
    light_gradient=0,
    blur=0,
    noise=0,
    erase=0,
)


@pytest.fixture
def faces() -> np.ndarray:
    slope = np.add.outer(np.arange(48), 2 * np.arange(48)) + 20
    return np.stack([slope, slope.T] * 8).astype(np.uint8)


def test_keeps_shape_and_dtype_and_does_not_modify_the_originals(faces):
    before = faces.copy()

    changed = augment(faces, Augmentation(), np.random.default_rng(1))

    assert changed.shape == faces.shape
    assert changed.dtype == np.uint8
    assert np.array_equal(faces, before)


def test_the_same_seed_gives_the_same_faces_and_another_seed_others(faces):
    first, again, other = (
        augment(faces, Augmentation(), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_changes_every_face_differently(faces):
    changed = augment(faces[:1].repeat(16, axis=0), Augmentation(), np.random.default_rng(1))

    assert len({face.tobytes() for face in changed}) == 16


def test_with_all_ranges_at_zero_only_mirrors(faces):
    changed = augment(faces, STILL, np.random.default_rng(1))

    unchanged = [np.array_equal(new, old) for new, old in zip(changed, faces, strict=True)]
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(changed, faces, strict=True)]
    assert all(u or m for u, m in zip(unchanged, mirrored, strict=True))
    assert any(unchanged)
    assert any(mirrored)


def test_clips_strong_light_instead_of_wrapping_around():
    bright = np.full((32, 48, 48), 250, np.uint8)
    settings = Augmentation(**{**STILL.__dict__, "brightness": 0.5})

    changed = augment(bright, settings, np.random.default_rng(1))

    means = changed.mean(axis=(1, 2))
    assert means.max() == 255
    assert means.min() >= 250 - 128


def test_erases_at_most_the_requested_share(faces):
    settings = Augmentation(**{**STILL.__dict__, "erase": 1.0, "erase_share": 0.5})

    changed = augment(faces, settings, np.random.default_rng(1))

    hidden = [
        min((new != old).mean(), (new != old[:, ::-1]).mean())
        for new, old in zip(changed, faces, strict=True)
    ]
    assert 0 < max(hidden) <= 0.25


def test_scaled_to_zero_only_mirrors(faces):
    zeros = Augmentation().scaled(0)

    changed = augment(faces, zeros, np.random.default_rng(1))

    assert np.array_equal(changed, augment(faces, STILL, np.random.default_rng(1)))


def test_scaled_by_half_every_range_is_half_as_wide():
    half = Augmentation().scaled(0.5)

    assert half.rotation == Augmentation().rotation / 2
    assert half.erase == Augmentation().erase / 2
    assert half.erase_share == Augmentation().erase_share
