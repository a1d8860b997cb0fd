"""The batches of an epoch: shuffled, augmented and labelled with soft targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from training.augmentation import augment
from training.config import TrainingConfig
from training.data.faces import Faces
from training.targets import soft_targets
from training.teacher import Teacher

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


class TrainingBatches:
    """Batches of training faces. The order and the augmentation depend on seed and epoch alone.

    Raises MoodpiError if there are fewer faces than one batch needs.
    """

    def __init__(
        self, faces: Faces, config: TrainingConfig, teacher: Teacher | None = None
    ) -> None:
        if len(faces) < config.batch_size:
            raise MoodpiError(
                f"{len(faces)} training faces, expected at least one batch of "
                f"{config.batch_size}: provide more faces or a smaller --batch-size",
                code="too_few_faces",
            )
        self._faces = faces
        self._config = config
        self._teacher = teacher
        self._targets = soft_targets(faces, config)

    @property
    def steps_per_epoch(self) -> int:
        return len(self._faces) // self._config.batch_size

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of one epoch, counted from 1.

        Each batch is faces float32 [batch, 48, 48, 1] in 0..255 and targets float32 [batch, 7].
        The faces that do not fill a batch are left out.
        """
        size = self._config.batch_size
        random = np.random.default_rng((self._config.seed, number))
        order = random.permutation(len(self._faces))
        augmentation = self._config.augmentation_at(number)
        for start in range(0, self.steps_per_epoch * size, size):
            rows = order[start : start + size]
            images = augment(self._faces.images[rows], augmentation, random)
            faces = images[..., None].astype(np.float32)
            yield faces, self._distilled(self._targets[rows], faces)

    def _distilled(
        self, targets: NDArray[np.float32], faces: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The targets with the teacher's share of its predictions, if there is a teacher."""
        if self._teacher is None:
            return targets
        share = self._config.teacher_share
        return (1 - share) * targets + share * self._teacher.probabilities(faces)
