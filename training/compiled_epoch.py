"""An epoch as one compiled program, for Keras on JAX; on a CPU, one program for each step."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import jax
import keras
import numpy as np

from training.batches import EpochPlan, TrainingBatches
from training.joint_model import JointModel
from training.stepping import Advance, Stepping

# Seconds between two checks whether the epoch is done. Ctrl-C takes effect at each.
POLL_SECONDS = 0.002
# Steps of a program on a CPU, where XLA computes a convolution inside a loop 30 times as slowly.
STEPS_ON_CPU = 1

# The values of the trainable variables, of the others, and of those of the optimizer.
State = tuple[list[Any], ...]


class CompiledEpoch(Stepping):
    """Runs all steps of an epoch inside one `jax.lax.scan`, on a CPU one step each.

    The faces and the targets stay on the device; only the plan of an epoch travels there. On
    several devices (`training.devices`) each works on its part of every batch.
    """

    def __init__(self, model: JointModel, batches: TrainingBatches) -> None:
        super().__init__(model, batches)
        self._data = jax.device_put((batches.images, batches.targets), _everywhere())
        self._program = jax.jit(self._scan, donate_argnums=0)

    def run(self, plan: EpochPlan, advance: Advance) -> list[float]:
        state = tuple([variable.value for variable in group] for group in self._variables())
        losses: list[float] = []
        for part in _parts(plan):
            state, computed = self._program(state, self._data, jax.device_put(part, _everywhere()))
            while not computed.is_ready():
                time.sleep(POLL_SECONDS)
            losses += np.asarray(computed).tolist()
            advance(len(computed))
            if not np.isfinite(losses).all():
                break
        for group, values in zip(self._variables(), state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        finite = list(takewhile(math.isfinite, losses))
        return losses[: len(finite) + 1]

    def _variables(self) -> tuple[list[keras.Variable], ...]:
        return (
            self.model.trainable_variables,
            self.model.non_trainable_variables,
            self.model.optimizer.variables,
        )

    def _scan(self, state: State, data: tuple[Any, Any], steps: Any) -> tuple[State, Any]:
        images, targets = data
        optimizer = self.model.optimizer
        is_rate = [variable is optimizer.learning_rate for variable in optimizer.variables]
        metrics = [jax.numpy.zeros(v.shape, v.dtype) for v in self.model.metrics_variables]

        def step(state: State, inputs: Any) -> tuple[State, Any]:
            trainable, other, slots = state
            rows, changes, rate = inputs
            slots = [rate if now else slot for now, slot in zip(is_rate, slots, strict=True)]
            faces = {"faces": _shared_out(images[rows]), "changes": changes}
            logs, (*state, _) = self.model.train_step(
                (trainable, other, slots, metrics), (faces, targets[rows])
            )
            return tuple(state), logs["loss"]

        if len(steps[0]) > 1:
            return jax.lax.scan(step, state, steps)
        state, loss = step(state, jax.tree.map(lambda array: array[0], steps))
        return state, loss[None]


def _parts(plan: EpochPlan) -> Iterator[Any]:
    """The steps of an epoch in the parts that one program runs."""
    steps = (plan.rows, plan.changes, plan.learning_rates)
    size = STEPS_ON_CPU if jax.default_backend() == "cpu" else len(plan.rows)
    for start in range(0, len(plan.rows), size):
        part = slice(start, start + size)
        yield jax.tree.map(lambda array, part=part: array[part], steps)


def _everywhere() -> Any:
    """The sharding of arrays that every device holds; None with a single device."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return None
    every_device: Any = jax.sharding.PartitionSpec
    return jax.sharding.NamedSharding(distribution.device_mesh.backend_mesh, every_device())


def _shared_out(batch: Any) -> Any:
    """The batch, an equal part of it on each device."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return batch
    return keras.distribution.distribute_tensor(batch, distribution.get_data_layout(batch.shape))
