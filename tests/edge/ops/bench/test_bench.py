"""`moodpi bench`: measured rows, failed rows and the recommendation."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.ops.bench import worker_process
from edge.ops.bench.cases import BenchmarkCase, benchmark_cases
from edge.ops.bench.measure import ROUNDS, Result, measure
from edge.ops.bench.report import as_csv, as_json, as_markdown, as_table, recommendation
from edge.runtimes import RUNTIMES
from edge.system import hardware
from models.registry import MODELS_FOLDER, Registry
from moodpi.requirements import how_to_install
from tests.conftest import ROOT
from tests.hostile_folder import make_hostile_folder
from tests.raising import raises

INT8 = MODELS_FOLDER / "simple_cnn" / "int8.tflite"
PACKAGE = next(package for package, *_ in RUNTIMES[".tflite"] if find_spec(package))


def int8_case(package: str = PACKAGE, path: Path = INT8, **others: Any) -> BenchmarkCase:
    return BenchmarkCase("simple_cnn", "int8.tflite", package, 1, path, 0.67, **others)


def no_progress(_: str) -> None:
    """Ignore the progress."""


def result(p50: float, top1: float, model: str = "simple_cnn") -> Result:
    case = BenchmarkCase(model, "int8.tflite", PACKAGE, 1, INT8, top1)
    return Result(case, 1_000_000, 0.1, p50, p50, p50, 0.0, 50_000_000)


def test_a_row_has_every_measurement():
    (row,) = measure([int8_case()], 25, no_progress)

    assert row.failure == ""
    assert row.size == INT8.stat().st_size
    assert 0 < row.p50 <= row.p95 <= row.p99
    assert row.load > 0
    assert 10e6 < row.peak < 500e6


def test_the_memory_of_the_parent_is_not_counted():
    ballast = np.ones(600 << 20, np.uint8)
    (row,) = measure([int8_case()], 5, no_progress)

    assert row.peak < ballast.nbytes / 2


def test_a_bad_file_and_a_missing_runtime_are_failed_rows(tmp_path):
    (tmp_path / "bad.tflite").write_bytes(b"no model")
    rows = measure(
        [int8_case(path=tmp_path / "bad.tflite"), int8_case("no_such_package"), int8_case()],
        10,
        no_progress,
    )

    assert "bad.tflite cannot be loaded" in rows[0].failure
    assert rows[1].failure == f"not installed: {how_to_install('no_such_package')}"
    assert rows[2].failure == ""
    assert rows[2].p50 > 0


def test_a_crash_of_the_worker_is_a_failed_row_with_the_signal(monkeypatch):
    monkeypatch.setattr(
        subprocess,
        "Popen",
        _popen_of(["sh", "-c", "kill -ILL $$"]),
    )

    (row,) = measure([int8_case()], 10, no_progress)

    assert row.failure == "killed by signal 4"


def _popen_of(command):
    popen = subprocess.Popen
    return lambda _command, **keywords: popen(command, **keywords)


def test_each_round_measures_every_row_once(monkeypatch):
    order = []
    time_inferences = worker_process.WorkerProcess.time_inferences

    def recorded(worker, runs):
        order.append(id(worker))
        return time_inferences(worker, runs)

    monkeypatch.setattr(worker_process.WorkerProcess, "time_inferences", recorded)
    measure([int8_case(), int8_case()], 10, no_progress)

    first, second = order[:2]
    assert first != second
    assert order == [first, second] * ROUNDS


def test_names_are_checked_and_empty_means_all():
    registry = Registry()
    every = benchmark_cases(registry, (), (), (), (1, 2))

    assert {c.model for c in every} == set(registry.models())
    assert {c.threads for c in every} == {1, 2}
    with raises("unknown_format"):
        benchmark_cases(registry, (), ("int8.tflit",), (), (1,))
    with raises("unknown_runtime"):
        benchmark_cases(registry, (), (), ("onnx",), (1,))


def test_an_altered_artefact_is_a_failed_row(tmp_path):
    folder = tmp_path / "models"
    (folder / "simple_cnn").mkdir(parents=True)
    shutil.copy(MODELS_FOLDER / "manifest.json", folder)
    (folder / "simple_cnn" / "int8.tflite").write_bytes(b"altered")

    found = benchmark_cases(Registry(folder), ("simple_cnn",), ("int8.tflite",), (PACKAGE,), (1,))

    (row,) = measure(found, 10, no_progress)
    assert "the file was changed or is damaged" in row.failure


def test_the_fastest_of_the_accurate_models_is_recommended():
    rows = [result(0.001, 0.60, "worse"), result(0.002, 0.69, "good"), result(0.009, 0.695, "best")]

    assert recommendation(rows).startswith("Use good int8.tflite")
    assert recommendation([Result(int8_case(), failure="no")]).startswith("No measurements")


def test_every_report_format_has_every_row():
    rows = [result(0.002, 0.67), Result(int8_case(), failure="not installed")]

    table, marked = as_table({"board": "Pi"}, rows), as_markdown({"board": "Pi"}, rows)
    assert "2.00 ms" in table
    assert "failed: simple_cnn int8.tflite" in table
    assert marked.count("\n| simple_cnn |") == 2
    document = as_json({"board": "Pi"}, rows)
    assert [row["failure"] for row in document["rows"]] == ["", "not installed"]
    assert document["rows"][0]["inferences_per_second"] == 500
    parsed = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [row["top1"] for row in parsed] == ["0.67", "0.67"]


def test_throttling_flags_are_readable():
    assert hardware.throttled(0) == "none"
    assert hardware.throttled(0x50005) == (
        "under-voltage now, throttled now, under-voltage since boot, throttled since boot"
    )


def test_the_machine_is_described():
    found = hardware.readings()

    assert {"processor", "system", "python", "packages"} <= set(found)
    assert all(found.values())


def test_the_command_prints_one_json_document(moodpi):
    done = moodpi("bench", "--formats", "int8.tflite", "--runs", 10, "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["rows"][0]["model"] == "simple_cnn"
    assert document["recommendation"].startswith("Use simple_cnn int8.tflite")


def test_a_third_party_model_is_measured(moodpi, tmp_path):
    theirs = shutil.copy(INT8, make_hostile_folder(tmp_path) / "theirs.tflite")
    if PACKAGE != "ai_edge_litert":
        pytest.skip("not applicable: third-party files run through LiteRT")

    done = moodpi("bench", "--against", theirs, "--input-range", "0..255", "--runs", 10)

    assert done.returncode == 0, done.stderr
    assert "theirs      tflite" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--models", "simpl"], "unknown model 'simpl': did you mean 'simple_cnn'?"),
        (["--threads", "0"], "'0': expected a whole number from 1"),
        (["--against", "none.onnx"], "expected an existing .tflite or .onnx file"),
        (["--against", "x.onnx", "--input-range", "0-1"], "unknown input range '0-1'"),
        (["--json", "--csv"], "not allowed with"),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, arguments, complaint):
    done = moodpi("bench", *arguments)

    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_vision_pipeline_is_timed_on_a_folder(moodpi, portrait, tmp_path):
    (tmp_path / "pictures").mkdir()
    for number in range(4):
        shutil.copy(portrait, tmp_path / "pictures" / f"{number}.jpg")

    done = moodpi("bench", "--pipeline", "pictures", "--json")

    timing = json.loads(done.stdout)
    assert (timing["frames"], timing["with_face"]) == (4, 2)
    assert list(timing["steps"]) == ["capture", "analysis", "mood"]
    assert all(value > 0 for value in timing["steps"].values())
    assert sum(frames for frames, _ in timing["scan_modes"].values()) == timing["frames"]
    assert timing["scan_modes"]["scanned"][0] >= 1


def test_a_folder_without_pictures_is_one_line(moodpi, tmp_path):
    (tmp_path / "empty").mkdir()
    done = moodpi("bench", "--pipeline", "empty")

    assert done.returncode != 0
    assert done.stderr.count("\n") == 1


def test_the_plot_shows_the_measured_rows(moodpi, tmp_path):
    pytest.importorskip("matplotlib", reason="needs moodpi[train]")
    row = ("--models", "simple_cnn", "--formats", "int8.tflite", "--runs", "5")

    done = moodpi("bench", *row, "--plot", "rows.png")

    assert done.returncode == 0, done.stderr
    picture = cv2.imread(str(tmp_path / "rows.png"))
    assert picture.shape == (690, 1125, 3)
    assert picture.min() < 100, "something is drawn"


def test_a_missing_matplotlib_is_an_error_before_measuring(moodpi, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError(name='matplotlib')\n")

    done = moodpi("bench", "--plot", "rows.png", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    assert (done.returncode, done.stdout) == (1, "")
    fix = how_to_install("moodpi[catalog]")
    assert done.stderr == f"moodpi: matplotlib is not installed: {fix}\n"


def test_a_failure_of_many_rows_is_one_line():
    rows = [Result(int8_case(), failure="not installed") for _ in range(3)]

    failures = [line for line in as_table({}, rows).splitlines() if line.startswith("failed")]
    assert failures == [f"failed: 3 rows with {PACKAGE}: not installed"]


def test_what_is_not_installed_is_one_line():
    names = ("no_such_package", "another_package")
    rows = measure([*map(int8_case, names), int8_case()], 5, no_progress)

    lines = as_table({}, rows).splitlines()
    assert [line for line in lines if "installed" in line] == [
        f"not measured: 2 rows with {', '.join(names)}: not installed: {how_to_install(*names)}"
    ]
    assert not any(line.startswith("failed") for line in lines)


def test_opencv_is_not_measured_with_files_that_it_cannot_load():
    pairs = {(c.format, c.package) for c in benchmark_cases(Registry(), (), (), (), (1,))}

    assert ("float32.onnx", "cv2") in pairs
    assert ("int8.onnx", "cv2") not in pairs


def test_the_readings_of_the_machine_are_aligned():
    readings = {"board": "Pi", "instructions": "NEON"}

    lines = as_table(readings, [result(0.002, 0.67)]).splitlines()[:2]
    assert lines == ["board         Pi", "instructions  NEON"]
