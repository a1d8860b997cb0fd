"""Scripted moods: scenes in which real faces, one after the other, show the same emotion.

The faces are FER2013's PublicTest, those on which FER+'s majority agrees with the label and which
OpenCV's detector finds in the whole frame, without those that are in Training too. They are cut in
three parts that share no picture: the first is for the rule, the second for its constants, and the
third only for the figures that are reported. Disgust has too few faces and is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from tests.benchmarks.every_frame import FullFrameSearch
from tests.benchmarks.scene import Camera, Grey, put, room
from training.data.duplicates import unseen_rows
from training.data.fer2013_csv import load_fer2013

WIDTH, HEIGHT = 640, 480
# A face of FER2013, what is added around it, and its usual size in a scene, in pixels.
SIDE = 48
HEAD = 2.2
FACE_SIDE = 135
FACES_IN_A_SEGMENT = 20
# With fewer faces, a segment would be a test of these faces and not of the rule.
FEWEST_FACES = 10
PARTS = 3
# Of so many faces of an emotion a segment shows some; checking one costs a search.
MOST_FACES = 300
SEGMENT = (20.0, 60.0)
# How often, in seconds, and for how long: blinks, a head turned aside, and nobody there for a
# moment; and how long nobody is there after every so many segments.
BLINK, TURN, GONE = (4.0, 0.2), (17.0, 1.2), (41.0, 3.0)
LEAVING, AWAY = 4, 15.0

Head = tuple[Grey, Grey]
"""A face with its surroundings, and the opacity 0..1 of each pixel."""


@dataclass(frozen=True)
class Segment:
    """The emotion shown from start to end, in seconds; None: no face.

    pictures: How many faces show it, one after the other, each for the same time.
    """

    emotion: str | None
    start: float
    end: float
    pictures: int = 0

    def picture_at(self, time: float) -> int:
        """The number of the picture that is shown at `time`."""
        shown = int((time - self.start) / (self.end - self.start) * self.pictures)
        return min(self.pictures - 1, shown)


@dataclass(frozen=True, eq=False)
class Sequence:
    """segments: the script. heads: by emotion, all different. seed: of every random choice."""

    segments: tuple[Segment, ...]
    heads: dict[str, list[Head]]
    seed: int

    def frames(self, rate: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Seconds and grey frames uint8 [480, 640], `rate` of them a second."""
        random = np.random.default_rng(self.seed)
        behind = room(random, WIDTH, HEIGHT)
        camera = Camera(random, WIDTH, HEIGHT, noise=float(random.uniform(2, 6)))
        person = _Person(random)
        for segment in self.segments:
            heads = self.heads[segment.emotion] if segment.emotion else []
            order = random.permutation(len(heads))[: segment.pictures]
            first = int(np.ceil(segment.start * rate - 1e-9))
            last = int(np.ceil(segment.end * rate - 1e-9))
            for number in range(first, last):
                time = number / rate
                scene = behind
                if len(order) and not _within(time, GONE):
                    shown = order[segment.picture_at(time)]
                    scene = person.stood_in(behind, heads[shown], time)
                light, side = 1 + 0.35 * np.sin(time / 9), 0.8 * np.sin(time / 14)
                yield time, camera.take(scene, light, side)


class _Person:
    """A head that moves, comes nearer, tilts, blinks and turns."""

    def __init__(self, random: np.random.Generator) -> None:
        self._phases = random.uniform(0, 2 * np.pi, 5)

    def stood_in(self, behind: Grey, head: Head, time: float) -> Grey:
        a, b, c, d, e = self._phases
        picture, mask = head
        if _within(time, BLINK):
            picture = _blinking(picture)
        side = FACE_SIDE * np.exp(0.3 * np.sin(time / 7 + a)) / SIDE
        matrix: NDArray[Any] = cv2.getRotationMatrix2D(
            (picture.shape[1] / 2, picture.shape[0] / 2), 9 * np.sin(time / 3 + b), side
        )
        if _within(time, TURN):
            matrix[:, 0] *= 0.6
            matrix[0, 2] += 0.2 * side * picture.shape[1]
        place = np.array(
            [WIDTH * (0.5 + 0.17 * np.sin(time / 4 + c)), HEIGHT * (0.5 + 0.08 * np.sin(time + d))]
        )
        place += 3 * np.sin(2.3 * time + e)
        matrix[:, 2] += place - [picture.shape[1] / 2, picture.shape[0] / 2]
        return put(behind, picture, mask, matrix)


def sequences(
    fer2013: Path, votes: Path, part: int, minutes: float, seed: int = 1
) -> Iterator[Sequence]:
    """Scripted moods of about `minutes` with the faces of one part, 0 to PARTS - 1."""
    heads = {
        emotion: [head_of(face) for face in faces]
        for emotion, faces in agreed_faces(fer2013, votes, part).items()
    }
    random = np.random.default_rng(seed + part)
    left = 60 * minutes
    while left > 0:
        segments = tuple(_script(random, {name: len(one) for name, one in heads.items() if one}))
        left -= segments[-1].end
        yield Sequence(segments, heads, int(random.integers(1 << 30)))


def _script(random: np.random.Generator, faces: dict[str, int]) -> Iterator[Segment]:
    """Every emotion once, in a random order, with occasional absences.

    faces: By emotion, how many there are.
    """
    time = 0.0
    for place, number in enumerate(random.permutation(len(faces)), start=1):
        end = time + float(random.uniform(*SEGMENT))
        emotion = list(faces)[number]
        yield Segment(emotion, time, end, min(FACES_IN_A_SEGMENT, faces[emotion]))
        time = end
        if place % LEAVING == 0:
            yield Segment(None, time, time + AWAY)
            time += AWAY


def agreed_faces(fer2013: Path, votes: Path, part: int) -> dict[str, list[NDArray[np.uint8]]]:
    """By emotion, faces of one part that people agree on and the detector finds; none where there
    are fewer than FEWEST_FACES.
    """
    splits = load_fer2013(fer2013, votes)
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    majority = faces.votes.argmax(axis=1) == faces.labels
    random = np.random.default_rng(3)
    finder = _Finder()
    found = {}
    for label, emotion in enumerate(EMOTIONS):
        rows = random.permutation(np.flatnonzero(majority & (faces.labels == label)))[part::PARTS]
        kept: list[NDArray[np.uint8]] = []
        for row in rows:
            if len(kept) == MOST_FACES:
                break
            if finder.finds(faces.images[row]):
                kept.append(faces.images[row])
        found[emotion] = kept if len(kept) >= FEWEST_FACES else []
    return found


def head_of(face: NDArray[np.uint8]) -> Head:
    """A face of 48 x 48 pixels with a faded margin extrapolated from its edges."""
    around = round(SIDE * (HEAD - 1) / 2)
    side = SIDE + 2 * around
    smeared = cv2.copyMakeBorder(
        face.astype(np.float32), around, around, around, around, cv2.BORDER_REFLECT
    )
    blurred = cv2.GaussianBlur(smeared, (0, 0), 4)
    inside = np.zeros((side, side), np.float32)
    inside[around:-around, around:-around] = 1
    inside = cv2.GaussianBlur(cv2.erode(inside, np.ones((3, 3))), (0, 0), 1).astype(np.float32)
    picture = blurred + inside * (smeared - blurred)
    mask = np.zeros((side, side), np.float32)
    axes = (round(0.4 * side), round(0.44 * side))
    cv2.ellipse(mask, (side // 2, side // 2), axes, 0, 0, 360, (1.0,), -1)
    mask = cv2.GaussianBlur(np.maximum(mask, inside), (0, 0), 3).astype(np.float32)
    return picture.astype(np.float32), mask


class _Finder:
    """Tests whether the full-frame search finds a still face in front of a plain wall."""

    def __init__(self) -> None:
        self._search = FullFrameSearch()
        self._wall = np.full((HEIGHT, WIDTH), 120, np.float32)

    def finds(self, face: NDArray[np.uint8]) -> bool:
        picture, mask = head_of(face)
        middle = picture.shape[1] / 2
        matrix: NDArray[Any] = cv2.getRotationMatrix2D((middle, middle), 0, FACE_SIDE / SIDE)
        matrix[:, 2] += np.array([WIDTH, HEIGHT]) / 2 - middle
        scene = put(self._wall, picture, mask, matrix)
        return len(self._search.search(scene.astype(np.uint8))) > 0


def _within(time: float, often: tuple[float, float]) -> bool:
    """Whether a periodic event, (period, duration) in seconds, takes place at `time`."""
    every, lasts = often
    return time % every > every - lasts


def _blinking(picture: Grey) -> Grey:
    """The picture with the band of the eyes blurred downwards, like closed lids."""
    top, bottom = round(0.43 * picture.shape[0]), round(0.5 * picture.shape[0])
    closed = picture.copy()
    closed[top:bottom] = cv2.blur(picture[top:bottom], (1, 9))
    return closed
