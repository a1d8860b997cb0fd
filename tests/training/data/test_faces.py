"""The summary of labelled faces."""

from __future__ import annotations

import pytest

from tests.training.data.grey_faces import grey_faces
from training.data.faces import Faces, summary_lines


@pytest.fixture
def splits() -> dict[str, Faces]:
    return {"Training": grey_faces(1, 1, 2, 3), "PublicTest": grey_faces(3, 4, 4)}


def test_summary_counts_classes_and_duplicates(splits):
    head, training, public, *repeats = summary_lines(splits)

    assert head.split()[:2] == ["faces", "angry"]
    assert training.split() == ["Training", "4", "0", "0", "0", "4", "0", "0", "0"]
    assert public.split()[:2] == ["PublicTest", "3"]
    assert repeats == [
        "duplicate images: 1 in Training, 1 in PublicTest",
        "images of PublicTest that are also in Training: 1",
    ]
