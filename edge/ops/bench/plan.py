"""What is measured: every combination of model, format, runtime and threads that was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.runtimes import RUNTIMES
from models.registry import Registry
from moodpi.errors import MoodpiError, UsageError, did_you_mean

PACKAGES = tuple(dict.fromkeys(kind[0] for kinds in RUNTIMES.values() for kind in kinds))


@dataclass(frozen=True)
class Configuration:
    """One row of the table. package: the runtime's, as RUNTIMES has it. path: the file.

    top1: measured when the file was exported; None where nobody did. scaling: how a foreign
    file's input is made of a face; empty for moodpi's own. failure: why it cannot even be tried.
    """

    model: str
    format: str
    package: str
    threads: int
    path: Path
    top1: float | None = None
    scaling: str = ""
    failure: str = ""


def configurations(
    registry: Registry,
    models: Sequence[str],
    formats: Sequence[str],
    packages: Sequence[str],
    threads: Sequence[int],
) -> list[Configuration]:
    """Every combination, empty meaning all there are; UsageError for a name that is not one.

    An artefact that is missing or damaged is a row that says so.
    """
    chosen_models = _known("model", models, registry.models())
    every_format = [name for model in chosen_models for name in registry.formats(model)]
    chosen_formats = _known("format", formats, list(dict.fromkeys(every_format)))
    chosen_packages = _known("runtime", packages, PACKAGES)
    found = []
    for model, name in itertools.product(chosen_models, chosen_formats):
        if name not in registry.formats(model):
            continue
        kinds = [kind[0] for kind in RUNTIMES.get(Path(name).suffix, ())]
        for package, count in itertools.product(kinds, threads):
            if package in chosen_packages:
                found.append(_configuration(registry, model, name, package, count))
    return found


def _configuration(
    registry: Registry, model: str, name: str, package: str, threads: int
) -> Configuration:
    try:
        artefact = registry.find(model, name)
    except MoodpiError as error:
        path = registry.folder / model / name
        return Configuration(model, name, package, threads, path, failure=str(error))
    return Configuration(model, name, package, threads, artefact.path, artefact.top1)


def _known(kind: str, asked: Sequence[str], there: Iterable[str]) -> list[str]:
    """What was asked for, each once, or all there is."""
    names = list(there)
    for name in asked:
        if name not in names:
            raise UsageError(f"unknown {kind} '{name}': {did_you_mean(name, names)}")
    return list(dict.fromkeys(asked)) or names
