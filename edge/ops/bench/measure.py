"""Every configuration side by side, round by round, so that a machine that drifts favours none."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from edge.ops.bench.plan import Configuration
from edge.runtimes import RUNTIMES
from moodpi.requirements import how_to_install

ROUNDS = 5
# How long a child may take to load its model or to do one round, in seconds.
PATIENCE = 120.0


@dataclass(frozen=True)
class Result:
    """A configuration and what it took; failure: why nothing was measured.

    size: bytes of the file. load: seconds until the first answer, imports included. p50, p95,
    p99: seconds an inference. spread: between the rounds' medians, as a share of p50. peak: bytes
    of resident memory of the process.
    """

    configuration: Configuration
    size: int = 0
    load: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    spread: float = 0.0
    peak: int = 0
    failure: str = ""


@dataclass
class _Running:
    configuration: Configuration
    child: _Child
    load: float
    rounds: list[list[float]] = field(default_factory=list)


class _FailedError(Exception):
    """Why a child has nothing to say."""


def measure(
    configurations: Sequence[Configuration], runs: int, progress: Callable[[str], None]
) -> list[Result]:
    """Each configuration's result, in order; `runs` inferences each, in ROUNDS rounds.

    Every process is started first and asked in turn, so at any time one alone is at work.
    """
    failures: dict[int, str] = {}
    running: dict[int, _Running] = {}
    try:
        for place, configuration in enumerate(configurations):
            progress(f"loading {place + 1} of {len(configurations)}: {label(configuration)}")
            try:
                running[place] = _start(configuration)
            except _FailedError as error:
                failures[place] = str(error)
        for number in range(ROUNDS):
            progress(f"round {number + 1} of {ROUNDS}")
            for place in list(running):
                try:
                    answer = running[place].child.ask(max(1, runs // ROUNDS))
                    running[place].rounds.append(answer["seconds"])
                except _FailedError as error:
                    failures[place] = str(error)
                    running.pop(place).child.end()
        return [
            _result(running[place]) if place in running else Result(c, failure=failures[place])
            for place, c in enumerate(configurations)
        ]
    finally:
        for one in running.values():
            one.child.end()


def label(configuration: Configuration) -> str:
    """A configuration in a few words."""
    c = configuration
    return f"{c.model} {c.format}, {c.package}, {c.threads} thread{'s' if c.threads > 1 else ''}"


def _start(configuration: Configuration) -> _Running:
    if configuration.failure:
        raise _FailedError(configuration.failure)
    if not configuration.scaling and find_spec(configuration.package) is None:
        raise _FailedError(f"not installed: {how_to_install(_brought_by(configuration.package))}")
    child = _Child(configuration)
    try:
        return _Running(configuration, child, child.hear()["load"])
    except _FailedError:
        child.end()
        raise


def _brought_by(package: str) -> str:
    named = (kind[3] for kinds in RUNTIMES.values() for kind in kinds if kind[0] == package)
    return next(named, package)


def _result(running: _Running) -> Result:
    try:
        peak = int(running.child.finish()["peak"])
    except _FailedError as error:
        return Result(running.configuration, failure=str(error))
    seconds = np.concatenate([np.array(taken) for taken in running.rounds])
    medians = [float(np.median(taken)) for taken in running.rounds]
    p50, p95, p99 = (float(value) for value in np.quantile(seconds, (0.5, 0.95, 0.99)))
    return Result(
        running.configuration,
        size=running.configuration.path.stat().st_size,
        load=running.load,
        p50=p50,
        p95=p95,
        p99=p99,
        spread=(max(medians) - min(medians)) / p50,
        peak=peak,
    )


class _Child:
    """A process that holds one loaded model."""

    def __init__(self, configuration: Configuration) -> None:
        c = configuration
        command = [sys.executable, "-P", "-m", "edge.ops.bench.child", str(c.path), c.package]
        self._process = subprocess.Popen(
            [*command, str(c.threads), c.scaling],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # The packages are found where this process found them.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._selector = selectors.DefaultSelector()
        if self._process.stdout:
            self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def ask(self, runs: int) -> dict[str, Any]:
        """So many inferences' seconds."""
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.write(f"{runs}\n".encode())
                self._process.stdin.flush()
        return self.hear()

    def finish(self) -> dict[str, Any]:
        """What it says at its end."""
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Its next line; _FailedError with its last words where there is none."""
        if not self._selector.select(PATIENCE) or not self._process.stdout:
            raise _FailedError(f"no answer within {PATIENCE:.0f} s")
        line = self._process.stdout.readline()
        if line:
            heard: dict[str, Any] = json.loads(line)
            return heard
        code = self._process.wait()
        if code < 0:
            raise _FailedError(f"died of signal {-code}")
        said = (self._process.stderr.read() if self._process.stderr else b"").decode(
            errors="replace"
        )
        last = (said.strip().splitlines() or ["it did not say why"])[-1]
        raise _FailedError(last.removeprefix("moodpi.errors.MoodpiError: "))

    def end(self) -> None:
        """Make sure that it is gone."""
        self._selector.close()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream and not stream.closed:
                with suppress(OSError):
                    stream.close()
