"""Models side by side: what each gets right, what it costs, and whether the difference is one."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.runtimes import load_runtime
from models.registry import MODELS_FOLDER
from moodpi.files import write_atomic
from training.architectures import architecture
from training.data.faces import Faces
from training.evaluation.macs import multiply_adds
from training.evaluation.metrics import Evaluation, evaluate, mcnemar
from training.evaluation.subject import Subject

WARM_UP, RUNS = 20, 200
LATENCY_OF = "int8.tflite"


@dataclass(frozen=True)
class Cost:
    """parameters, macs: None for a file of an unknown model. sizes: bytes by installed format.
    milliseconds: median of one face through the int8 file, one thread; None where there is none.
    """

    parameters: int | None
    macs: int | None
    sizes: dict[str, int]
    milliseconds: float | None


@dataclass(frozen=True)
class Comparison:
    """Every subject with its figures; right: whether each face was named right, [n] a subject."""

    subjects: Sequence[Subject]
    evaluations: dict[str, Evaluation]
    costs: dict[str, Cost]
    right: dict[str, NDArray[np.bool_]]

    def differences(self) -> Iterator[tuple[str, str, float, float]]:
        """Of each pair: the names, by how much the first is better, and McNemar's p-value."""
        for first, second in itertools.combinations(self.evaluations, 2):
            a, b = self.right[first], self.right[second]
            yield first, second, float(a.mean() - b.mean()), mcnemar(a, b)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "models": {
                name: {**found.as_json(), "cost": vars(self.costs[name])}
                for name, found in self.evaluations.items()
            },
            "differences": [
                {"first": a, "second": b, "top1": gap, "p": p}
                for a, b, gap, p in self.differences()
            ],
        }

    def table(self) -> list[str]:
        """The rows in columns as wide as they need, and a line a pair."""
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(rows[0]))]
        lines = [
            "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return [*lines, "", *self._verdicts()]

    def markdown(self) -> list[str]:
        """The same as a table for a README."""
        head, *rows = self._rows()
        lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
        return [*lines, "", *self._verdicts()]

    def draw(self, folder: Path) -> None:
        """Write confusion.png and classes.png, and curves.png where a run's story is known."""
        from training.evaluation.figures import draw_classes, draw_confusions, draw_courses

        pictures = {
            folder / "confusion.png": draw_confusions(self.evaluations),
            folder / "classes.png": draw_classes(self.evaluations),
        }
        histories = {s.name: s.history() for s in self.subjects if s.history()}
        if histories:
            pictures[folder / "curves.png"] = draw_courses(histories)
        write_atomic(pictures)

    def _rows(self) -> list[list[str]]:
        names = list(self.evaluations)
        found = list(self.evaluations.values())
        costs = [self.costs[name] for name in names]
        formats = dict.fromkeys(name for cost in costs for name in cost.sizes)
        return [
            ["", *names],
            ["top-1", *(str(each.top1) for each in found)],
            ["top-2", *(str(each.top2) for each in found)],
            ["macro F1", *(str(each.macro_f1) for each in found)],
            *(
                [f"recall, {emotion}", *(f"{each.classes[emotion].recall:.1%}" for each in found)]
                for emotion in found[0].classes
            ),
            *(
                [f"top-1, {way}", *(str(each.three_ways[way]) for each in found)]
                for way in list(found[0].three_ways)[1:]
            ),
            ["calibration error", *(f"{each.calibration.before:.3f}" for each in found)],
            ["parameters", *(_millions(cost.parameters) for cost in costs)],
            ["multiply-adds a face", *(_millions(cost.macs) for cost in costs)],
            *([name, *(_megabytes(cost.sizes.get(name)) for cost in costs)] for name in formats),
            [
                f"{LATENCY_OF}, one thread",
                *("-" if c.milliseconds is None else f"{c.milliseconds:.2f} ms" for c in costs),
            ],
        ]

    def _verdicts(self) -> list[str]:
        return [
            f"{a} names {abs(gap):.2%} of the faces {'more' if gap >= 0 else 'fewer'} right than "
            f"{b} (McNemar's p = {p:.2g})"
            for a, b, gap, p in self.differences()
        ]


def compare(subjects: Sequence[Subject], faces: Faces) -> Comparison:
    """Run each subject over the same faces, and see what it costs."""
    logits = {subject.name: subject.logits(faces.images) for subject in subjects}
    return Comparison(
        subjects,
        {name: evaluate(found, faces.labels, faces.votes) for name, found in logits.items()},
        {subject.name: _cost(subject, faces) for subject in subjects},
        {name: found.argmax(axis=1) == faces.labels for name, found in logits.items()},
    )


def _cost(subject: Subject, faces: Faces) -> Cost:
    sizes = subject.installed()
    int8 = MODELS_FOLDER / subject.model / LATENCY_OF
    return Cost(
        subject.parameters(),
        multiply_adds(architecture(subject.model)()) if subject.model else None,
        sizes,
        _milliseconds(int8, faces.images[0]) if LATENCY_OF in sizes else None,
    )


def _milliseconds(path: Path, face: NDArray[np.uint8]) -> float:
    runtime = load_runtime(path)
    taken = []
    for _ in range(WARM_UP + RUNS):
        begun = time.perf_counter()
        runtime.infer(face[None, ..., None])
        taken.append(time.perf_counter() - begun)
    return 1e3 * statistics.median(taken[WARM_UP:])


def _millions(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.2f} M"


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / 1e6:.2f} MB"
