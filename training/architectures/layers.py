"""Convolution and batch normalization layers that train faster on a CPU."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("moodpi")
class NormalizedConv2D(keras.layers.Layer):
    """3x3-style convolution, stride 1, 'same' padding, with batch normalization folded in.

    Batch normalization (Ioffe and Szegedy 2015) of `conv(x, W)` equals a convolution with the
    kernel `W * gamma / std` and the bias `beta - mean * gamma / std`. Normalizing the kernel
    instead of the activations avoids the float32 passes over the feature maps, which make a
    training step on a CPU three times as long (`python -m tests.studies.normalization_cost`). The
    statistics come from the first `statistics_images` images of the batch (a "ghost batch", Hoffer
    et al. 2017), without a gradient into the previous layer. At inference the kernel is a constant,
    so the exported graph holds a plain convolution.

    Input: [n, h, w, c], in training with n >= `statistics_images`. Output: [n, h, w, filters].
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
        _update_average(self.moving_mean, mean, self.momentum)
        _update_average(self.moving_variance, variance, self.momentum)
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


def _update_average(average: Any, value: Any, momentum: float) -> None:
    average.assign(average * momentum + value * (1 - momentum))


@keras.saving.register_keras_serializable("moodpi")
class PatchConv2D(keras.layers.Conv2D):
    """A convolution that is computed over small feature maps in training as a matrix product.

    On a CPU with bfloat16 the gradient of a convolution over a 2 x 2 map takes many times as long
    as that of the equal product of its patches, and took half of a training step of ResNet50V2
    (`python -m tests.studies.resnet_cost`). At inference, and in an exported graph, it is a plain
    convolution.
    """

    # On larger maps, collecting the patches costs more than the product saves.
    MAX_MAP_SIDE = 5

    def call(self, inputs: Any, training: bool = False) -> Any:
        small = self.kernel_size == (1, 1) or max(inputs.shape[1:3]) <= self.MAX_MAP_SIDE
        if not training or not small or self.padding != "valid":
            return super().call(inputs)
        kernel = ops.cast(self.kernel, inputs.dtype)
        flat = ops.reshape(kernel, (-1, self.filters))
        outputs = ops.matmul(self._patches(inputs), flat)
        return outputs + ops.cast(self.bias, outputs.dtype) if self.use_bias else outputs

    def _patches(self, inputs: Any) -> Any:
        """The patches of [n, h, w, c]: [n, rows, columns, kernel height * kernel width * c]."""
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
    """Batch normalization with the statistics of a part of the batch in training.

    The "ghost batch" (Hoffer et al. 2017) is the first images with together `MIN_SAMPLES` map
    positions. All images are scaled and shifted in their own dtype, which avoids the float32 passes
    of batch normalization; at inference, which teachers need, with the moving statistics.
    """

    MIN_SAMPLES = 2304

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:  # noqa: ARG002
        if training:
            mean, variance = self._batch_statistics(inputs)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        scale = self.gamma * ops.rsqrt(variance + self.epsilon)
        shift = self.beta - mean * scale
        return inputs * ops.cast(scale, inputs.dtype) + ops.cast(shift, inputs.dtype)

    def _batch_statistics(self, inputs: Any) -> tuple[Any, Any]:
        _, height, width, _ = inputs.shape
        ghost = ops.cast(inputs[: -(-self.MIN_SAMPLES // (height * width))], "float32")
        mean, variance = ops.moments(ghost, axes=[0, 1, 2])
        _update_average(self.moving_mean, mean, self.momentum)
        _update_average(self.moving_variance, variance, self.momentum)
        return mean, variance
