"""What augmentation changes in a face, and what it preserves."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from training.augmentation import Augmentation, draw_changes

pytestmark = pytest.mark.workstation
image_changes = pytest.importorskip("training.image_changes", reason="needs moodpi[train]")

ROOT = Path(__file__).resolve().parents[2]
STILL = Augmentation().scaled(0)


def augment(faces: np.ndarray, settings: Augmentation, seed: int = 1) -> np.ndarray:
    changes = draw_changes(len(faces), 48, settings, np.random.default_rng(seed))
    return np.asarray(image_changes.apply_changes(faces, changes))


def only(**changes: float) -> Augmentation:
    return Augmentation(**{**asdict(STILL), **changes})


@pytest.fixture
def faces() -> np.ndarray:
    slope = np.add.outer(np.arange(48), 2 * np.arange(48)) + 20
    return np.stack([slope, slope.T] * 8).astype(np.uint8)


def test_keeps_shape_and_range_and_does_not_modify_the_originals(faces):
    before = faces.copy()

    changed = augment(faces, Augmentation())

    assert changed.shape == faces.shape
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 255
    assert np.array_equal(faces, before)


def test_the_same_seed_gives_the_same_faces_and_another_seed_others(faces):
    first, again, other = (augment(faces, Augmentation(), seed) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=1)


def test_changes_every_face_differently(faces):
    changed = augment(faces[:1].repeat(16, axis=0), Augmentation())

    assert len({face.tobytes() for face in changed}) == 16


def test_with_all_ranges_at_zero_only_mirrors(faces):
    changed = augment(faces, STILL)

    pairs = list(zip(changed, faces, strict=True))
    unchanged = [np.allclose(new, old, atol=1e-3) for new, old in pairs]
    mirrored = [np.allclose(new, old[:, ::-1], atol=1e-3) for new, old in pairs]
    assert all(u or m for u, m in zip(unchanged, mirrored, strict=True))
    assert any(unchanged)
    assert any(mirrored)


def test_moves_pixels_as_opencv_does():
    face = cv2.GaussianBlur(np.random.default_rng(3).random((48, 48)) * 255, (0, 0), 3)
    faces = face[None].repeat(16, axis=0).astype(np.float32)
    settings = only(rotation=25, zoom=0.2, shift=0.1)
    changes = draw_changes(16, 48, settings, np.random.default_rng(1))

    moved = np.asarray(image_changes.apply_changes(faces, changes))

    for inverse, ours in zip(changes["inverse"], moved, strict=True):
        theirs = cv2.warpAffine(
            face,
            inverse.reshape(2, 3),
            (48, 48),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        # OpenCV rounds positions to 1/32 of a pixel.
        assert ours == pytest.approx(theirs, abs=1)


def test_blurs_as_opencv_does():
    face = np.random.default_rng(3).random((48, 48)).astype(np.float32) * 255
    changes = draw_changes(1, 48, STILL, np.random.default_rng(1))
    changes |= {
        "inverse": np.array([[1, 0, 0, 0, 1, 0]], np.float32),
        "blur_sigma": np.array([1.2], np.float32),
    }

    blurred = np.asarray(image_changes.apply_changes(face[None], changes))[0]

    inner = np.s_[8:-8, 8:-8]
    assert blurred[inner] == pytest.approx(cv2.GaussianBlur(face, (17, 17), 1.2)[inner], abs=0.1)


def test_noise_has_the_drawn_strength():
    grey = np.full((64, 48, 48), 128, np.uint8)
    settings = only(noise=1, noise_sigma=20)
    changes = draw_changes(64, 48, settings, np.random.default_rng(1))

    spreads = np.asarray(image_changes.apply_changes(grey, changes)).std(axis=(1, 2))

    assert spreads == pytest.approx(changes["noise_sigma"], rel=0.1, abs=0.1)
    assert spreads.max() > 15


def test_clips_strong_light_instead_of_wrapping_around():
    bright = np.full((32, 48, 48), 250, np.uint8)

    means = augment(bright, only(brightness=0.5)).mean(axis=(1, 2))

    assert means.max() == 255
    assert means.min() >= 250 - 128


def test_erases_at_most_the_requested_share(faces):
    changed = augment(faces, only(erase=1.0, erase_share=0.5))

    hidden = [
        min((abs(new - old) > 0.01).mean(), (abs(new - old[:, ::-1]) > 0.01).mean())
        for new, old in zip(changed, faces, strict=True)
    ]
    assert 0 < max(hidden) <= 0.25


def test_scaled_by_half_every_range_is_half_as_wide():
    half = Augmentation().scaled(0.5)

    assert half.rotation == Augmentation().rotation / 2
    assert half.erase == Augmentation().erase / 2
    assert half.erase_share == Augmentation().erase_share


BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}
APPLY = """
import sys
import numpy as np
from keras import backend, ops
from training.image_changes import apply_changes
with np.load(sys.argv[1]) as given:
    faces, changes = given["faces"], {k: given[k] for k in given.files if k != "faces"}
assert backend.backend() == sys.argv[3]
np.save(sys.argv[2], ops.convert_to_numpy(apply_changes(faces, changes)))
"""


@pytest.mark.parametrize("backend", BACKENDS)
def test_equal_changes_give_equal_faces_on_every_backend(backend, tmp_path):
    if find_spec(BACKENDS[backend]) is None:
        assert backend == "torch", f"{backend} is an extra of the tests"
        pytest.skip("not applicable: PyTorch is not installed")
    random = np.random.default_rng(5)
    faces = random.integers(0, 256, (32, 48, 48), dtype=np.uint8)
    settings = Augmentation(rotation=25, blur=0.5, noise=0.5, noise_sigma=20)
    changes: dict[str, Any] = {**draw_changes(32, 48, settings, random)}
    np.savez(tmp_path / "given.npz", faces=faces, **changes)

    subprocess.run(
        [sys.executable, "-c", APPLY, tmp_path / "given.npz", tmp_path / "faces.npy", backend],
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)},
        check=True,
    )

    assert np.load(tmp_path / "faces.npy") == pytest.approx(
        np.asarray(image_changes.apply_changes(faces, changes)), abs=0.05
    )
