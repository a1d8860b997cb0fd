"""`moodpi bench`: what each model, format and runtime costs on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import positive
from moodpi.errors import EXIT_DONE, EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.ops.bench.measure import Result
    from edge.ops.bench.plan import Configuration


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    option = parser.add_argument
    option("--models", type=_names, default=(), metavar="M,...", help="only these (all)")
    option("--formats", type=_names, default=(), metavar="F,...", help="only these (all)")
    option(
        "--runtimes",
        type=_names,
        default=(),
        metavar="R,...",
        help="only these: ai_edge_litert, tflite_runtime, onnxruntime, cv2 (all)",
    )
    option("--threads", type=_numbers, default=(1,), metavar="N,...", help="threads (1)")
    option("--runs", type=positive, default=500, metavar="N", help="inferences a row (500)")
    option("--against", type=Path, metavar="FILE", help="another's .tflite or .onnx beside ours")
    option(
        "--input-range",
        default="0..1",
        metavar="R",
        help="what its input takes: 0..1, -1..1 or 0..255 (%(default)s)",
    )
    option("--pipeline", metavar="SOURCE", help="time the whole loop on a video or a folder")
    option("--plot", type=Path, metavar="PNG", help="draw accuracy against latency")
    shape = parser.add_mutually_exclusive_group()
    for name in ("json", "csv", "markdown"):
        shape.add_argument(f"--{name}", action="store_true", help=f"the rows as {name}")


def run(arguments: argparse.Namespace) -> int:
    """Measure, then print; exit 1 where not one row could be measured."""
    from edge.system import hardware

    if arguments.pipeline:
        return _pipeline(arguments)
    from edge.ops.bench.measure import measure

    if arguments.plot:
        # Before minutes of measuring: what draws may not be installed.
        from moodpi.files import write_atomic
        from training.evaluation.latency_figure import draw

    results = measure(_configurations(arguments), arguments.runs, _progress)
    _clear()
    if arguments.plot:
        write_atomic({arguments.plot: draw(results)})
    print(_report(arguments, hardware.describe(), results))
    return EXIT_FAILED if all(result.failure for result in results) else EXIT_DONE


def _configurations(arguments: argparse.Namespace) -> list[Configuration]:
    from edge.ops.bench.foreign import check_scaling
    from edge.ops.bench.plan import Configuration, configurations
    from models.registry import Registry

    found = configurations(
        Registry(), arguments.models, arguments.formats, arguments.runtimes, arguments.threads
    )
    if arguments.against:
        path, scaling = arguments.against, check_scaling(arguments.input_range)
        if path.suffix not in (".tflite", ".onnx") or not path.is_file():
            raise UsageError(f"--against {path}: expected a .tflite or .onnx file that is there")
        package = "onnxruntime" if path.suffix == ".onnx" else "ai_edge_litert"
        found += [
            Configuration(path.stem, path.suffix[1:], package, threads, path, scaling=scaling)
            for threads in arguments.threads
        ]
    return found


def _report(
    arguments: argparse.Namespace, machine: dict[str, str], results: Sequence[Result]
) -> str:
    from edge.ops.bench import report

    if arguments.json:
        return json.dumps(report.as_json(machine, results), indent=1)
    if arguments.csv:
        return report.as_csv(results)
    shape = report.as_markdown if arguments.markdown else report.as_table
    return shape(machine, results)


def _pipeline(arguments: argparse.Namespace) -> int:
    from edge.config.load import load_config
    from edge.ops.bench.pipeline import time_pipeline
    from edge.system import hardware

    timing = time_pipeline(arguments.pipeline, load_config())
    if arguments.json:
        print(json.dumps({"machine": hardware.describe(), **asdict(timing)}, indent=1))
    else:
        header = [f"{name:<12}{value}" for name, value in hardware.describe().items()]
        print("\n".join([*header, "", *timing.lines()]))
    return EXIT_DONE


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(positive(number) for number in _names(text))
