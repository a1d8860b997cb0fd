"""Movements by fractions of a pixel."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.patch_shift import PatchReference
from tests.grey_picture import grey_picture

BOX = (177, 68, 94, 94)


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    return grey_picture(portrait)


def shifted(picture: np.ndarray, right: float, down: float) -> np.ndarray:
    """The picture shifted by fractions of a pixel, by the Fourier transform's shift theorem."""
    y, x = (np.fft.fftfreq(length) for length in picture.shape)
    phase = np.exp(-2j * np.pi * (x[None, :] * right + y[:, None] * down))
    return np.fft.ifft2(np.fft.fft2(picture) * phase).real.round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("pixels", [(0.2, 0.0), (0.0, -0.3), (-0.5, 0.4)])
def test_a_shift_is_measured_in_shares_of_the_width(person, pixels):
    moved = shifted(person, *pixels)
    change = PatchReference(person, BOX).change(moved)
    assert np.multiply(change.shift, BOX[2]) == pytest.approx(pixels, rel=0.3, abs=0.02)
    assert change.mismatch < 0.01


def test_another_light_is_no_shift(person):
    x = np.linspace(0.6, 1.0, person.shape[1])
    darker = (person * x * 0.9 + 10).astype(np.uint8)
    change = PatchReference(person, BOX).change(darker)
    assert np.hypot(*change.shift) < 0.002
    assert change.mismatch < 0.02


def test_another_picture_does_not_match(person):
    other = np.ascontiguousarray(person[:, ::-1])
    assert PatchReference(person, BOX).change(other).mismatch > 0.5


def test_a_flat_patch_matches_itself():
    flat = np.full((100, 100), 128, np.uint8)
    change = PatchReference(flat, (10, 10, 40, 40)).change(flat)
    assert change.shift == pytest.approx((0, 0))
    assert change.mismatch == pytest.approx(0)
