"""Measures benchmark cases in interleaved rounds, so that a drift of the machine affects all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from edge.ops.bench.cases import BenchmarkCase
from edge.ops.bench.worker_process import WorkerError, WorkerProcess
from edge.runtimes import RUNTIMES
from moodpi.requirements import how_to_install

ROUNDS = 5


@dataclass(frozen=True)
class Result:
    """The measurements of one case.

    Attributes:
        case: What was measured.
        size: Bytes of the file.
        load: Seconds until the first answer, imports included.
        p50: Median seconds of an inference.
        p95: 95th percentile, in seconds.
        p99: 99th percentile, in seconds.
        spread: Range of the rounds' medians, as a share of p50.
        peak: Peak resident memory of the process, in bytes.
        failure: Why nothing was measured; empty if it was.
        requirement: What must be installed to measure it; empty if that is not the reason.
    """

    case: BenchmarkCase
    size: int = 0
    load: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    spread: float = 0.0
    peak: int = 0
    failure: str = ""
    requirement: str = ""


@dataclass
class _Measurement:
    """A case whose worker runs. rounds: the seconds of each inference, one list for each round."""

    case: BenchmarkCase
    worker: WorkerProcess
    load: float
    rounds: list[list[float]] = field(default_factory=list)


def measure(
    cases: Sequence[BenchmarkCase], runs: int, progress: Callable[[str], None]
) -> list[Result]:
    """The result of each case, in order. All workers start first; only one runs at any time.

    Args:
        cases: What to measure.
        runs: Inferences for each case, divided into ROUNDS rounds.
        progress: Called with a text before each step.
    """
    failures: dict[int, WorkerError] = {}
    active: dict[int, _Measurement] = {}
    try:
        for index, case in enumerate(cases):
            progress(f"loading {index + 1} of {len(cases)}: {label(case)}")
            try:
                active[index] = _start(case)
            except WorkerError as error:
                failures[index] = error
        for number in range(ROUNDS):
            progress(f"round {number + 1} of {ROUNDS}")
            for index in list(active):
                try:
                    seconds = active[index].worker.time_inferences(max(1, runs // ROUNDS))
                    active[index].rounds.append(seconds)
                except WorkerError as error:
                    failures[index] = error
                    active.pop(index).worker.kill()
        return [
            _result(active[index]) if index in active else _failed(case, failures[index])
            for index, case in enumerate(cases)
        ]
    finally:
        for measurement in active.values():
            measurement.worker.kill()


def label(case: BenchmarkCase) -> str:
    """A short description of a case."""
    threads = f"{case.threads} thread{'s' if case.threads > 1 else ''}"
    return f"{case.model} {case.format}, {case.package}, {threads}"


def _start(case: BenchmarkCase) -> _Measurement:
    if case.failure:
        raise WorkerError(case.failure)
    if not case.scaling and find_spec(case.package) is None:
        requirement = _requirement(case.package)
        raise WorkerError(f"not installed: {how_to_install(requirement)}", requirement)
    worker = WorkerProcess(case)
    try:
        return _Measurement(case, worker, worker.load_seconds())
    except WorkerError:
        worker.kill()
        raise


def _requirement(package: str) -> str:
    """The requirement that installs a runtime's package."""
    matching = (kind[3] for kinds in RUNTIMES.values() for kind in kinds if kind[0] == package)
    return next(matching, package)


def _failed(case: BenchmarkCase, error: WorkerError) -> Result:
    return Result(case, failure=str(error), requirement=error.requirement)


def _result(measurement: _Measurement) -> Result:
    try:
        peak = measurement.worker.stop()
    except WorkerError as error:
        return _failed(measurement.case, error)
    seconds = np.concatenate([np.array(one_round) for one_round in measurement.rounds])
    medians = [float(np.median(one_round)) for one_round in measurement.rounds]
    p50, p95, p99 = (float(value) for value in np.quantile(seconds, (0.5, 0.95, 0.99)))
    return Result(
        measurement.case,
        size=measurement.case.path.stat().st_size,
        load=measurement.load,
        p50=p50,
        p95=p95,
        p99=p99,
        spread=(max(medians) - min(medians)) / p50,
        peak=peak,
    )
