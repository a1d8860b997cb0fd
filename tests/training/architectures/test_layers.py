"""The layers for faster training compute the same as the layers they replace."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
fast = pytest.importorskip("training.architectures.layers")
NormalizedConv2D = fast.NormalizedConv2D


@pytest.fixture(autouse=True)
def float32_policy():
    keras.mixed_precision.set_dtype_policy("float32")
    keras.utils.set_random_seed(1)


def convolve(inputs: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """'same', stride 1, by the definition."""
    padded = np.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.einsum("nhwcij,ijcf->nhwf", windows, kernel)


def test_inference_is_convolution_then_batch_normalization():
    random = np.random.default_rng(1)
    inputs = random.normal(size=(4, 8, 8, 3)).astype(np.float32)
    layer = NormalizedConv2D(5)
    layer.build(inputs.shape)
    gamma, beta, mean = (random.normal(size=5).astype(np.float32) for _ in range(3))
    variance = random.uniform(0.5, 2, size=5).astype(np.float32)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    layer.moving_mean.assign(mean)
    layer.moving_variance.assign(variance)

    outputs = keras.ops.convert_to_numpy(layer(inputs, training=False))

    convolved = convolve(inputs, keras.ops.convert_to_numpy(layer.kernel))
    expected = gamma * (convolved - mean) / np.sqrt(variance + layer.epsilon) + beta
    assert outputs == pytest.approx(expected, abs=1e-4)


def test_in_training_each_filter_has_mean_zero_and_variance_one():
    inputs = np.random.default_rng(1).normal(3, 2, size=(16, 12, 12, 2)).astype(np.float32)

    outputs = keras.ops.convert_to_numpy(NormalizedConv2D(4)(inputs, training=True))

    assert outputs.mean(axis=(0, 1, 2)) == pytest.approx(np.zeros(4), abs=1e-3)
    assert outputs.var(axis=(0, 1, 2)) == pytest.approx(np.ones(4), abs=1e-2)


def test_the_moving_statistics_converge_to_those_of_the_batch():
    inputs = np.random.default_rng(1).normal(3, 2, size=(16, 12, 12, 2)).astype(np.float32)
    layer = NormalizedConv2D(4, momentum=0.8)
    for _ in range(50):
        trained = layer(inputs, training=True)

    inferred = layer(inputs, training=False)

    assert keras.ops.convert_to_numpy(inferred) == pytest.approx(
        keras.ops.convert_to_numpy(trained), abs=1e-2
    )


def test_the_layer_survives_its_config():
    layer = NormalizedConv2D(4, kernel_size=5, statistics_images=8, momentum=0.9, epsilon=1e-2)

    again = NormalizedConv2D.from_config(layer.get_config())

    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("side", [4, 5])
def test_the_product_of_patches_is_the_convolution(kernel, strides, side):
    inputs = np.random.default_rng(1).normal(size=(3, side, side, 2)).astype(np.float32)
    layer = fast.PatchConv2D(5, kernel, strides=strides)

    trained = keras.ops.convert_to_numpy(layer(inputs, training=True))

    inferred = keras.ops.convert_to_numpy(layer(inputs, training=False))
    assert trained.shape == inferred.shape
    assert trained == pytest.approx(inferred, abs=1e-5)


def test_a_ghost_batch_of_everything_is_batch_normalization():
    inputs = np.random.default_rng(1).normal(3, 2, size=(16, 12, 12, 4)).astype(np.float32)
    published, ghost = keras.layers.BatchNormalization(), fast.GhostNormalization()

    expected = keras.ops.convert_to_numpy(published(inputs, training=True))

    assert keras.ops.convert_to_numpy(ghost(inputs, training=True)) == pytest.approx(
        expected, abs=1e-4
    )
    for mine, theirs in zip(ghost.weights, published.weights, strict=True):
        assert mine.numpy() == pytest.approx(theirs.numpy(), abs=1e-4)
    assert keras.ops.convert_to_numpy(ghost(inputs)) == pytest.approx(
        keras.ops.convert_to_numpy(published(inputs)), abs=1e-4
    )


def test_a_ghost_batch_is_as_small_as_possible():
    inputs = np.random.default_rng(1).normal(size=(64, 12, 12, 4)).astype(np.float32)
    inputs[16:] += 100

    outputs = keras.ops.convert_to_numpy(fast.GhostNormalization()(inputs, training=True))

    assert outputs[:16].mean(axis=(0, 1, 2)) == pytest.approx(np.zeros(4), abs=1e-3)
    assert outputs[16:].min() > 50
