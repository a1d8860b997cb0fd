"""A network of a training run: its model, its initial weights and its best accuracy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
from keras import ops

from training.architectures import architecture
from training.data.faces import Faces
from training.initial_weights import load_initial_weights
from training.model_weights import weights_of
from training.run_folder import RunFolder
from training.weight_averaging import interpolate

# A multiple of the number of devices in every machine, which each evaluate a part of the batch.
VALIDATION_BATCH = 512


class Network:
    """One network.

    Args:
        build: Returns the untrained model.
        weights: The initial weights (training/initial_weights.py); empty for random ones.
        initial_share: Their share in the evaluated and saved weights, 0 to 1.
        trained_together: The name of a network that is trained together with the run's own; empty
            for the run's own.

    """

    def __init__(
        self,
        build: Callable[[], keras.Model],
        weights: str,
        initial_share: float = 0.0,
        trained_together: str = "",
    ) -> None:
        self.model = build()
        self.trained_together = trained_together
        load_initial_weights(self.model, weights)
        self._initial_share = initial_share
        self._initial = self.model.get_weights() if initial_share else []

    @classmethod
    def together(cls, text: str) -> Network:
        """A network that is written as MODEL, or as MODEL=NPZ with its initial weights."""
        name, _, weights = text.partition("=")
        return cls(architecture(name), weights, trained_together=name)

    def metric(self, name: str) -> str:
        """The name of a metric of this network in the history of the run."""
        return f"{name}_{self.trained_together}" if self.trained_together else name

    def end_epoch(
        self, validation: Faces, history: Sequence[Mapping[str, float]], folder: RunFolder
    ) -> dict[str, float]:
        """Mix in the initial weights, validate, and save the weights if they are the best.

        history: the metrics of the epochs before.

        Returns the validation metrics of this network.
        """
        if self._initial:
            mixed = interpolate(self.model.get_weights(), self._initial, self._initial_share)
            self.model.set_weights(mixed)
        top1, loss = validate(self.model, validation)
        name = self.metric("validation_top1")
        if not history or top1 > max(metrics[name] for metrics in history):
            folder.save_best_weights(weights_of(self.model), self.trained_together)
        return {self.metric("validation_loss"): round(loss, 5), name: round(top1, 5)}


def validate(
    model: keras.Model, faces: Faces, batch_size: int = VALIDATION_BATCH
) -> tuple[float, float]:
    """Top-1 accuracy on the FER2013 labels, 0 to 1, and the mean cross-entropy."""
    # Full batches: one program for all, and an equal part for each device.
    padding = -len(faces) % batch_size
    images = np.pad(faces.images, ((0, padding), (0, 0), (0, 0)))[..., None].astype("float32")
    logits = model.predict(images, batch_size, verbose=0)[: len(faces)]
    losses = keras.losses.sparse_categorical_crossentropy(faces.labels, logits, from_logits=True)
    top1 = np.mean(np.argmax(logits, axis=1) == faces.labels)
    return float(top1), float(ops.mean(losses))
