"""ResNet50V2 as Keras publishes it, for grey faces."""

from __future__ import annotations

import numpy as np
import pytest

from models.weights import save_arrays
from moodpi.errors import UsageError
from tests.raising import raises

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
load_initial_weights = pytest.importorskip("training.initial_weights").load_initial_weights
resnet50v2 = pytest.importorskip("training.architectures.resnet50v2")
simple_cnn = pytest.importorskip("training.architectures.simple_cnn")
model_weights = pytest.importorskip("training.model_weights")


@pytest.fixture(scope="module")
def network():
    keras.mixed_precision.set_dtype_policy("float32")
    return resnet50v2.build()


def test_it_takes_grey_faces_and_gives_seven_logits(network):
    logits = network.predict(np.zeros((2, 48, 48, 1), np.float32), verbose=0)

    assert logits.shape == (2, 7)
    assert network.count_params() == 23_579_143


def test_at_inference_it_is_the_published_network(network):
    published = resnet50v2.build({})
    published.set_weights(network.get_weights())
    faces = np.random.default_rng(1).integers(0, 256, (4, 48, 48, 1)).astype(np.float32)
    # The logits start at zero, so their inputs are compared.
    mine, theirs = (
        keras.Model(model.inputs, model.get_layer("pool").output).predict(faces, verbose=0)
        for model in (network, published)
    )

    assert np.abs(mine).max() > 0
    assert np.array_equal(mine, theirs)


def test_loads_published_weights_into_the_backbone(network, tmp_path):
    published = keras.applications.ResNet50V2(include_top=False, weights=None)
    published.save_weights(tmp_path / "notop.weights.h5")

    load_initial_weights(network, str(tmp_path / "notop.weights.h5"))

    theirs = published.get_layer("conv1_conv").kernel.numpy()
    backbone = network.get_layer(resnet50v2.BACKBONE)
    assert np.array_equal(backbone.get_layer("conv1_conv").kernel.numpy(), theirs)


def test_refuses_an_invalid_file_of_published_weights(network, tmp_path):
    (tmp_path / "none.h5").write_bytes(b"no HDF5")

    with raises("published_weights"):
        load_initial_weights(network, str(tmp_path / "none.h5"))


def test_refuses_published_weights_for_a_model_without_any():
    with raises("no_published_weights", UsageError):
        load_initial_weights(simple_cnn.build(), "imagenet")


def test_initial_weights_come_from_another_run(tmp_path):
    before = simple_cnn.build()
    save_arrays(tmp_path / "best.npz", model_weights.weights_of(before))
    after = simple_cnn.build()

    load_initial_weights(after, str(tmp_path / "best.npz"))

    for mine, theirs in zip(after.weights, before.weights, strict=True):
        assert np.array_equal(mine.numpy(), theirs.numpy())
