"""`moodpi bench`: speed and memory of each model, format and runtime on this machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import positive
from moodpi.errors import EXIT_DONE, EXIT_FAILED, UsageError
from moodpi.output import print_json, print_lines, print_progress
from moodpi.text import MAX_NAME_LENGTH, clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.ops.bench.cases import BenchmarkCase
    from edge.ops.bench.measure import Result


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    option = parser.add_argument
    option("--models", type=_names, default=(), metavar="M,...", help="models (default: all)")
    option("--formats", type=_names, default=(), metavar="F,...", help="formats (default: all)")
    option(
        "--runtimes",
        type=_names,
        default=(),
        metavar="R,...",
        help="ai_edge_litert, tflite_runtime, onnxruntime or cv2 (default: all that are installed)",
    )
    option(
        "--threads",
        type=_numbers,
        default=(1,),
        metavar="N,...",
        help="numbers of threads (default: 1)",
    )
    option(
        "--runs", type=positive, default=500, metavar="N", help="inferences per row (default: 500)"
    )
    option("--against", type=Path, metavar="FILE", help="compare a third-party .tflite or .onnx")
    option(
        "--input-range",
        default="0..1",
        metavar="R",
        help="its input range: 0..1, -1..1 or 0..255 (default: %(default)s)",
    )
    option("--pipeline", metavar="SOURCE", help="time the vision pipeline on a video or folder")
    option("--plot", type=Path, metavar="PNG", help="plot accuracy over latency")
    output = parser.add_mutually_exclusive_group()
    for name in ("json", "csv", "markdown"):
        output.add_argument(f"--{name}", action="store_true", help=f"print the rows as {name}")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; exit 1 if no row could be measured."""
    from edge.system import hardware

    if arguments.pipeline:
        return _pipeline(arguments)
    from edge.ops.bench.measure import measure

    if arguments.plot:
        # Import before measuring for minutes: matplotlib may be missing.
        from moodpi.files import write_atomic
        from training.evaluation.latency_figure import draw_latency_figure

    results = measure(_cases(arguments), arguments.runs, print_progress)
    print_progress("")
    if arguments.plot:
        write_atomic({arguments.plot: draw_latency_figure(results)})
    _print(arguments, hardware.readings(), results)
    return EXIT_FAILED if all(result.failure for result in results) else EXIT_DONE


def _cases(arguments: argparse.Namespace) -> list[BenchmarkCase]:
    from edge.ops.bench.cases import BenchmarkCase, benchmark_cases
    from edge.ops.bench.third_party import check_scaling
    from models.registry import Registry

    cases = benchmark_cases(
        Registry(), arguments.models, arguments.formats, arguments.runtimes, arguments.threads
    )
    if arguments.against:
        path, scaling = arguments.against, check_scaling(arguments.input_range)
        if path.suffix not in (".tflite", ".onnx") or not path.is_file():
            raise UsageError(
                f"--against {path}: expected an existing .tflite or .onnx file", code="no_such_file"
            )
        package = "onnxruntime" if path.suffix == ".onnx" else "ai_edge_litert"
        name = clean_text(path.stem, MAX_NAME_LENGTH)
        cases += [
            BenchmarkCase(name, path.suffix[1:], package, threads, path, scaling=scaling)
            for threads in arguments.threads
        ]
    return cases


def _print(
    arguments: argparse.Namespace, machine: dict[str, str], results: Sequence[Result]
) -> None:
    from edge.ops.bench import report

    if arguments.json:
        print_json(report.as_json(machine, results))
    elif arguments.csv:
        print_lines(*report.as_csv(results).split("\n"))
    else:
        write = report.as_markdown if arguments.markdown else report.as_table
        print_lines(*write(machine, results).split("\n"))


def _pipeline(arguments: argparse.Namespace) -> int:
    from edge.config.load import load_config
    from edge.ops.bench.pipeline import time_pipeline
    from edge.ops.bench.report import machine_lines
    from edge.system import hardware

    timing = time_pipeline(arguments.pipeline, load_config())
    if arguments.json:
        print_json({"machine": hardware.readings(), **asdict(timing)})
    else:
        print_lines(*machine_lines(hardware.readings()), "", *timing.lines())
    return EXIT_DONE


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(positive(number) for number in _names(text))
