"""Third-party classifiers: a face is resized and scaled to their input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.ops.bench.third_party import ThirdPartyModel

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
