"""Runs the steps of an epoch, one at a time."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

from training.batches import EpochPlan, TrainingBatches
from training.joint_model import JointModel

# Called with the number of steps that were done since the last call.
Advance = Callable[[int], object]


class Stepping(ABC):
    """Trains a joint model on the batches of an epoch."""

    def __init__(self, model: JointModel, batches: TrainingBatches) -> None:
        self.model = model
        self.batches = batches

    @abstractmethod
    def run(self, plan: EpochPlan, advance: Advance) -> list[float]:
        """Run the steps and return their losses, up to the first one that is not finite."""


class StepByStep(Stepping):
    """One call of Keras for each step: TensorFlow and PyTorch."""

    def run(self, plan: EpochPlan, advance: Advance) -> list[float]:
        losses: list[float] = []
        for step, rows in enumerate(plan.rows):
            faces = {
                "faces": self.batches.images[rows],
                "changes": {name: array[step] for name, array in plan.changes.items()},
            }
            self.model.optimizer.learning_rate.assign(plan.learning_rates[step])
            self.model.reset_metrics()
            losses.append(float(self.model.train_on_batch(faces, self.batches.targets[rows])))
            if not math.isfinite(losses[-1]):
                break
            advance(1)
        return losses
