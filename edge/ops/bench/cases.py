"""Benchmark cases: the requested combinations of model, format, runtime and threads."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.runtimes import RUNTIMES
from models.registry import Registry
from moodpi.errors import MoodpiError, UsageError, did_you_mean
from moodpi.text import quoted

# Formats that a runtime for files of their suffix cannot load.
UNREADABLE = {"cv2": ("int8.onnx",)}
PACKAGES = tuple(dict.fromkeys(kind[0] for kinds in RUNTIMES.values() for kind in kinds))


@dataclass(frozen=True)
class BenchmarkCase:
    """One row of the benchmark.

    Attributes:
        model: Name of the model.
        format: Name of the exported file.
        package: Python package of the runtime, as in RUNTIMES.
        threads: Threads for inference.
        path: The exported file.
        top1: Top-1 accuracy on unseen faces, measured at export; None if unknown.
        scaling: Input range of a third-party model, a key of SCALINGS; empty for moodpi's models.
        failure: Why the case cannot run; empty if it can.
    """

    model: str
    format: str
    package: str
    threads: int
    path: Path
    top1: float | None = None
    scaling: str = ""
    failure: str = ""


def benchmark_cases(
    registry: Registry,
    models: Sequence[str],
    formats: Sequence[str],
    packages: Sequence[str],
    threads: Sequence[int],
) -> list[BenchmarkCase]:
    """Every combination of the arguments that exists; an empty argument stands for all names.

    A missing or damaged artefact is a case with a failure.

    Raises:
        UsageError: A name does not exist.
    """
    selected_models = _checked("model", models, registry.models())
    all_formats = [name for model in selected_models for name in registry.formats(model)]
    selected_formats = _checked("format", formats, list(dict.fromkeys(all_formats)))
    selected_packages = _checked("runtime", packages, PACKAGES)
    cases = []
    for model, name in itertools.product(selected_models, selected_formats):
        if name not in registry.formats(model):
            continue
        kinds = [kind[0] for kind in RUNTIMES.get(Path(name).suffix, ())]
        for package, count in itertools.product(kinds, threads):
            if package in selected_packages and name not in UNREADABLE.get(package, ()):
                cases.append(_case(registry, model, name, package, count))
    return cases


def _case(registry: Registry, model: str, name: str, package: str, threads: int) -> BenchmarkCase:
    try:
        artefact = registry.find(model, name)
    except MoodpiError as error:
        path = registry.folder(model) / name
        return BenchmarkCase(model, name, package, threads, path, failure=str(error))
    return BenchmarkCase(model, name, package, threads, artefact.path, artefact.top1)


def _checked(kind: str, requested: Sequence[str], known: Iterable[str]) -> list[str]:
    """The requested names without duplicates, or all known names if none was requested."""
    names = list(known)
    for name in requested:
        if name not in names:
            raise UsageError(
                f"unknown {kind} {quoted(name)}: {did_you_mean(name, names)}",
                code=f"unknown_{kind}",
            )
    return list(dict.fromkeys(requested)) or names
