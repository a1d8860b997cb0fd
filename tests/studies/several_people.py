"""How often the chosen face jumps between people who sit side by side at about the same distance.

`python -m tests.studies.several_people FER2013.csv[.gz] FERPLUS_VOTES.csv [MINUTES]`. Two and three
people, each with one emotion and faces of FER2013's PublicTest that agree with FER+'s majority.
They sway, come nearer and go back by turns, blink, turn aside and leave for a moment. A jump is a
change from a person who is there to another. Jumps are counted per ten minutes, at 5 and 15 frames
a second, with the changes of mood: everybody's emotion is constant, so that one is enough.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.config.settings import FacesSettings, MoodSettings
from edge.frame import Frame
from edge.mood.tracker import MoodTracker
from edge.vision.boxes import centre
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.frame_pipeline import FramePipeline
from models.emotions import EMOTIONS
from tests.benchmarks.scene import Camera, Grey, put, room
from tests.studies.mood_sequences import HEIGHT, SIDE, WIDTH, Head, head_of
from training.data.fer2013_csv import load_fer2013

RATES = (5, 15)
# The usual side of a face by the number of people, in pixels, and how far it sways, as a logarithm.
FACE_SIDES, SWAY = {2: 120, 3: 90}, 0.14
FACES_OF_A_PERSON, HOLD = 12, 3.0
# Their heads lean by up to this many degrees.
MOST_LEAN = 7.0
# How often, in seconds, and for how long somebody turns aside and is not there.
TURN, GONE = (19.0, 1.6), (71.0, 5.0)
# Somebody who came back or left within this time is not counted as there, in seconds.
MARGIN = 2.0
EMOTIONS_OF_PEOPLE = ("happy", "sad", "surprise", "angry")
SCRIPTS = 4


@dataclass(frozen=True, eq=False)
class _Person:
    """Somebody at one place with one emotion, whose faces are shown in turn."""

    heads: list[Head]
    place: tuple[float, float]
    side: float
    phases: NDArray[np.float64]

    def away(self, time: float, margin: float = 0.0) -> bool:
        every, lasts = GONE
        return bool((time + every * self.phases[0] + margin) % every < lasts + 2 * margin)

    def middle(self, time: float) -> tuple[float, float]:
        a, b = 2 * np.pi * self.phases[1:3]
        x = self.place[0] + 0.12 * self.side * np.sin(time / 4 + a)
        return x, self.place[1] + 0.08 * self.side * np.sin(time / 3 + b)

    def stood_in(self, scene: Grey, time: float) -> Grey:
        if self.away(time):
            return scene
        picture, mask = self.heads[int(time / HOLD) % len(self.heads)]
        c, d = 2 * np.pi * self.phases[3:5]
        scale = self.side * np.exp(SWAY * np.sin(time / 7 + c)) / SIDE
        half = picture.shape[0] / 2
        lean = MOST_LEAN * np.sin(time / 3 + d)
        matrix: NDArray[Any] = cv2.getRotationMatrix2D((half, half), lean, scale)
        matrix[:, 2] += np.subtract(self.middle(time), half)
        every, lasts = TURN
        if (time + every * self.phases[5]) % every < lasts:
            # Half as wide: a profile, which the detector does not find.
            matrix[0] = (matrix[0] - (0, 0, self.middle(time)[0])) * 0.5
            matrix[0, 2] += self.middle(time)[0]
        return put(scene, picture, mask, matrix)


@dataclass
class Score:
    """jumps and moods: how often. seen: seconds with a chosen face. seconds: altogether."""

    jumps: int = 0
    moods: int = 0
    seen: float = 0.0
    seconds: float = 0.0


def main() -> None:
    """Print a row for each number of people and rate."""
    minutes = float(sys.argv[3]) if sys.argv[3:] else 10.0
    heads = _heads(Path(sys.argv[1]), Path(sys.argv[2]))
    for people in FACE_SIDES:
        for rate in RATES:
            score = Score()
            for script in range(SCRIPTS):
                _watch(score, heads, people, rate, 60 * minutes / SCRIPTS, script)
            per_ten_minutes = 600 / score.seconds
            print(
                f"{people} people, {rate} frames a second: {score.jumps * per_ten_minutes:.1f} "
                f"jumps, {score.moods * per_ten_minutes:.1f} changes of mood in ten minutes, a "
                f"chosen face in {score.seen / score.seconds:.1%} of the time",
                flush=True,
            )


def _watch(
    score: Score,
    heads: dict[str, list[Head]],
    people: int,
    rate: int,
    seconds: float,
    seed: int,
) -> None:
    """Add one script to the score."""
    pipeline = FramePipeline(EmotionClassifier.load(), FacesSettings())
    mood = MoodTracker(MoodSettings())
    chosen: list[tuple[float, int]] = []
    group = _group(np.random.default_rng(seed), heads, people)
    for time, grey in _frames(group, rate, seconds, seed):
        analysis = pipeline.analyse(Frame(grey, time, round(time * rate)))
        score.moods += mood.update(analysis.probabilities, time) is not None
        if analysis.faces and (box := analysis.faces[0].box):
            away = [math.dist(centre(box), person.middle(time)) for person in group]
            nearest = int(np.argmin(away))
            if away[nearest] < group[nearest].side / 2:
                chosen.append((time, nearest))
    for (_, before), (time, after) in pairwise(chosen):
        score.jumps += after != before and not group[before].away(time, MARGIN)
    score.seen += len(chosen) / rate
    score.seconds += seconds


def _group(random: np.random.Generator, heads: dict[str, list[Head]], people: int) -> list[_Person]:
    emotions = random.permutation(EMOTIONS_OF_PEOPLE)[:people]
    side = FACE_SIDES[people]
    return [
        _Person(
            [heads[name][row] for row in random.permutation(len(heads[name]))[:FACES_OF_A_PERSON]],
            (WIDTH * (number + 0.5) / people, HEIGHT * 0.5 + float(random.uniform(-30, 30))),
            side * float(np.exp(random.uniform(-0.05, 0.05))),
            random.uniform(0, 1, 6),
        )
        for number, name in enumerate(emotions)
    ]


def _frames(
    group: list[_Person], rate: int, seconds: float, seed: int
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    random = np.random.default_rng(100 + seed)
    behind = room(random, WIDTH, HEIGHT)
    camera = Camera(random, WIDTH, HEIGHT, noise=4.0)
    for number in range(round(seconds * rate)):
        time = number / rate
        scene = behind
        for person in group:
            scene = person.stood_in(scene, time)
        yield time, camera.take(scene, 1 + 0.2 * np.sin(time / 9), 0.5 * np.sin(time / 14))


def _heads(fer2013: Path, votes: Path) -> dict[str, list[Head]]:
    """By emotion, heads that people agree on and the detector finds whether they lean or not."""
    faces = load_fer2013(fer2013, votes)["PublicTest"]
    majority = faces.votes.argmax(axis=1) == faces.labels
    detector = HaarFaceDetector()
    found: dict[str, list[Head]] = {}
    for name in EMOTIONS_OF_PEOPLE:
        rows = np.flatnonzero(majority & (faces.labels == EMOTIONS.index(name)))
        found[name] = []
        for row in np.random.default_rng(7).permutation(rows):
            if len(found[name]) == 4 * FACES_OF_A_PERSON:
                break
            head = head_of(faces.images[row])
            if all(detector.detect(_large(head, lean)) for lean in (-MOST_LEAN, 0, MOST_LEAN)):
                found[name].append(head)
    return found


def _large(head: Head, lean: float) -> NDArray[np.uint8]:
    half = head[0].shape[0] / 2
    matrix = cv2.getRotationMatrix2D((half, half), lean, 2.0)
    matrix[:, 2] += half
    side = round(4 * half)
    picture = cv2.warpAffine(head[0], matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return picture.clip(0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
