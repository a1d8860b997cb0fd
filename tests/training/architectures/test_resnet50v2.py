"""ResNet50V2 as Keras publishes it, for grey faces."""

from __future__ import annotations

import numpy as np
import pytest

from models.weights import save_arrays
from moodpi.errors import MoodpiError, UsageError

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
begin = pytest.importorskip("training.beginning").begin
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
    # The logits begin at zero: what goes into them must be the same.
    mine, theirs = (
        keras.Model(model.inputs, model.get_layer("pool").output).predict(faces, verbose=0)
        for model in (network, published)
    )

    assert np.abs(mine).max() > 0
    assert np.array_equal(mine, theirs)


def test_published_weights_go_into_the_backbone(network, tmp_path):
    published = keras.applications.ResNet50V2(include_top=False, weights=None)
    published.save_weights(tmp_path / "notop.weights.h5")

    begin(network, str(tmp_path / "notop.weights.h5"))

    theirs = published.get_layer("conv1_conv").kernel.numpy()
    backbone = network.get_layer(resnet50v2.BACKBONE)
    assert np.array_equal(backbone.get_layer("conv1_conv").kernel.numpy(), theirs)


def test_published_weights_that_are_none_say_which_are_expected(network, tmp_path):
    (tmp_path / "none.h5").write_bytes(b"no HDF5")

    with pytest.raises(MoodpiError, match=r"cannot be used \(.*\): give Keras's resnet50v2_wei"):
        begin(network, str(tmp_path / "none.h5"))


def test_a_model_without_published_weights_says_so():
    with pytest.raises(UsageError, match="simple_cnn has no published weights"):
        begin(simple_cnn.build(), "imagenet")


def test_a_run_begins_with_the_weights_of_another(tmp_path):
    before = simple_cnn.build()
    save_arrays(tmp_path / "best.npz", model_weights.weights_of(before))
    after = simple_cnn.build()

    begin(after, str(tmp_path / "best.npz"))

    for mine, theirs in zip(after.weights, before.weights, strict=True):
        assert np.array_equal(mine.numpy(), theirs.numpy())
