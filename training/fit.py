"""The training loop: seeded, with a checkpoint after every epoch."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from tqdm import tqdm

from moodpi.errors import MoodpiError
from training.backend_joint_model import build_joint_model
from training.backend_stepping import stepping
from training.batches import TrainingBatches
from training.config import TrainingConfig
from training.data.faces import Faces
from training.environment import environment
from training.network import Network
from training.optimizer import build_optimizer
from training.run_folder import RunFolder
from training.schedule import augmentation_at, learning_rates, peer_share_at, planned_epochs
from training.teachers import load_teachers

# Raised by NumPy, TensorFlow and PyTorch. Compared by name: a backend may not be installed.
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError", "OutOfMemoryError")
# In the message of JAX, which has one class for all errors of a program.
OUT_OF_MEMORY_STATUS = "RESOURCE_EXHAUSTED"


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


class Trainer:
    """Fits networks to the training faces and saves their state in a run folder after every epoch.

    Args:
        build: Returns the untrained model of the run.
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
        self.networks = [
            Network(build, config.weights, config.initial_share),
            *map(Network.together, config.together),
        ]
        self.batches = TrainingBatches(training, config)
        self.joint = build_joint_model(
            [network.model for network in self.networks],
            # After the networks: loading a teacher draws from the same random generator.
            load_teachers(config.teachers),
            config,
        )
        # TensorFlow would gain nothing from XLA here; JAX compiles whole epochs.
        self.joint.compile(build_optimizer(config), jit_compile=False)
        self.joint.optimizer.build(self.joint.trainable_variables)
        self._stepping = stepping(self.joint, self.batches)
        self._run_started = self._epoch_started = time.monotonic()

    @property
    def model(self) -> keras.Model:
        """The model of the run's own network."""
        return self.networks[0].model

    def other_weights(self) -> list[Path]:
        """The best weights of the networks that are trained together with the run's own."""
        return [self.folder.weights_of(other.trained_together) for other in self.networks[1:]]

    def run(self) -> Progress:
        """Train until the configured end, or until patience runs out."""
        steps = self.batches.steps_per_epoch
        self._epoch_started = time.monotonic()
        self._run_started = self._epoch_started - sum(
            metrics["seconds"] for metrics in self.progress.history
        )
        with tqdm(
            total=None if self.config.minutes else self.config.epochs * steps,
            initial=self.progress.epochs_done * steps,
            unit="step",
            dynamic_ncols=True,
        ) as bar:
            while self.progress.epochs_done < (planned := self._planned_epochs()):
                if self._out_of_patience():
                    break
                epoch = self.progress.epochs_done + 1
                bar.set_description(_position(epoch, planned))
                self._end_epoch(epoch, self._train_epoch(epoch, planned, bar))
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

    def _planned_epochs(self) -> float:
        elapsed = time.monotonic() - self._run_started
        return planned_epochs(self.config, self.progress.history, elapsed)

    def _out_of_patience(self) -> bool:
        top1 = [metrics["validation_top1"] for metrics in self.progress.history]
        return bool(top1) and len(top1) - 1 - top1.index(max(top1)) >= self.config.patience

    def _train_epoch(self, epoch: int, planned: float, bar: tqdm) -> float:
        """Train for one epoch; return the mean loss of the networks."""
        config, steps = self.config, self.batches.steps_per_epoch
        self.joint.peer_share.assign(peer_share_at(config, epoch, planned))
        rates = learning_rates(config, epoch, planned, steps)
        plan = self.batches.plan(epoch, augmentation_at(config, epoch, planned), rates)
        try:
            losses = self._stepping.run(plan, bar.update)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
            raise MoodpiError(
                f"out of memory in a step of {config.batch_size} faces: start a new run with a "
                "smaller --batch-size, or close other programs",
                code="out_of_memory",
            ) from error
        if not math.isfinite(losses[-1]):
            raise MoodpiError(
                f"the loss is {losses[-1]} at step {len(losses)} of epoch {epoch}: start a "
                f"new run with a --learning-rate below {config.learning_rate:g}"
                + (" or a smaller --sharpness-radius" if config.sharpness_radius else ""),
                code="loss_not_finite",
            )
        return float(np.mean(losses)) / len(self.networks)

    def _end_epoch(self, epoch: int, loss: float) -> None:
        """Validate the averaged weights, save them if they are the best, save a checkpoint."""
        state = {name: ops.convert_to_numpy(value) for name, value in self._state().items()}
        self.joint.optimizer.finalize_variable_values(self.joint.trainable_variables)
        metrics = {"epoch": epoch, "loss": round(loss, 5)}
        for network in self.networks:
            metrics |= network.end_epoch(self.validation, self.progress.history, self.folder)
        for name, variable in self._state().items():
            variable.assign(state[name])
        now = time.monotonic()
        metrics["seconds"] = round(now - self._epoch_started, 2)
        self._epoch_started = now
        best = max(metrics["validation_top1"], self.progress.best)
        self.progress = Progress(epoch, best, (*self.progress.history, metrics))
        self.folder.save(state, self._record())

    def _state(self) -> dict[str, Any]:
        """Every variable that a step changes, by a name that does not depend on other models."""
        models = [network.model for network in self.networks]
        weights = [v for model in models for v in model.weights]
        weight_ids = {id(v) for v in weights}
        seeds = [
            v for model in models for v in model.non_trainable_variables if id(v) not in weight_ids
        ]
        optimizer = self.joint.optimizer
        # The learning rate follows from the schedule.
        slots = [v for v in optimizer.variables if v is not optimizer.learning_rate]
        return {
            **_numbered((f"model/{v.path}", v) for v in weights),
            **{f"seed/{index}": v for index, v in enumerate(seeds)},
            **_numbered((f"optimizer/{v.path.partition('/')[2]}", v) for v in slots),
        }

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


def _numbered(variables: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Variables by name; of equal names, in networks trained together, the second gets a '#2'."""
    counts: Counter[str] = Counter()
    named = {}
    for name, variable in variables:
        counts[name] += 1
        named[name if counts[name] == 1 else f"{name}#{counts[name]}"] = variable
    return named


def _is_out_of_memory(error: Exception) -> bool:
    return type(error).__name__ in OUT_OF_MEMORY or OUT_OF_MEMORY_STATUS in str(error)


def _epoch_line(progress: Progress) -> str:
    last = progress.history[-1]
    return (
        f"epoch {last['epoch']:3d}  loss {last['loss']:.4f}  "
        f"validation top-1 {last['validation_top1']:.2%}  (best {progress.best:.2%})"
    )


def _position(epoch: int, planned: float) -> str:
    return f"epoch {epoch}/{planned:.0f}" if math.isfinite(planned) else f"epoch {epoch}"
