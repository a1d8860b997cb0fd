"""A tiny model, trained and exported once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from training.data.faces import Faces


@pytest.fixture
def tiny() -> Iterator[None]:
    """Register the architecture "tiny"."""
    from tests.convert.tiny import known_architecture

    with known_architecture():
        yield


@pytest.fixture(scope="session")
def splits() -> dict[str, Faces]:
    """Seven patterns with noise, which a tiny model learns within a second."""
    random = np.random.default_rng(1)
    patterns = random.integers(40, 216, (7, 6, 6)).repeat(8, axis=1).repeat(8, axis=2)

    def faces(count: int) -> Faces:
        labels = np.arange(count) % 7
        noisy = patterns[labels] + random.normal(0, 25, (count, 48, 48))
        images = np.clip(noisy, 0, 255).astype(np.uint8)
        return Faces(images, labels, np.zeros((count, 7), np.float32))

    return {"Training": faces(350), "PublicTest": faces(140)}


@pytest.fixture(scope="session")
def run(splits, tmp_path_factory) -> Path:
    """A run folder of a trained tiny model."""
    from tests.convert.tiny import build_tiny
    from training import fit
    from training.config import TrainingConfig
    from training.run_folder import RunFolder

    folder = tmp_path_factory.mktemp("run")
    config = TrainingConfig(
        model="tiny", epochs=6, batch_size=32, learning_rate=0.02, warmup_epochs=1, ema=0.8
    )
    fit.Trainer(
        build_tiny, config, splits["Training"], splits["PublicTest"], RunFolder(folder)
    ).run()
    return folder


@pytest.fixture(scope="session")
def exported(run, splits, tmp_path_factory):
    from tests.convert.tiny import export_tiny, known_architecture

    folder = tmp_path_factory.mktemp("models")
    with known_architecture():
        return export_tiny(run / "best.npz", splits, folder)
