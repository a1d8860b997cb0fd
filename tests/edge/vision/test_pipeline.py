"""What is seen frame by frame, with the real detector, the real model and a stand-in for time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.classifier import EmotionClassifier
from edge.vision.photo import read_photo
from edge.vision.pipeline import SCANNED, SKIPPED, TRACKED, FrameAnalysis, FramePipeline

SETTINGS = FacesSettings()


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    return EmotionClassifier.load()


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    return read_photo(portrait)


def looks(
    eyes: FramePipeline, pictures, rate: float = 10, start: float = 0.0
) -> list[FrameAnalysis]:
    return [
        eyes.look(Frame(picture, start + number / rate, number))
        for number, picture in enumerate(pictures)
    ]


def swaying(person: np.ndarray, frames: int) -> list[np.ndarray]:
    return [np.roll(person, round(20 * np.sin(n / 3)), axis=1) for n in range(frames)]


@pytest.mark.parametrize("rate", [5, 15])
def test_a_face_counts_after_the_persistence_and_not_before(classifier, person, rate):
    seen = looks(FramePipeline(classifier, SETTINGS), [person] * 2 * rate, rate)
    first = next(number for number, look in enumerate(seen) if look.faces)
    assert first / rate == pytest.approx(SETTINGS.persistence, abs=1 / rate)
    assert all(look.faces for look in seen[first:])
    assert seen[first].faces[0].emotion == "happy"


def test_a_face_for_one_frame_does_not_count(classifier, person):
    nobody = np.full_like(person, 128)
    seen = looks(FramePipeline(classifier, SETTINGS), [nobody] * 5 + [person] + [nobody] * 10)
    assert all(look.probabilities is None for look in seen)


def test_where_nothing_moves_the_last_reading_stands_and_frames_are_skipped(classifier, person):
    seen = looks(FramePipeline(classifier, SETTINGS), [person] * 60)
    ways = Counter(look.way for look in seen[20:])
    assert ways[SKIPPED] >= 34
    skipped = next(look for look in seen[20:] if look.way == SKIPPED)
    assert skipped.faces[0].emotion == "happy"


def test_where_somebody_moves_each_frame_is_tracked(classifier, person):
    seen = looks(FramePipeline(classifier, SETTINGS), swaying(person, 40))
    ways = Counter(look.way for look in seen)
    assert ways[SCANNED] <= 3
    assert ways[TRACKED] >= 37
    assert all(look.faces for look in seen[6:])


def test_whoever_goes_is_gone_at_once_and_whoever_comes_is_seen(classifier, person):
    nobody = np.full_like(person, 128)
    eyes = FramePipeline(classifier, SETTINGS)
    looks(eyes, swaying(person, 20))
    gone = looks(eyes, [nobody] * 30, start=2.0)
    assert not any(look.faces for look in gone)
    back = looks(eyes, [person] * 15, start=5.0)
    assert back[10].faces


def test_an_empty_room_is_mostly_skipped(classifier, person):
    random = np.random.default_rng(1)
    room = [
        np.clip(110 + random.normal(0, 5, person.shape), 0, 255).astype(np.uint8)
        for _ in range(100)
    ]
    ways = Counter(look.way for look in looks(FramePipeline(classifier, SETTINGS), room))
    assert ways[SKIPPED] >= 90


def test_the_largest_face_alone_is_read_and_a_household_is_averaged(classifier, two_faces):
    both = read_photo(two_faces)
    alone = replace(SETTINGS, longest_side=960)
    household = replace(alone, choose="household")
    one = looks(FramePipeline(classifier, alone), [both] * 10)[-1]
    all_of_them = looks(FramePipeline(classifier, household), [both] * 10)[-1]
    assert len(one.faces) == 1
    assert one.faces[0].box[0] > 512
    assert len(all_of_them.faces) == 2
    mean = np.mean([face.probabilities for face in all_of_them.faces], axis=0)
    assert all_of_them.probabilities == pytest.approx(mean)
    assert all_of_them.probabilities.dtype == np.float32


def test_a_look_without_faces_has_no_probabilities():
    assert FrameAnalysis((), SCANNED).probabilities is None
