"""The summary of labelled faces, and dropping duplicate images."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.faces import Faces, summary_lines, without_duplicates


def faces(*values: int) -> Faces:
    """Faces of one grey value each, all happy."""
    images = np.array(values, np.uint8)[:, None, None].repeat(48, 1).repeat(48, 2)
    return Faces(images, np.full(len(values), 3), np.zeros((len(values), 7), np.float32))


@pytest.fixture
def splits() -> dict[str, Faces]:
    return {"Training": faces(1, 1, 2, 3), "PublicTest": faces(3, 4, 4)}


def test_summary_counts_classes_and_duplicates(splits):
    head, training, public, *repeats = summary_lines(splits)

    assert head.split()[:2] == ["faces", "angry"]
    assert training.split() == ["Training", "4", "0", "0", "0", "4", "0", "0", "0"]
    assert public.split()[:2] == ["PublicTest", "3"]
    assert repeats == [
        "duplicate images: 1 in Training, 1 in PublicTest",
        "images of PublicTest that are also in Training: 1",
    ]


def test_without_duplicates_keeps_one_copy_and_prefers_other_splits_to_training(splits):
    unique = without_duplicates(splits)

    assert [int(image[0, 0]) for image in unique["Training"].images] == [1, 2]
    assert [int(image[0, 0]) for image in unique["PublicTest"].images] == [3, 4]
    assert len(summary_lines(unique)) == 3
