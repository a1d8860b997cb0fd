"""The batches of an epoch: which faces, how they change, and what the networks learn of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from training.augmentation import Augmentation, Changes, draw_changes
from training.config import TrainingConfig
from training.data.faces import SIDE, Faces
from training.data.noisy_faces import noisy_copies
from training.targets import soft_targets


@dataclass(frozen=True)
class EpochPlan:
    """What the steps of an epoch do. The first axis of each array is the step.

    Attributes:
        rows: int32 [steps, batch], indices of training faces.
        changes: The augmentation of these faces, arrays [steps, batch, ...].
        learning_rates: float32 [steps].

    """

    rows: NDArray[np.int32]
    changes: Changes
    learning_rates: NDArray[np.float32]


class TrainingBatches:
    """The training faces, their targets, and the plan of each epoch.

    Attributes:
        images: uint8 [n, 48, 48]; with `noisy_share`, a noisy copy of each follows, which is the
            same in every epoch.
        targets: float32 [n, 7], repeated for the copies.
        steps_per_epoch: The number of full batches. The faces that do not fill one are left out.

    Raises MoodpiError if there are fewer faces than one batch needs.
    """

    def __init__(self, faces: Faces, config: TrainingConfig) -> None:
        if len(faces) < config.batch_size:
            raise MoodpiError(
                f"{len(faces)} training faces, expected at least one batch of "
                f"{config.batch_size}: provide more faces or a smaller --batch-size",
                code="too_few_faces",
            )
        self._seed = config.seed
        self._batch_size = config.batch_size
        self._noisy_share = config.noisy_share
        self._count = len(faces)
        self.images = faces.images
        self.targets = soft_targets(faces, config)
        if config.noisy_share:
            copies = noisy_copies(faces.images, np.random.default_rng(config.seed))
            self.images = np.concatenate([faces.images, copies])
            self.targets = np.concatenate([self.targets, self.targets])
        self.steps_per_epoch = len(faces) // config.batch_size

    def plan(
        self, epoch: int, augmentation: Augmentation, learning_rates: NDArray[np.float32]
    ) -> EpochPlan:
        """The plan of an epoch, counted from 1.

        The order and the changes depend on the seed, the epoch and `augmentation` alone.
        """
        random = np.random.default_rng((self._seed, epoch))
        shape = (self.steps_per_epoch, self._batch_size)
        used = shape[0] * shape[1]
        rows = random.permutation(self._count)[:used].astype(np.int32)
        changes = draw_changes(used, SIDE, augmentation, random)
        if self._noisy_share:
            noisy = random.random(used) < self._noisy_share
            rows[noisy] += self._count
            changes["noise_sigma"][noisy] = 0
        return EpochPlan(
            rows.reshape(shape),
            {name: array.reshape(*shape, *array.shape[1:]) for name, array in changes.items()},
            learning_rates,
        )
