"""Convolutions and batch normalization in a form that is cheap enough to train on a CPU."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("moodpi")
class NormalizedConv2D(keras.layers.Layer):
    """3x3-style convolution, stride 1, 'same' padding, with batch normalization folded in.

    Batch normalization (Ioffe and Szegedy 2015) of `conv(x, W)` equals a convolution with the
    kernel `W * gamma / std` and the bias `beta - mean * gamma / std`. Normalizing the kernel
    rather than the activations spares every full-size float32 pass over the feature maps, which on
    a CPU made a training step three times as long (`python -m tests.studies.normalization_cost`).
    The statistics come from the first
    `statistics_images` of the batch (a "ghost batch", Hoffer et al. 2017), without a gradient into
    the layer below. At inference the kernel is a constant: the exported graph holds a plain
    convolution, nothing that a converter would have to fold.

    Input: [n, h, w, c], in training n at least `statistics_images`. Output: [n, h, w, filters].
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        statistics_images: int = 16,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        **keywords: Any,
    ) -> None:
        super().__init__(**keywords)
        self.filters = filters
        self.kernel_size = kernel_size
        self.statistics_images = statistics_images
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        size, channels = self.kernel_size, input_shape[-1]
        self.kernel = self.add_weight(
            name="kernel",
            shape=(size, size, channels, self.filters),
            initializer="he_normal",
            autocast=False,
        )
        self.gamma = self._per_filter("gamma", "ones")
        self.beta = self._per_filter("beta", "zeros")
        self.moving_mean = self._per_filter("moving_mean", "zeros", trainable=False)
        self.moving_variance = self._per_filter("moving_variance", "ones", trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            mean, variance = self._batch_statistics(inputs)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        kernel = ops.cast(self.kernel * scale, inputs.dtype)
        bias = ops.cast(self.beta - mean * scale, inputs.dtype)
        return ops.conv(inputs, kernel, padding="same") + bias

    def _per_filter(self, name: str, initializer: str, trainable: bool = True) -> Any:
        return self.add_weight(
            name=name,
            shape=(self.filters,),
            initializer=initializer,
            trainable=trainable,
            autocast=False,
        )

    def _batch_statistics(self, inputs: Any) -> tuple[Any, Any]:
        ghost = ops.stop_gradient(inputs[: self.statistics_images])
        kernel = ops.cast(self.kernel, inputs.dtype)
        outputs = ops.cast(ops.conv(ghost, kernel, padding="same"), "float32")
        mean, variance = ops.moments(outputs, axes=[0, 1, 2])
        keep = self.momentum
        self.moving_mean.assign(self.moving_mean * keep + mean * (1 - keep))
        self.moving_variance.assign(self.moving_variance * keep + variance * (1 - keep))
        return mean, variance

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "statistics_images": self.statistics_images,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }


@keras.saving.register_keras_serializable("moodpi")
class PatchConv2D(keras.layers.Conv2D):
    """The same convolution; in training, over small maps, one matrix product of all its patches.

    On a CPU with bfloat16 units the gradient of a convolution over a map of 2 x 2 takes many times
    as long as that of the product it equals, and was half of a training step of ResNet50V2
    (`python -m tests.studies.resnet_cost`). At inference, and in an exported graph, it is a plain
    convolution.
    """

    # Larger maps and kernels make more patches than the product saves.
    LARGEST_MAP = 5

    def call(self, inputs: Any, training: bool = False) -> Any:
        small = self.kernel_size == (1, 1) or max(inputs.shape[1:3]) <= self.LARGEST_MAP
        if not training or not small or self.padding != "valid":
            return super().call(inputs)
        kernel = ops.cast(self.kernel, inputs.dtype)
        flat = ops.reshape(kernel, (-1, self.filters))
        outputs = ops.matmul(self._patches(inputs), flat)
        return outputs + ops.cast(self.bias, outputs.dtype) if self.use_bias else outputs

    def _patches(self, inputs: Any) -> Any:
        """[n, h, w, c] to [n, rows, columns, kernel height x kernel width x c]."""
        (tall, wide), (down, right) = self.kernel_size, self.strides
        rows, columns = (
            side - size - (side - size) % stride + 1
            for side, size, stride in zip(
                inputs.shape[1:3], self.kernel_size, self.strides, strict=True
            )
        )
        shifted = [
            inputs[:, top : top + rows : down, left : left + columns : right]
            for top in range(tall)
            for left in range(wide)
        ]
        return shifted[0] if len(shifted) == 1 else ops.concatenate(shifted, axis=-1)


@keras.saving.register_keras_serializable("moodpi")
class GhostNormalization(keras.layers.BatchNormalization):
    """Batch normalization whose statistics in training come from as few images as tell enough.

    A "ghost batch" (Hoffer et al. 2017): the first images of the batch that together have
    `SAMPLES` places on the map. All others are scaled and shifted by them, in the dtype they come
    in, where batch normalization makes several float32 passes over each. Inference is unchanged.
    """

    SAMPLES = 2304

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        if not training:
            return super().call(inputs, training=False, mask=mask)
        _, height, width, _ = inputs.shape
        ghost = ops.cast(inputs[: -(-self.SAMPLES // (height * width))], "float32")
        mean, variance = ops.moments(ghost, axes=[0, 1, 2])
        keep = self.momentum
        self.moving_mean.assign(self.moving_mean * keep + mean * (1 - keep))
        self.moving_variance.assign(self.moving_variance * keep + variance * (1 - keep))
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        shift = self.beta - mean * scale
        return inputs * ops.cast(scale, inputs.dtype) + ops.cast(shift, inputs.dtype)
