"""Comparing models on the same faces: accuracy, cost, and significance of the differences."""

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
from moodpi.files import write_atomic
from training.architectures import architecture
from training.data.faces import EvaluationFaces, Faces
from training.evaluation.evaluated_model import EvaluatedModel
from training.evaluation.macs import count_macs
from training.evaluation.metrics import (
    Estimate,
    Evaluation,
    evaluate,
    mcnemar,
    top1_estimate,
)

WARM_UP_RUNS, TIMED_RUNS = 20, 200


@dataclass(frozen=True)
class Cost:
    """The cost of one model.

    Attributes:
        parameters: None for an exported file of an unknown architecture.
        macs: Multiply-accumulate operations per face; None likewise.
        sizes: Bytes of the model's exported files, by format.
        timed_format: The format whose latency was measured; empty without an exported file.
        milliseconds: Median latency of one face in that file on one thread; None without one.

    """

    parameters: int | None
    macs: int | None
    sizes: dict[str, int]
    timed_format: str
    milliseconds: float | None


@dataclass(frozen=True)
class Comparison:
    """The compared models with their metrics.

    Attributes:
        models: The models in the order of the columns.
        evaluations: The metrics on unseen faces by model name.
        mirror_averaged: Top-1 of the mean over each face and its mirror image, by model name.
        literature: Top-1 on all faces of the split, as papers report it, by model name.
        costs: The costs by model name.
        correct: Whether each face [n] is classified correctly, by model name.

    """

    models: Sequence[EvaluatedModel]
    evaluations: dict[str, Evaluation]
    mirror_averaged: dict[str, Estimate]
    literature: dict[str, Estimate]
    costs: dict[str, Cost]
    correct: dict[str, NDArray[np.bool_]]

    def differences(self) -> Iterator[tuple[str, str, float, float]]:
        """Each pair: both names, the first's lead in top-1, and the p-value of McNemar's test."""
        for first, second in itertools.combinations(self.evaluations, 2):
            a, b = self.correct[first], self.correct[second]
            yield first, second, float(a.mean() - b.mean()), mcnemar(a, b)

    def to_json(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        return {
            "models": {
                name: {
                    **evaluation.to_json(),
                    "mirror_averaged_top1": vars(self.mirror_averaged[name]),
                    "literature_top1": vars(self.literature[name]),
                    "cost": vars(self.costs[name]),
                }
                for name, evaluation in self.evaluations.items()
            },
            "differences": [
                {"first": a, "second": b, "top1": gap, "p": p}
                for a, b, gap, p in self.differences()
            ],
        }

    def table(self) -> list[str]:
        """The table as aligned text, followed by a line per pair of models."""
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(rows[0]))]
        lines = [
            "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return [*lines, "", *self._difference_lines()]

    def markdown(self) -> list[str]:
        """The table in Markdown, followed by a line per pair of models."""
        head, *rows = self._rows()
        lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
        return [*lines, "", *self._difference_lines()]

    def draw(self, folder: Path) -> None:
        """Write confusion.png and classes.png; also curves.png if a model has a run record."""
        # heavy imports (matplotlib, seaborn)
        from training.evaluation.figures import draw_accuracy_curves, draw_classes, draw_confusions

        pictures = {
            folder / "confusion.png": draw_confusions(self.evaluations),
            folder / "classes.png": draw_classes(self.evaluations),
        }
        histories = {model.name: model.history() for model in self.models if model.history()}
        if histories:
            pictures[folder / "curves.png"] = draw_accuracy_curves(histories)
        write_atomic(pictures)

    def _rows(self) -> list[list[str]]:
        names = list(self.evaluations)
        every = list(self.evaluations.values())
        costs = [self.costs[name] for name in names]
        formats = dict.fromkeys(name for cost in costs for name in cost.sizes)
        return [
            ["", *names],
            ["top-1", *(str(each.top1) for each in every)],
            ["top-1, mirror-averaged", *(str(self.mirror_averaged[name]) for name in names)],
            ["top-1, all faces as in papers", *(str(self.literature[name]) for name in names)],
            ["top-2", *(str(each.top2) for each in every)],
            ["macro F1", *(str(each.macro_f1) for each in every)],
            *(
                [
                    f"recall, {emotion}",
                    *(f"{each.classes[emotion].recall:.1%}" for each in every),
                ]
                for emotion in every[0].classes
            ),
            *(
                [
                    f"top-1, {reference}",
                    *(str(each.top1_by_reference[reference]) for each in every),
                ]
                for reference in list(every[0].top1_by_reference)[1:]
            ),
            ["calibration error", *(f"{each.calibration.before:.3f}" for each in every)],
            ["parameters", *(_millions(cost.parameters) for cost in costs)],
            ["multiply-adds per face", *(_millions(cost.macs) for cost in costs)],
            *([name, *(_megabytes(cost.sizes.get(name)) for cost in costs)] for name in formats),
            ["one thread", *(_latency(cost) for cost in costs)],
        ]

    def _difference_lines(self) -> list[str]:
        return [
            f"{a} classifies {_more_or_fewer(gap)} of the faces correctly "
            f"{'than' if gap else 'as'} {b} (McNemar's p = {p:.2g})"
            for a, b, gap, p in self.differences()
        ]


def compare(models: Sequence[EvaluatedModel], faces: EvaluationFaces) -> Comparison:
    """Evaluate each model on the same faces and measure its cost."""
    unseen = faces.unseen
    logits = {model.name: model.logits(unseen.images) for model in models}
    return Comparison(
        models,
        {name: evaluate(each, unseen.labels, unseen.votes) for name, each in logits.items()},
        {
            model.name: top1_estimate(
                model.mirror_averaged(logits[model.name], unseen.images), unseen.labels
            )
            for model in models
        },
        {
            model.name: top1_estimate(model.logits(faces.all.images), faces.all.labels)
            for model in models
        },
        {model.name: _cost(model, unseen) for model in models},
        {name: each.argmax(axis=1) == unseen.labels for name, each in logits.items()},
    )


def _cost(model: EvaluatedModel, faces: Faces) -> Cost:
    timed = model.timed_format
    return Cost(
        model.parameters(),
        count_macs(architecture(model.architecture)()) if model.architecture else None,
        {name: path.stat().st_size for name, path in model.exported.items()},
        timed,
        _milliseconds(model.exported[timed], faces.images[0]) if timed else None,
    )


def _milliseconds(path: Path, face: NDArray[np.uint8]) -> float:
    """The median latency of a model file for one face [48, 48]."""
    runtime = load_runtime(path)
    durations = []
    for _ in range(WARM_UP_RUNS + TIMED_RUNS):
        started = time.perf_counter()
        runtime.infer(face[None, ..., None])
        durations.append(time.perf_counter() - started)
    return 1e3 * statistics.median(durations[WARM_UP_RUNS:])


def _more_or_fewer(gap: float) -> str:
    if not gap:
        return "as many"
    return f"{abs(gap):.2%} {'more' if gap > 0 else 'fewer'}"


def _latency(cost: Cost) -> str:
    return "-" if cost.milliseconds is None else f"{cost.milliseconds:.2f} ms, {cost.timed_format}"


def _millions(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.2f} M"


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / 1e6:.2f} MB"
