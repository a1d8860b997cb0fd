"""int8.tflite: uint8 input, integer operators, the accuracy of the Keras model."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convert.trained_weights import TrainedWeights
from tests.convert.tiny import export_tiny
from tests.raising import raises

TfliteFile = pytest.importorskip("convert.tflite").TfliteFile
pytestmark = [pytest.mark.workstation, pytest.mark.usefixtures("tiny")]


@pytest.fixture(scope="module")
def file(exported):
    return TfliteFile((exported.folder / "tiny" / "int8.tflite").read_bytes())


def test_the_input_is_uint8_without_scaling(file):
    assert file.input["dtype"] == np.uint8
    assert file.input["shape"].tolist() == [1, 48, 48, 1]
    assert file.input["quantization"] == (1.0, 0)


def test_the_file_gives_seven_probabilities_in_float32(file, splits):
    probabilities = file.predict(splits["PublicTest"].images)

    assert probabilities.dtype == np.float32
    assert probabilities.shape == (140, 7)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(140), abs=7 / 256)


def test_normalization_is_folded_and_every_operation_is_integer(file):
    details = [d for d in file.interpreter._get_ops_details() if d["op_name"] != "DELEGATE"]
    census = Counter(d["op_name"] for d in details)

    assert census == {
        "QUANTIZE": 1,
        "ADD": 2,  # the centring of the input, and the shortcut
        "CONV_2D": 2,
        "MAX_POOL_2D": 1,
        "RESHAPE": 1,
        "FULLY_CONNECTED": 1,
        "SOFTMAX": 1,
        "DEQUANTIZE": 1,
    }
    types = {t["index"]: t["dtype"] for t in file.interpreter.get_tensor_details()}
    output_types = {types[index] for d in details[:-1] for index in d["outputs"]}
    assert output_types == {np.int8}


def test_kernels_are_quantized_per_filter(file):
    kernels = [
        tensor["quantization_parameters"]["scales"]
        for tensor in file.interpreter.get_tensor_details()
        if tensor["shape"].tolist() == [8, 3, 3, 8]
    ]

    assert [len(scales) for scales in kernels] == [8]


def test_the_file_is_as_accurate_as_the_keras_model(exported):
    (result,) = exported.results

    assert exported.keras_top1 > 0.9
    assert result.accuracy.top1 == pytest.approx(exported.keras_top1, abs=0.02)
    assert result.accuracy.agreement_with_keras > 0.97
    assert result.accuracy.largest_difference < 0.15
    assert result.failure == ""


def test_the_reported_accuracy_is_reproducible(exported, file, splits):
    probabilities = file.predict(splits["PublicTest"].images)

    measured = np.mean(probabilities.argmax(axis=1) == splits["PublicTest"].labels)

    assert exported.results[0].accuracy.top1 == pytest.approx(measured, abs=1e-5)


def test_the_float16_weights_rebuild_the_same_file(exported, file, splits, tmp_path):
    weights = exported.folder / "tiny" / "weights.f16.npz"

    again = export_tiny(weights, splits, tmp_path)

    faces = splits["PublicTest"].images
    assert np.array_equal(TfliteFile(again.results[0].content).predict(faces), file.predict(faces))
    assert (tmp_path / "tiny" / "weights.f16.npz").read_bytes() == weights.read_bytes()


def test_calibration_that_misses_black_or_white_is_refused(run, splits):
    from convert.int8_tflite import Int8Tflite
    from convert.rebuild import rebuild_model, with_probabilities

    model = with_probabilities(rebuild_model("tiny", TrainedWeights.read(run / "best.npz")), 1.0)
    pale = np.clip(splits["Training"].images[:20, ..., None], 1, 250)

    with raises("input_quantization"):
        Int8Tflite().convert(model, pale)
