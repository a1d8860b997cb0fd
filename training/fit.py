"""One training run: seeded, with checkpoints that resume as if nothing had happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from tqdm import tqdm

from models.emotions import EMOTIONS
from models.weights import load_arrays
from moodpi.errors import MoodpiError
from training.augmentation import augment
from training.checkpoint import RunFolder
from training.config import TrainingConfig
from training.dataset import Faces
from training.model_weights import assign_weights, weights_of


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


def accuracy(model: keras.Model, faces: Faces, batch_size: int = 512) -> float:
    """Top-1 share of `faces` on which the model's largest logit is the FER2013 label."""
    logits = model.predict(faces.images[..., None].astype("float32"), batch_size, verbose=0)
    return float(np.mean(np.argmax(logits, axis=1) == faces.labels))


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
        if config.weights:
            path = Path(config.weights)
            assign_weights(self.model, load_arrays(path), path)
        self.model.compile(
            optimizer=self._optimizer(),
            loss=keras.losses.CategoricalCrossentropy(from_logits=True),
            jit_compile=False,
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
            while self.progress.epochs_done < self.config.epochs:
                epoch = self.progress.epochs_done + 1
                bar.set_description(f"epoch {epoch}/{self.config.epochs}")
                loss = self._train_epoch(epoch, soft, bar)
                self._end_epoch(epoch, loss)
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

    def _optimizer(self) -> keras.optimizers.Optimizer:
        config = self.config
        warmup = config.warmup_epochs * self.steps_per_epoch
        schedule = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=config.learning_rate / 25,
            warmup_target=config.learning_rate,
            warmup_steps=warmup,
            decay_steps=max(1, config.epochs * self.steps_per_epoch - warmup),
        )
        optimizer = keras.optimizers.AdamW(
            schedule,
            weight_decay=config.weight_decay,
            use_ema=True,
            ema_momentum=config.ema,
        )
        optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
        return optimizer

    def _train_epoch(self, epoch: int, soft: NDArray[np.float32], bar: tqdm) -> float:
        losses = []
        for images, labels in self._batches(epoch, soft):
            self.model.reset_metrics()
            losses.append(float(self.model.train_on_batch(images, labels)))
            if not math.isfinite(losses[-1]):
                raise MoodpiError(
                    f"the loss is {losses[-1]} at step {len(losses)} of epoch {epoch}: begin anew "
                    f"with a --learning-rate below {self.config.learning_rate:g}"
                )
            bar.update()
        return float(np.mean(losses))

    def _batches(
        self, epoch: int, soft: NDArray[np.float32]
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        size = self.config.batch_size
        random = np.random.default_rng((self.config.seed, epoch))
        order = random.permutation(len(self.training))
        for start in range(0, self.steps_per_epoch * size, size):
            rows = order[start : start + size]
            faces = augment(self.training.images[rows], self.config.augmentation, random)
            yield faces[..., None].astype(np.float32), soft[rows]

    def _end_epoch(self, epoch: int, loss: float) -> None:
        state = {name: ops.convert_to_numpy(value) for name, value in self._state().items()}
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        top1 = accuracy(self.model, self.validation)
        if epoch == 1 or top1 > self.progress.best:
            self.folder.save_best(weights_of(self.model))
        for name, variable in self._state().items():
            variable.assign(state[name])
        figures = {"epoch": epoch, "loss": round(loss, 5), "validation_top1": round(top1, 5)}
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
            "environment": {"keras": keras.__version__, "backend": keras.backend.backend()},
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
