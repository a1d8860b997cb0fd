"""One training run: seeded, with checkpoints that resume as if nothing had happened."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from tqdm import tqdm

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.augmentation import augment
from training.averaging import AveragingAdamW, mixed
from training.beginning import begin
from training.checkpoint import RunFolder
from training.config import TrainingConfig
from training.data.faces import Faces
from training.environment import environment
from training.model_weights import weights_of
from training.teacher import Teacher

# What NumPy, TensorFlow, PyTorch and JAX raise; the backends' own are not there to be named.
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError", "XlaRuntimeError")


@dataclass(frozen=True)
class Progress:
    """Where a run stands: epochs done, the best validation top-1 and every epoch's figures."""

    epochs_done: int = 0
    best: float = 0.0
    history: tuple[dict[str, float], ...] = ()


def targets(faces: Faces, config: TrainingConfig) -> NDArray[np.float32]:
    """Soft targets [n, 7]: the FER2013 label, blended with the votes where a face has any."""
    classes = len(EMOTIONS)
    labels = np.eye(classes, dtype=np.float32)[faces.labels]
    share = config.votes_share * (faces.votes.sum(axis=1, keepdims=True) > 0)
    blended = labels * (1 - share) + faces.votes * share
    smoothed = blended * (1 - config.label_smoothing) + config.label_smoothing / classes
    return smoothed.astype(np.float32)


def validate(model: keras.Model, faces: Faces, batch_size: int = 512) -> tuple[float, float]:
    """Top-1 on the FER2013 label, 0 to 1, and the mean cross-entropy to it."""
    logits = model.predict(faces.images[..., None].astype("float32"), batch_size, verbose=0)
    losses = keras.losses.sparse_categorical_crossentropy(faces.labels, logits, from_logits=True)
    top1 = np.mean(np.argmax(logits, axis=1) == faces.labels)
    return float(top1), float(ops.mean(losses))


class Trainer:
    """Fits one model on `training`, watching `validation`, keeping its state in `folder`."""

    def __init__(
        self,
        build: Callable[[], keras.Model],
        config: TrainingConfig,
        training: Faces,
        validation: Faces,
        folder: RunFolder,
    ) -> None:
        if len(training) < config.batch_size:
            raise MoodpiError(
                f"{len(training)} training faces, expected at least one batch of "
                f"{config.batch_size}: give more faces or a smaller --batch-size"
            )
        self.config = config
        self.training = training
        self.validation = validation
        self.folder = folder
        self.progress = Progress()
        keras.utils.set_random_seed(config.seed)
        keras.mixed_precision.set_dtype_policy(config.precision)
        self.model = build()
        begin(self.model, config.weights)
        self._beginning = self.model.get_weights() if config.beginning_share else []
        self._teacher = Teacher.read(config.teachers) if config.teachers else None
        self.model.compile(
            optimizer=self._optimizer(),
            loss=keras.losses.CategoricalCrossentropy(from_logits=True),
            # JAX trains nothing without it; TensorFlow's own compiler gains nothing here.
            jit_compile=keras.backend.backend() == "jax",
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def run(self) -> Progress:
        """Train to the configured epoch; each epoch ends with a whole checkpoint on disk."""
        soft = targets(self.training, self.config)
        with tqdm(
            total=self.config.epochs * self.steps_per_epoch,
            initial=self.progress.epochs_done * self.steps_per_epoch,
            unit="step",
            dynamic_ncols=True,
        ) as bar:
            while self.progress.epochs_done < self.config.epochs and not self._out_of_patience():
                epoch = self.progress.epochs_done + 1
                bar.set_description(f"epoch {epoch}/{self.config.epochs}")
                begun = time.monotonic()
                loss = self._train_epoch(epoch, soft, bar)
                self._end_epoch(epoch, loss, begun)
                bar.write(_epoch_line(self.progress))
        return self.progress

    @property
    def steps_per_epoch(self) -> int:
        return len(self.training) // self.config.batch_size

    def resume(self) -> None:
        """Take up the last checkpoint, or raise MoodpiError when it is absent or of another run."""
        state, story = self.folder.load()
        begun = TrainingConfig.of(story["config"])
        if differences := self.config.differences(begun):
            raise MoodpiError(
                f"{self.folder.path} was begun otherwise ({'; '.join(differences)} there): "
                "leave those options out, or give another --run folder"
            )
        variables = self._state()
        fits = {name: tuple(v.shape) for name, v in variables.items()}
        if {name: array.shape for name, array in state.items()} != fits:
            raise MoodpiError(f"{self.folder.path} holds no checkpoint of {self.config.model}")
        for name, variable in variables.items():
            variable.assign(state[name])
        self.progress = Progress(story["epochs_done"], story["best"], tuple(story["history"]))

    def draw_curves(self) -> None:
        """Put a picture of the run so far beside its story."""
        if self.progress.history:
            from training.curves import draw_curves

            self.folder.save_curves(draw_curves(self.progress.history, self.config.model))

    def _out_of_patience(self) -> bool:
        tops = [figures["validation_top1"] for figures in self.progress.history]
        return bool(tops) and len(tops) - 1 - tops.index(max(tops)) >= self.config.patience

    def _optimizer(self) -> keras.optimizers.Optimizer:
        config = self.config
        warmup = config.warmup_epochs * self.steps_per_epoch
        schedule = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=config.learning_rate / 25,
            warmup_target=config.learning_rate,
            warmup_steps=warmup,
            decay_steps=max(1, config.epochs * self.steps_per_epoch - warmup),
        )
        optimizer = AveragingAdamW(
            schedule, weight_decay=config.weight_decay, average_momentum=config.ema
        )
        optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
        return optimizer

    def _train_epoch(self, epoch: int, soft: NDArray[np.float32], bar: tqdm) -> float:
        losses = []
        for images, labels in self._batches(epoch, soft):
            self.model.reset_metrics()
            losses.append(self._step(images, labels))
            if not math.isfinite(losses[-1]):
                raise MoodpiError(
                    f"the loss is {losses[-1]} at step {len(losses)} of epoch {epoch}: begin anew "
                    f"with a --learning-rate below {self.config.learning_rate:g}"
                )
            bar.update()
        return float(np.mean(losses))

    def _step(self, images: NDArray[np.float32], labels: NDArray[np.float32]) -> float:
        try:
            return float(self.model.train_on_batch(images, labels))
        except Exception as error:
            if type(error).__name__ not in OUT_OF_MEMORY:
                raise
            raise MoodpiError(
                f"the memory is too small for {len(images)} faces a step: begin anew with a "
                "smaller --batch-size, or close other programs"
            ) from error

    def _batches(
        self, epoch: int, soft: NDArray[np.float32]
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        size = self.config.batch_size
        random = np.random.default_rng((self.config.seed, epoch))
        order = random.permutation(len(self.training))
        augmentation = self.config.augmentation_in(epoch)
        for start in range(0, self.steps_per_epoch * size, size):
            rows = order[start : start + size]
            seen = augment(self.training.images[rows], augmentation, random)
            faces, aims = seen[..., None].astype(np.float32), soft[rows]
            if self._teacher:
                share = self.config.teacher_share
                aims = (1 - share) * aims + share * self._teacher.probabilities(faces)
            yield faces, aims

    def _end_epoch(self, epoch: int, loss: float, begun: float) -> None:
        state = {name: ops.convert_to_numpy(value) for name, value in self._state().items()}
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        if self._beginning:
            share = self.config.beginning_share
            self.model.set_weights(mixed(self.model.get_weights(), self._beginning, share))
        top1, validation_loss = validate(self.model, self.validation)
        if epoch == 1 or top1 > self.progress.best:
            self.folder.save_best(weights_of(self.model))
        for name, variable in self._state().items():
            variable.assign(state[name])
        figures = {
            "epoch": epoch,
            "loss": round(loss, 5),
            "validation_loss": round(validation_loss, 5),
            "validation_top1": round(top1, 5),
            "seconds": round(time.monotonic() - begun, 1),
        }
        best = max(top1, self.progress.best)
        self.progress = Progress(epoch, best, (*self.progress.history, figures))
        self.folder.save(state, self._story())

    def _state(self) -> dict[str, Any]:
        """All that a step changes. Seeds and steps go by names that no earlier model can shift."""
        weights = {f"model/{v.path}": v for v in self.model.weights}
        kept = {id(v) for v in self.model.weights}
        others = [v for v in self.model.non_trainable_variables if id(v) not in kept]
        seeds = {f"seed/{index}": v for index, v in enumerate(others)}
        optimizer = self.model.optimizer.variables
        steps = {f"optimizer/{v.path.partition('/')[2]}": v for v in optimizer}
        return {**weights, **seeds, **steps}

    def _story(self) -> dict[str, Any]:
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
