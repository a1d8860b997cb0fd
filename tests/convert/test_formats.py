"""All six formats: input, output, description, and the acceptance criteria."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convert.acceptance import INT8_CRITERIA
from convert.accuracy import Accuracy
from convert.calibration import representative_dataset
from convert.formats import FORMATS, load_format
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
def test_every_format_maps_uint8_to_probabilities_and_has_a_description(name, all_formats, splits):
    result = next(result for result in all_formats.results if result.name == name)
    assert result.failure == ""
    runtime = load_runtime(Registry(all_formats.folder).find("tiny", name).path)

    probabilities = np.stack(
        [runtime.infer(f[None, ..., None]) for f in splits["PublicTest"].images[:20]]
    )

    assert (probabilities.dtype, probabilities.shape) == (np.float32, (20, 7))
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(20), abs=7 / 256)
    description = runtime.description()
    assert description["output"]["labels"] == list(EMOTIONS)
    assert description["input"] == {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
    assert description["training"]["config"]["learning_rate"] == 0.02
    assert (description["format"], description["accuracy"]["top1"]) == (name, result.accuracy.top1)
    assert description["temperature"] == all_formats.temperature.value


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_measured_as_the_pi_runs_it(name, all_formats, splits):
    path = Registry(all_formats.folder).find("tiny", name).path
    faces = splits["PublicTest"].images[:20]

    measured = load_format(name).predict(path.read_bytes(), faces)

    runtime = load_runtime(path)
    assert np.array_equal(measured, [runtime.infer(face[None, ..., None]) for face in faces])


@pytest.mark.parametrize("name", ["float32.tflite", "float16.tflite", "float32.onnx"])
def test_float_formats_agree_with_keras_including_the_temperature(name, all_formats):
    result = next(result for result in all_formats.results if result.name == name)

    assert result.accuracy.agreement_with_keras == 1
    assert result.accuracy.largest_difference < 0.01


def test_float16_is_smaller_and_int8_onnx_has_quantize_nodes(all_formats):
    layers = {result.name: sum((result.operators or {}).values()) for result in all_formats.results}
    sizes = {result.name: len(result.content) for result in all_formats.results}

    assert sizes["float16.tflite"] < sizes["float32.tflite"]
    assert layers["int8.onnx"] > layers["float32.onnx"], "quantize and dequantize nodes"


def test_the_same_weights_give_the_same_bytes(all_formats, run, splits, tmp_path):
    tflite = [name for name in FORMATS if name.endswith(".tflite")]
    again = export_tiny(run / "best.npz", splits, tmp_path, *tflite)

    contents = {result.name: result.content for result in all_formats.results}
    assert {result.name: result.content for result in again.results} == {
        n: contents[n] for n in tflite
    }


def test_the_manifest_describes_the_calibration_faces(all_formats, splits):
    entry = json.loads((all_formats.folder / "manifest.json").read_text())["models"]["tiny"]
    chosen = representative_dataset(splits["Training"])

    assert entry["calibration"] == chosen.to_json()
    assert entry["calibration"]["faces"] == 56
    assert entry["temperature"]["value"] == all_formats.temperature.value
    assert "CONV_2D" in entry["formats"]["int8.tflite"]["operators"]


@pytest.mark.parametrize(
    ("top1", "agreement", "rejection"),
    [
        (0.70, 0.99, ""),
        (0.698, 0.98, ""),
        (0.696, 0.99, "top-1 is 0.40 points below Keras, at most 0.30 allowed"),
        (0.70, 0.97, "agreement with Keras is 97.00%, at least 98.00% required"),
    ],
)
def test_acceptance_criteria_of_integer_formats(top1, agreement, rejection):
    measured = Accuracy("PublicTest", 100, top1, 100, top1, agreement, 0.1, 0.0)

    assert INT8_CRITERIA.rejection(measured, 0.70) == rejection
