"""ResNet50V2 (He et al., "Identity mappings in deep residual networks", 2016) for 48x48 faces."""

from __future__ import annotations

from collections.abc import Mapping

import keras
from keras import layers

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.text import quoted
from training.architectures.layers import GhostNormalization, PatchConv2D

BACKBONE = "resnet50v2_backbone"
# Settings of Keras's layers that are changed, by layer name.
CHANGES: Mapping[str, dict[str, object]] = {"conv1_conv": {"strides": (1, 1)}}
Replacements = Mapping[type[keras.Layer], type[keras.Layer]]
FASTER_TRAINING: Replacements = {
    layers.Conv2D: PatchConv2D,
    layers.BatchNormalization: GhostNormalization,
}


def build(replacements: Replacements = FASTER_TRAINING) -> keras.Model:
    """An untrained model: grey faces [n, 48, 48, 1] in 0..255 to logits [n, 7].

    23.6 M parameters, 639 M multiply-adds per face. The backbone is Keras's ResNet50V2 with a stem
    of stride 2 instead of 4 (its convolution has stride 1), because a face is 48 pixels wide and
    not 224: its output is 3 x 3 x 2048 instead of 2 x 2 x 2048. Published weights fit; its input is
    three equal channels in -1..1.

    replacements: layer classes of Keras and the classes to use instead. The default ones compute
        the same at inference and train in about half the time (training/architectures/layers.py).
    """
    faces = keras.Input((48, 48, 1), name="faces")
    x = layers.Rescaling(1.0, offset=-127.5, name="centre")(faces)
    x = layers.Rescaling(1 / 127.5, name="scale")(x)
    x = layers.Concatenate(name="three_channels")([x, x, x])
    published = keras.applications.ResNet50V2(
        include_top=False, weights=None, input_shape=(48, 48, 3), name=BACKBONE
    )

    def copy(layer: keras.Layer) -> keras.Layer:
        kind = replacements.get(type(layer), type(layer))
        return kind.from_config({**layer.get_config(), **CHANGES.get(layer.name, {})})

    backbone = keras.models.clone_model(published, clone_function=copy)
    x = layers.GlobalAveragePooling2D(name="pool")(backbone(x))
    x = layers.Dropout(0.3, name="drop")(x)
    logits = layers.Dense(
        len(EMOTIONS), kernel_initializer="zeros", dtype="float32", name="logits"
    )(x)
    return keras.Model(faces, logits, name="resnet50v2")


def load_published_weights(model: keras.Model, weights: str) -> None:
    """Load published weights into the backbone: `imagenet` (downloaded) or a Keras .h5 file.

    Raises MoodpiError if they cannot be downloaded or read, or if they do not fit.
    """
    try:
        published = keras.applications.ResNet50V2(include_top=False, weights=weights)
        model.get_layer(BACKBONE).set_weights(published.get_weights())
    except Exception as error:  # Keras and urllib have no common base class
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MoodpiError(
            f"cannot load the published weights {quoted(weights)} ({reason}): use Keras's file "
            "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5, or leave out --weights",
            code="published_weights",
        ) from error
