"""What is said of labelled faces, and every picture once."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.faces import Faces, summary, without_duplicates


def faces(*values: int) -> Faces:
    """Faces of one grey value each, all happy."""
    images = np.array(values, np.uint8)[:, None, None].repeat(48, 1).repeat(48, 2)
    return Faces(images, np.full(len(values), 3), np.zeros((len(values), 7), np.float32))


@pytest.fixture
def splits() -> dict[str, Faces]:
    return {"Training": faces(1, 1, 2, 3), "PublicTest": faces(3, 4, 4)}


def test_the_summary_counts_classes_and_what_repeats(splits):
    head, training, public, *repeats = summary(splits)

    assert head.split()[:2] == ["faces", "angry"]
    assert training.split() == ["Training", "4", "0", "0", "0", "4", "0", "0", "0"]
    assert public.split()[:2] == ["PublicTest", "3"]
    assert repeats == [
        "pictures that repeat: 1 in Training, 1 in PublicTest",
        "pictures of PublicTest that are also in Training: 1",
    ]


def test_without_duplicates_every_picture_is_there_once_and_training_gives_way(splits):
    kept = without_duplicates(splits)

    assert [int(image[0, 0]) for image in kept["Training"].images] == [1, 2]
    assert [int(image[0, 0]) for image in kept["PublicTest"].images] == [3, 4]
    assert len(summary(kept)) == 3
