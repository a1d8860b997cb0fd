"""All six formats: what each takes, gives and tells, and the gates they pass."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convert.calibration import representative_faces
from convert.formats import FORMATS
from convert.gate import INTEGER
from convert.parity import Accuracy
from edge.runtimes import load_runtime
from models.emotions import EMOTIONS
from models.registry import Registry
from tests.convert.tiny import export_tiny, known_architecture

pytestmark = [pytest.mark.workstation, pytest.mark.usefixtures("tiny")]


@pytest.fixture(scope="module")
def all_formats(run, splits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("all")
    with known_architecture():
        return export_tiny(run / "best.npz", splits, folder, *FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_raw_bytes_gives_probabilities_and_explains_itself(
    name, all_formats, splits
):
    row = next(row for row in all_formats.rows if row.name == name)
    assert row.failure == ""
    runtime = load_runtime(Registry(all_formats.folder).find("tiny", name).path)

    found = np.stack([runtime.infer(f[None, ..., None]) for f in splits["PublicTest"].images[:20]])

    assert (found.dtype, found.shape) == (np.float32, (20, 7))
    assert found.sum(axis=1) == pytest.approx(np.ones(20), abs=7 / 256)
    told = runtime.description()
    assert told["output"]["labels"] == list(EMOTIONS)
    assert told["input"] == {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
    assert told["training"]["config"]["learning_rate"] == 0.02
    assert (told["format"], told["accuracy"]["top1"]) == (name, row.accuracy.top1)
    assert told["temperature"] == all_formats.temperature.value


@pytest.mark.parametrize("name", ["float32.tflite", "float16.tflite", "float32.onnx"])
def test_what_calculates_in_floats_agrees_with_keras_temperature_included(name, all_formats):
    row = next(row for row in all_formats.rows if row.name == name)

    assert row.accuracy.agreement_with_keras == 1
    assert row.accuracy.largest_difference < 0.01


def test_integers_need_a_quarter_of_the_room(all_formats):
    layers = {row.name: sum((row.operators or {}).values()) for row in all_formats.rows}
    sizes = {row.name: len(row.content) for row in all_formats.rows}

    assert sizes["float16.tflite"] < sizes["float32.tflite"]
    assert layers["int8.onnx"] > layers["float32.onnx"], "quantize and dequantize nodes"


def test_the_same_weights_give_the_same_bytes(all_formats, run, splits, tmp_path):
    tflite = [name for name in FORMATS if name.endswith(".tflite")]
    again = export_tiny(run / "best.npz", splits, tmp_path, *tflite)

    contents = {row.name: row.content for row in all_formats.rows}
    assert {row.name: row.content for row in again.rows} == {n: contents[n] for n in tflite}


def test_the_manifest_says_which_faces_calibrated(all_formats, splits):
    entry = json.loads((all_formats.folder / "manifest.json").read_text())["models"]["tiny"]
    chosen = representative_faces(splits["Training"])

    assert entry["calibration"] == chosen.as_json()
    assert entry["calibration"]["faces"] == 56
    assert entry["temperature"]["value"] == all_formats.temperature.value
    assert "CONV_2D" in entry["formats"]["int8.tflite"]["operators"]


@pytest.mark.parametrize(
    ("top1", "agreement", "refusal"),
    [
        (0.70, 0.99, ""),
        (0.698, 0.98, ""),
        (0.696, 0.99, "0.40 points below Keras, at most 0.30"),
        (0.70, 0.97, "agrees with Keras on 97.00%, at least 98.00%"),
    ],
)
def test_the_gate_for_integers(top1, agreement, refusal):
    measured = Accuracy("PublicTest", 100, top1, agreement, 0.1, 0.0)

    assert INTEGER.refusal(measured, 0.70) == refusal
