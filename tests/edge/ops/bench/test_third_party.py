"""Third-party classifiers: a face is resized and scaled to their input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.ops.bench.third_party import ThirdPartyModel
from tests.hostile_folder import make_hostile_folder
from tests.raising import raises

pytestmark = pytest.mark.workstation


@pytest.fixture(scope="module")
def brightness(tmp_path_factory) -> Path:
    """A model that returns the mean of each channel of a 64 x 40 colour image."""
    tensorflow = pytest.importorskip("tensorflow", reason="needs moodpi[convert]")
    keras = pytest.importorskip("keras")
    image = keras.Input((64, 40, 3))
    model = keras.Model(image, keras.layers.GlobalAveragePooling2D()(image))
    path = tmp_path_factory.mktemp("third_party") / "brightness.tflite"
    path.write_bytes(tensorflow.lite.TFLiteConverter.from_keras_model(model).convert())
    return path


@pytest.mark.parametrize(
    ("scaling", "black", "white"), [("0..1", 0, 1), ("-1..1", -1, 1), ("0..255", 0, 255)]
)
def test_a_grey_face_becomes_a_colour_image_of_the_models_size_and_range(
    brightness: Path, scaling: str, black: int, white: int
) -> None:
    infer = ThirdPartyModel(brightness, 1, scaling).infer

    for level, expected in ((0, black), (255, white)):
        found = infer(np.full((1, 48, 48, 1), level, np.uint8))
        assert found == pytest.approx([expected] * 3, abs=1e-4)


def test_weights_in_a_file_of_their_own_are_found(tmp_path: Path) -> None:
    """As PyTorch's exporter writes them, in a folder of any name."""
    onnx = pytest.importorskip("onnx", reason="needs moodpi[convert]")
    pytest.importorskip("onnxruntime", reason="needs moodpi[onnx]")
    offset = onnx.numpy_helper.from_array(np.full((1, 1, 48, 48), 7, np.float32), "offset")
    shape = [1, 1, 48, 48]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["image", "offset"], ["sum"])],
        "add",
        [onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("sum", onnx.TensorProto.FLOAT, shape)],
        [offset],
    )
    opset = [onnx.helper.make_opsetid("", 13)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    written = tmp_path / "theirs.onnx"
    onnx.save(model, written, save_as_external_data=True, location="theirs.data", size_threshold=0)
    folder = make_hostile_folder(tmp_path)
    path = written.rename(folder / "theirs.onnx")
    (tmp_path / "theirs.data").rename(folder / "theirs.data")

    infer = ThirdPartyModel(path, 1, "0..255").infer

    assert (infer(np.zeros((1, 48, 48, 1), np.uint8)) == 7).all()
    (folder / "theirs.data").unlink()
    with raises("cannot_load_model"):
        ThirdPartyModel(path, 1, "0..255")
