"""`moodpi bench`: rows that ran, rows that say why not, and one sentence at the end."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.ops.bench import measure as measuring
from edge.ops.bench.measure import Result, measure
from edge.ops.bench.plan import Configuration, configurations
from edge.ops.bench.report import as_csv, as_json, as_markdown, as_table, recommendation
from edge.runtimes import RUNTIMES
from edge.system.hardware import describe, throttled
from models.registry import MODELS_FOLDER, Registry
from moodpi.errors import UsageError
from moodpi.requirements import how_to_install
from tests.conftest import ROOT

INT8 = MODELS_FOLDER / "simple_cnn" / "int8.tflite"
PACKAGE = next(package for package, *_ in RUNTIMES[".tflite"] if find_spec(package))


def of_int8(package: str = PACKAGE, path: Path = INT8, **others: object) -> Configuration:
    return Configuration("simple_cnn", "int8.tflite", package, 1, path, 0.67, **others)


def silent(_: str) -> None:
    """Nobody watches."""


def result(p50: float, top1: float, model: str = "simple_cnn") -> Result:
    configuration = Configuration(model, "int8.tflite", PACKAGE, 1, INT8, top1)
    return Result(configuration, 1_000_000, 0.1, p50, p50, p50, 0.0, 50_000_000)


def test_a_row_has_all_that_was_measured():
    (row,) = measure([of_int8()], 25, silent)

    assert row.failure == ""
    assert row.size == INT8.stat().st_size
    assert 0 < row.p50 <= row.p95 <= row.p99
    assert row.load > 0
    assert 10e6 < row.peak < 500e6


def test_what_a_large_parent_held_is_not_the_childs_memory():
    ballast = np.ones(600 << 20, np.uint8)
    (row,) = measure([of_int8()], 5, silent)

    assert row.peak < ballast.nbytes / 2


def test_a_file_that_is_none_and_a_runtime_that_is_missing_are_rows_and_the_rest_goes_on(tmp_path):
    (tmp_path / "bad.tflite").write_bytes(b"no model")
    rows = measure(
        [of_int8(path=tmp_path / "bad.tflite"), of_int8("no_such_package"), of_int8()], 10, silent
    )

    assert "bad.tflite cannot be loaded" in rows[0].failure
    assert rows[1].failure == f"not installed: {how_to_install('no_such_package')}"
    assert rows[2].failure == ""
    assert rows[2].p50 > 0


def test_a_process_that_dies_says_of_what(monkeypatch):
    monkeypatch.setattr(
        measuring.subprocess, "Popen", _popen_of(["sh", "-c", "kill -ILL $$"], measuring.subprocess)
    )

    (row,) = measure([of_int8()], 10, silent)

    assert row.failure == "died of signal 4"


def _popen_of(command, subprocess):
    popen = subprocess.Popen
    return lambda _command, **keywords: popen(command, **keywords)


def test_rounds_go_through_all_rows_before_any_gets_its_next(monkeypatch):
    asked = []
    ask = measuring._Child.ask

    def noted(child, runs):
        asked.append(id(child))
        return ask(child, runs)

    monkeypatch.setattr(measuring._Child, "ask", noted)
    measure([of_int8(), of_int8()], 10, silent)

    first, second = asked[:2]
    assert first != second
    assert asked == [first, second] * measuring.ROUNDS


def test_names_are_checked_and_empty_means_all():
    registry = Registry()
    every = configurations(registry, (), (), (), (1, 2))

    assert {c.model for c in every} == set(registry.models())
    assert {c.threads for c in every} == {1, 2}
    with pytest.raises(UsageError, match=r"unknown format 'int8.tflit': did you mean"):
        configurations(registry, (), ("int8.tflit",), (), (1,))
    with pytest.raises(UsageError, match="unknown runtime 'onnx'"):
        configurations(registry, (), (), ("onnx",), (1,))


def test_an_artefact_that_was_altered_is_a_row_that_says_so(tmp_path):
    folder = tmp_path / "models"
    (folder / "simple_cnn").mkdir(parents=True)
    shutil.copy(MODELS_FOLDER / "manifest.json", folder)
    (folder / "simple_cnn" / "int8.tflite").write_bytes(b"altered")

    found = configurations(Registry(folder), ("simple_cnn",), ("int8.tflite",), (PACKAGE,), (1,))

    (row,) = measure(found, 10, silent)
    assert "the file was altered or damaged" in row.failure


def test_the_fastest_of_those_about_as_good_as_the_best_is_recommended():
    rows = [result(0.001, 0.60, "worse"), result(0.002, 0.69, "good"), result(0.009, 0.695, "best")]

    assert recommendation(rows).startswith("Use good int8.tflite")
    assert recommendation([Result(of_int8(), failure="no")]).startswith("Nothing could be measured")


def test_every_shape_of_the_report_has_every_row():
    rows = [result(0.002, 0.67), Result(of_int8(), failure="not installed")]

    table, marked = as_table({"board": "Pi"}, rows), as_markdown({"board": "Pi"}, rows)
    assert "2.00 ms" in table
    assert "failed: simple_cnn int8.tflite" in table
    assert marked.count("\n| simple_cnn |") == 2
    document = as_json({"board": "Pi"}, rows)
    assert [row["failure"] for row in document["rows"]] == ["", "not installed"]
    assert document["rows"][0]["inferences_per_second"] == 500
    parsed = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [row["top1"] for row in parsed] == ["0.67", "0.67"]


def test_throttling_is_told_in_words():
    assert throttled(0) == "none"
    assert throttled(0x50005) == (
        "under-voltage now, throttled now, under-voltage since boot, throttled since boot"
    )


def test_the_machine_says_what_it_is():
    found = describe()

    assert {"processor", "system", "python", "packages"} <= set(found)
    assert all(found.values())


def test_the_command_prints_one_json_document(moodpi):
    done = moodpi("bench", "--formats", "int8.tflite", "--runs", 10, "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["rows"][0]["model"] == "simple_cnn"
    assert document["recommendation"].startswith("Use simple_cnn int8.tflite")


def test_another_classifier_is_held_beside_ours(moodpi, tmp_path):
    shutil.copy(INT8, tmp_path / "theirs.tflite")
    if PACKAGE != "ai_edge_litert":
        pytest.skip("a foreign file runs through LiteRT")

    done = moodpi("bench", "--against", "theirs.tflite", "--input-range", "0..255", "--runs", 10)

    assert done.returncode == 0, done.stderr
    assert "theirs      tflite" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--models", "simpl"], "unknown model 'simpl': did you mean 'simple_cnn'?"),
        (["--threads", "0"], "'0' will not do: expected a whole number from 1"),
        (["--against", "none.onnx"], "expected a .tflite or .onnx file that is there"),
        (["--against", "x.onnx", "--input-range", "0-1"], "unknown input range '0-1'"),
        (["--json", "--csv"], "not allowed with"),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, arguments, complaint):
    done = moodpi("bench", *arguments)

    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_whole_loop_is_timed_on_a_folder(moodpi, portrait, tmp_path):
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


def test_the_picture_has_the_rows_that_ran(moodpi, tmp_path):
    pytest.importorskip("matplotlib", reason="needs moodpi[train]")
    row = ("--models", "simple_cnn", "--formats", "int8.tflite", "--runs", "5")

    done = moodpi("bench", *row, "--plot", "rows.png")

    assert done.returncode == 0, done.stderr
    picture = cv2.imread(str(tmp_path / "rows.png"))
    assert picture.shape == (690, 1125, 3)
    assert picture.min() < 100, "something is drawn"


def test_what_draws_is_missed_before_anything_is_measured(moodpi, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError(name='matplotlib')\n")

    done = moodpi("bench", "--plot", "rows.png", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")

    assert (done.returncode, done.stdout) == (1, "")
    fix = how_to_install("moodpi[catalog]")
    assert done.stderr == f"moodpi: matplotlib is not installed: {fix}\n"
