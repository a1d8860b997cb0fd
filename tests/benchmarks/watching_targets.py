"""The cost of the frame pipeline, compared to a full search, on the videos of portrait_film.py.

`python -m tests.benchmarks.watching_targets [SECONDS]`. The usual way: OpenCV's detectMultiScale on
every full frame, with the cascade that face libraries use, then the same classifier on the largest
face. One thread, both on the same frames in turn, processor time.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import cv2
import numpy as np

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.boxes import Box, area, centre
from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import crop_face
from edge.vision.frame_pipeline import FramePipeline, ScanMode
from tests.benchmarks.every_frame import FullFrameSearch
from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import FILMS, RATE, Shot
from tests.benchmarks.target import Target

MOVING, STILL = 0.035, 1 / 30
# Processor time of a second of RATE frames, as a share of a core.
SHARES = {"moving": 0.04, "still": 0.04, "empty": 0.01}
# Where nothing moves one frame costs the usual way what another does: it is asked about so many.
SAMPLE = {"moving": 1, "still": 10, "empty": 10}
# A box whose middle is so far from the true face's, in pixels, is of something else.
NEAR = 35.0


@dataclass
class Score:
    """usual, ours: seconds of processor a frame, one value for each that was timed. theirs: in how
    many frames the usual way finds the face where it truly is; shared: in how many of these moodpi
    does. false: frames in which moodpi reads a face that is none. scan_modes: frames
    by scan mode.
    """

    usual: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    theirs: int = 0
    shared: int = 0
    false: int = 0
    scan_modes: Counter[ScanMode] = field(default_factory=Counter)

    @property
    def ratio(self) -> float:
        return float(np.mean(self.ours) / np.mean(self.usual))


def main() -> None:
    """Print every row."""
    print(describe())
    for row in measure(float(sys.argv[1]) if sys.argv[1:] else 60.0):
        print(row)


def measure(seconds: float = 60.0) -> Iterator[Target | str]:
    """The targets for each video."""
    cv2.setNumThreads(1)
    for name, bar in (("moving", MOVING), ("still", STILL), ("empty", STILL)):
        score = compare(islice(FILMS[name](), round(seconds * RATE)), SAMPLE[name])
        label = f"{name}: processor time a frame, of every full frame's"
        yield Target(label, score.ratio, bar, at_least=False)
        label = f"{name}: share of a core at {RATE} frames a second"
        yield Target(label, RATE * float(np.mean(score.ours)), SHARES[name], at_least=False)
        if score.theirs:
            label = f"{name}: faces, of the {score.theirs} found in every full frame"
            yield Target(label, score.shared / score.theirs, 0.98)
        told = ", ".join(f"{count} {mode.value}" for mode, count in score.scan_modes.items())
        cost = f"{1e3 * np.mean(score.ours):.2f} ms a frame, {1e3 * np.mean(score.usual):.1f} ms"
        yield f"     {name}: {cost} for every full frame; {told}; {score.false} with a false face"


def compare(shots: Iterator[Shot], sample: int) -> Score:
    """Run the pipeline on all frames and the full search on every `sample`th."""
    classifier = EmotionClassifier.load()
    usual, pipeline = FullFrameSearch(), FramePipeline(classifier, FacesSettings())
    score = Score()
    for number, shot in enumerate(shots):
        begun = time.process_time()
        analysis = pipeline.analyse(Frame(shot.grey, number / RATE, number))
        score.ours.append(time.process_time() - begun)
        score.scan_modes[analysis.scan_mode] += 1
        ours = [_true(shot, face.box) for face in analysis.faces if face.box]
        score.false += not all(ours)
        if number % sample:
            continue
        begun = time.process_time()
        boxes = usual.search(shot.grey)
        if boxes:
            classifier.classify(crop_face(shot.grey, max(boxes, key=area)))
        score.usual.append(time.process_time() - begun)
        if any(_true(shot, box) for box in boxes):
            score.theirs += 1
            score.shared += any(ours)
    return score


def _true(shot: Shot, box: Box) -> bool:
    return shot.face is not None and math.dist(centre(box), shot.face) < NEAR


if __name__ == "__main__":
    main()
