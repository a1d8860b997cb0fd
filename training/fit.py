"""One training run: seeded, with checkpoints that resume and a folder that tells its story."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from tqdm import tqdm

from models.emotions import EMOTIONS
from models.weights import load_arrays, save_arrays
from moodpi.errors import MoodpiError
from training.augmentation import Augmentation, augment
from training.dataset import Faces

LAST = "last.npz"
BEST = "best.npz"
STORY = "run.json"


@dataclass(frozen=True)
class TrainingConfig:
    """What decides a run.

    votes_share: how much of each target comes from FER+'s votes, the rest from the FER2013 label.
    learning_rate: the peak, reached after `warmup_epochs`, then a cosine down to zero.
    ema: momentum per step of the weight average that is evaluated and kept.
    precision: a Keras dtype policy; mixed_bfloat16 pays where the processor has bfloat16 units.
    """

    model: str = "simple_cnn"
    epochs: int = 60
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    warmup_epochs: int = 2
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    votes_share: float = 0.0
    ema: float = 0.999
    seed: int = 1
    precision: str = "float32"
    augmentation: Augmentation = field(default_factory=Augmentation)


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
    """Fits one model on `training`, watching `validation`, keeping its state under `folder`."""

    def __init__(
        self,
        build: Callable[[], keras.Model],
        config: TrainingConfig,
        training: Faces,
        validation: Faces,
        folder: Path,
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
        story = _read_story(self.folder / STORY)
        if _without_epochs(story["config"]) != _without_epochs(asdict(self.config)):
            raise MoodpiError(
                f"{self.folder} was begun with another configuration: give the same options, "
                "or another --run folder"
            )
        arrays = load_arrays(self.folder / LAST)
        variables = self._state()
        if sorted(arrays) != sorted(variables):
            raise MoodpiError(f"{self.folder / LAST} is not a checkpoint of {self.config.model}")
        for name, variable in variables.items():
            variable.assign(arrays[name])
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
            losses.append(self.model.train_on_batch(images, labels))
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
        self._use_average()
        top1 = accuracy(self.model, self.validation)
        figures = {"epoch": epoch, "loss": round(loss, 5), "validation_top1": round(top1, 5)}
        if top1 > self.progress.best:
            save_arrays(self.folder / BEST, weights_of(self.model))
        for name, variable in self._state().items():
            variable.assign(state[name])
        best = max(top1, self.progress.best)
        self.progress = Progress(epoch, best, (*self.progress.history, figures))
        save_arrays(self.folder / LAST, state)
        self._write_story()

    def _use_average(self) -> None:
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)

    def _state(self) -> dict[str, Any]:
        variables = {f"model/{v.path}": v for v in self.model.variables}
        seeds = {
            f"seed/{layer.path}": layer.seed_generator.state
            for layer in self.model.layers
            if hasattr(layer, "seed_generator")
        }
        steps = {f"optimizer/{v.path}": v for v in self.model.optimizer.variables}
        return {**variables, **seeds, **steps}

    def _write_story(self) -> None:
        story = {
            "config": asdict(self.config),
            "environment": {"keras": keras.__version__, "backend": keras.backend.backend()},
            "parameters": self.model.count_params(),
            "training_faces": len(self.training),
            "validation_faces": len(self.validation),
            **asdict(self.progress),
        }
        aside = self.folder / (STORY + ".part")
        aside.write_text(json.dumps(story, indent=1) + "\n", encoding="utf-8")
        os.replace(aside, self.folder / STORY)


def weights_of(model: keras.Model) -> dict[str, NDArray[np.generic]]:
    """A model's weights by their path, seeds and optimizer left out."""
    return {v.path: ops.convert_to_numpy(v) for v in model.weights}


def _read_story(path: Path) -> dict[str, Any]:
    try:
        story: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MoodpiError(f"nothing to resume in {path.parent}: leave out --resume") from error
    except (OSError, ValueError) as error:
        raise MoodpiError(f"{path} cannot be read: {error}") from error
    return story


def _without_epochs(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name != "epochs"}


def _epoch_line(progress: Progress) -> str:
    last = progress.history[-1]
    return (
        f"epoch {last['epoch']:3d}  loss {last['loss']:.4f}  "
        f"validation top-1 {last['validation_top1']:.2%}  (best {progress.best:.2%})"
    )
