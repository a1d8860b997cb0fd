"""The training loop: seeded, with a checkpoint after every epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from tqdm import tqdm

from moodpi.errors import MoodpiError
from training.batches import Batch, TrainingBatches
from training.config import TrainingConfig
from training.data.faces import Faces
from training.environment import environment
from training.initial_weights import load_initial_weights
from training.model_weights import weights_of
from training.optimizer import build_optimizer
from training.run_folder import RunFolder
from training.teacher import Teacher
from training.weight_averaging import interpolate

# Raised by NumPy, TensorFlow, PyTorch and JAX. Compared by name: a backend may not be installed.
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError", "XlaRuntimeError")


@dataclass(frozen=True)
class Progress:
    """The progress of a run.

    Attributes:
        epochs_done: The number of completed epochs.
        best: The best validation top-1 so far, 0 to 1.
        history: The metrics of each completed epoch.

    """

    epochs_done: int = 0
    best: float = 0.0
    history: tuple[dict[str, float], ...] = ()


def validate(model: keras.Model, faces: Faces, batch_size: int = 512) -> tuple[float, float]:
    """Top-1 accuracy on the FER2013 labels, 0 to 1, and the mean cross-entropy."""
    logits = model.predict(faces.images[..., None].astype("float32"), batch_size, verbose=0)
    losses = keras.losses.sparse_categorical_crossentropy(faces.labels, logits, from_logits=True)
    top1 = np.mean(np.argmax(logits, axis=1) == faces.labels)
    return float(top1), float(ops.mean(losses))


class Trainer:
    """Fits a model to the training faces and saves its state in a run folder after every epoch.

    Args:
        build: Returns an untrained model.
        config: The configuration of the run.
        training: The faces to fit.
        validation: The faces that choose the best epoch.
        folder: The files of the run.

    """

    def __init__(
        self,
        build: Callable[[], keras.Model],
        config: TrainingConfig,
        training: Faces,
        validation: Faces,
        folder: RunFolder,
    ) -> None:
        self.config = config
        self.training = training
        self.validation = validation
        self.folder = folder
        self.progress = Progress()
        keras.utils.set_random_seed(config.seed)
        keras.mixed_precision.set_dtype_policy(config.precision)
        self.model = build()
        load_initial_weights(self.model, config.weights)
        self._initial = self.model.get_weights() if config.initial_share else []
        # After the model: loading a teacher draws from the same random generator.
        teacher = Teacher.load(config.teachers) if config.teachers else None
        self.batches = TrainingBatches(training, config, teacher)
        self.model.compile(
            optimizer=build_optimizer(config, self.batches.steps_per_epoch),
            loss=keras.losses.CategoricalCrossentropy(from_logits=True),
            # JAX requires it for training; TensorFlow gains nothing from it here.
            jit_compile=keras.backend.backend() == "jax",
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def run(self) -> Progress:
        """Train up to the configured epoch, or until patience runs out."""
        steps = self.batches.steps_per_epoch
        with tqdm(
            total=self.config.epochs * steps,
            initial=self.progress.epochs_done * steps,
            unit="step",
            dynamic_ncols=True,
        ) as bar:
            while self.progress.epochs_done < self.config.epochs and not self._out_of_patience():
                epoch = self.progress.epochs_done + 1
                bar.set_description(f"epoch {epoch}/{self.config.epochs}")
                started = time.monotonic()
                loss = self._train_epoch(epoch, bar)
                self._end_epoch(epoch, loss, started)
                bar.write(_epoch_line(self.progress))
        return self.progress

    def resume(self) -> None:
        """Restore the last checkpoint.

        Raises MoodpiError if there is none, or if it is of another model or configuration.
        """
        state, record = self.folder.load()
        saved = TrainingConfig.from_json(record["config"])
        if differences := self.config.differences(saved):
            raise MoodpiError(
                f"{self.folder.path} was started with other settings "
                f"(now, then: {'; '.join(differences)}): leave those options out, "
                "or name another folder with --run",
                code="other_settings",
            )
        variables = self._state()
        shapes = {name: tuple(v.shape) for name, v in variables.items()}
        if {name: array.shape for name, array in state.items()} != shapes:
            raise MoodpiError(
                f"{self.folder.path} holds a checkpoint of another model than {self.config.model}",
                code="other_model",
            )
        for name, variable in variables.items():
            variable.assign(state[name])
        self.progress = Progress(record["epochs_done"], record["best"], tuple(record["history"]))

    def save_learning_curves(self) -> None:
        """Draw the learning curves of the run so far into its folder."""
        if self.progress.history:
            # heavy import (matplotlib)
            from training.learning_curves import draw_learning_curves

            self.folder.save_learning_curves(
                draw_learning_curves(self.progress.history, self.config.model)
            )

    def _out_of_patience(self) -> bool:
        top1 = [metrics["validation_top1"] for metrics in self.progress.history]
        return bool(top1) and len(top1) - 1 - top1.index(max(top1)) >= self.config.patience

    def _train_epoch(self, epoch: int, bar: tqdm) -> float:
        """Train for one epoch; return the mean loss."""
        losses = []
        for batch in self.batches.epoch(epoch):
            self.model.reset_metrics()
            losses.append(self._train_step(batch))
            if not math.isfinite(losses[-1]):
                raise MoodpiError(
                    f"the loss is {losses[-1]} at step {len(losses)} of epoch {epoch}: start a "
                    f"new run with a --learning-rate below {self.config.learning_rate:g}",
                    code="loss_not_finite",
                )
            bar.update()
        return float(np.mean(losses))

    def _train_step(self, batch: Batch) -> float:
        faces, targets = batch
        try:
            return float(self.model.train_on_batch(faces, targets))
        except Exception as error:
            if type(error).__name__ not in OUT_OF_MEMORY:
                raise
            raise MoodpiError(
                f"out of memory in a step of {len(faces)} faces: start a new run with a "
                "smaller --batch-size, or close other programs",
                code="out_of_memory",
            ) from error

    def _end_epoch(self, epoch: int, loss: float, started: float) -> None:
        """Validate the averaged weights, save them if they are the best, save a checkpoint."""
        state = {name: ops.convert_to_numpy(value) for name, value in self._state().items()}
        top1, validation_loss = self._validate_averaged(epoch)
        for name, variable in self._state().items():
            variable.assign(state[name])
        metrics = {
            "epoch": epoch,
            "loss": round(loss, 5),
            "validation_loss": round(validation_loss, 5),
            "validation_top1": round(top1, 5),
            "seconds": round(time.monotonic() - started, 1),
        }
        best = max(top1, self.progress.best)
        self.progress = Progress(epoch, best, (*self.progress.history, metrics))
        self.folder.save(state, self._record())

    def _validate_averaged(self, epoch: int) -> tuple[float, float]:
        """Top-1 and loss of the averaged weights, which stay assigned to the model."""
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        if self._initial:
            share = self.config.initial_share
            self.model.set_weights(interpolate(self.model.get_weights(), self._initial, share))
        top1, loss = validate(self.model, self.validation)
        if epoch == 1 or top1 > self.progress.best:
            self.folder.save_best_weights(weights_of(self.model))
        return top1, loss

    def _state(self) -> dict[str, Any]:
        """Every variable that a step changes, by a name that does not depend on other models."""
        weights = {f"model/{v.path}": v for v in self.model.weights}
        weight_ids = {id(v) for v in self.model.weights}
        others = [v for v in self.model.non_trainable_variables if id(v) not in weight_ids]
        seeds = {f"seed/{index}": v for index, v in enumerate(others)}
        optimizer = self.model.optimizer.variables
        steps = {f"optimizer/{v.path.partition('/')[2]}": v for v in optimizer}
        return {**weights, **seeds, **steps}

    def _record(self) -> dict[str, Any]:
        """The run record as JSON values."""
        return {
            "config": asdict(self.config),
            "environment": environment(),
            "parameters": self.model.count_params(),
            "training_faces": len(self.training),
            "validation_faces": len(self.validation),
            **asdict(self.progress),
        }


def _epoch_line(progress: Progress) -> str:
    last = progress.history[-1]
    return (
        f"epoch {last['epoch']:3d}  loss {last['loss']:.4f}  "
        f"validation top-1 {last['validation_top1']:.2%}  (best {progress.best:.2%})"
    )
