"""The frame pipeline with the real detector and the real model, on simulated time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.classifier import EmotionClassifier
from edge.vision.frame_pipeline import FrameAnalysis, FramePipeline, ScanMode
from edge.vision.look_pacing import LOOK_INTERVAL
from edge.vision.look_weight import household_weight
from tests.edge.vision.still_film import film
from tests.grey_picture import grey_picture

SETTINGS = FacesSettings()


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    return EmotionClassifier.load()


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    return grey_picture(portrait)


def analyses(
    pipeline: FramePipeline, pictures, rate: float = 10, start: float = 0.0
) -> list[FrameAnalysis]:
    return [
        pipeline.analyse(Frame(picture, start + number / rate, number))
        for number, picture in enumerate(pictures)
    ]


def swaying(person: np.ndarray, frames: int, rate: float = 10) -> list[np.ndarray]:
    return [np.roll(person, round(20 * np.sin(3 * n / rate)), axis=1) for n in range(frames)]


@pytest.mark.parametrize("rate", [5, 15])
def test_a_face_counts_after_the_persistence(classifier, person, rate):
    seen = analyses(FramePipeline(classifier, SETTINGS), [person] * 2 * rate, rate)
    first = next(number for number, analysis in enumerate(seen) if analysis.faces)
    assert first / rate == pytest.approx(SETTINGS.persistence, abs=1 / rate)
    assert all(analysis.faces for analysis in seen[first:])
    assert seen[first].faces[0].emotion == "happy"


@pytest.mark.parametrize("shape", [(1, 1), (40, 60), (60, 512), (512, 60)])
def test_a_smaller_picture_after_a_face_has_no_face(classifier, person, shape):
    pipeline = FramePipeline(classifier, SETTINGS)
    assert analyses(pipeline, [person] * 10)[-1].faces
    height, width = shape
    seen = analyses(pipeline, [person[:height, :width]] * 30 + [person] * 10, start=1.0)
    assert not seen[29].faces
    assert seen[-1].faces


def test_a_face_for_one_frame_does_not_count(classifier, person):
    nobody = np.full_like(person, 128)
    seen = analyses(FramePipeline(classifier, SETTINGS), [nobody] * 5 + [person] + [nobody] * 10)
    assert all(analysis.probabilities is None for analysis in seen)


def test_frames_without_motion_are_skipped_and_repeat_the_previous_faces(classifier, person):
    seen = analyses(FramePipeline(classifier, SETTINGS), [person] * 60)
    modes = Counter(analysis.scan_mode for analysis in seen[20:])
    assert modes[ScanMode.SKIPPED] >= 34
    skipped = next(analysis for analysis in seen[20:] if analysis.scan_mode == ScanMode.SKIPPED)
    assert skipped.faces[0].emotion == "happy"


@pytest.mark.parametrize("rate", [5, 10, 15, 30])
def test_a_moving_face_is_tracked_five_times_a_second(classifier, person, rate):
    pipeline = FramePipeline(classifier, SETTINGS)
    pictures = swaying(person, 6 * rate, rate)
    seen = analyses(pipeline, pictures, rate)
    modes = Counter(analysis.scan_mode for analysis in seen[2 * rate :])
    looks = modes[ScanMode.FULL_SCAN] + modes[ScanMode.TRACKED]
    assert looks == pytest.approx(4 / LOOK_INTERVAL, abs=4)
    assert modes[ScanMode.FULL_SCAN] <= 1
    assert all(analysis.faces for analysis in seen[rate:])


def test_a_person_who_leaves_and_returns_is_noticed(classifier, person):
    nobody = np.full_like(person, 128)
    pipeline = FramePipeline(classifier, SETTINGS)
    analyses(pipeline, swaying(person, 20))
    gone = analyses(pipeline, [nobody] * 30, start=2.0)
    assert not any(analysis.faces for analysis in gone)
    back = analyses(pipeline, [person] * 15, start=5.0)
    assert back[10].faces


def test_most_frames_of_an_empty_room_are_skipped(classifier, person):
    random = np.random.default_rng(1)
    room = [
        np.clip(110 + random.normal(0, 5, person.shape), 0, 255).astype(np.uint8)
        for _ in range(100)
    ]
    modes = Counter(
        analysis.scan_mode for analysis in analyses(FramePipeline(classifier, SETTINGS), room)
    )
    assert modes[ScanMode.SKIPPED] >= 90


def test_largest_classifies_one_face_and_household_averages_all(classifier, two_faces):
    both = grey_picture(two_faces)
    alone = replace(SETTINGS, longest_side=960)
    household = replace(alone, choose="household")
    one = analyses(FramePipeline(classifier, alone), [both] * 10)[-1]
    all_of_them = analyses(FramePipeline(classifier, household), [both] * 10)[-1]
    assert len(one.faces) == 1
    assert one.faces[0].box[0] > 512
    assert len(all_of_them.faces) == 2
    looks = [face.probabilities for face in all_of_them.faces]
    mean = np.average(looks, axis=0, weights=[household_weight(look) for look in looks])
    assert all_of_them.probabilities == pytest.approx(mean)
    assert all_of_them.probabilities.dtype == np.float32


def test_a_portrait_on_the_wall_is_found_once_and_counts_no_more(classifier):
    seen = analyses(FramePipeline(classifier, SETTINGS), film(240), rate=1)
    assert seen[60].faces
    assert not any(analysis.faces for analysis in seen[-20:])
    assert seen[-1].visible == 0
    assert sum(len(analysis.found_pictures) for analysis in seen) == 1


def test_an_analysis_without_faces_has_no_probabilities():
    assert FrameAnalysis((), ScanMode.FULL_SCAN).probabilities is None
