"""Training gives the same losses on JAX and TensorFlow, and on one and several devices."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import ROOT

pytestmark = [
    pytest.mark.workstation,
    pytest.mark.skipif(find_spec("jax") is None, reason="needs moodpi[jax]"),
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs moodpi[train]"),
]


def losses(
    folder: Path, name: str, backend: str, devices: int = 1, radius: float = 0.0
) -> np.ndarray:
    """The losses of twenty steps from the weights in the folder, which the first call writes."""
    written = folder / f"{name}-{backend}-{devices}-{radius}.npy"
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT),
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    subprocess.run(
        [
            *(sys.executable, "-m", "tests.training.twenty_steps"),
            *(name, folder / f"{name}.npz", written),
            *("all" if devices > 1 else "one", str(radius)),
        ],
        env=environment,
        check=True,
    )
    return np.load(written)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("losses")


@pytest.mark.parametrize("name", ["simple_cnn", "tiny"])
def test_jax_and_tensorflow_have_equal_losses(folder, name):
    tensorflow = losses(folder, name, "tensorflow")

    assert len(tensorflow) == 20
    assert np.ptp(tensorflow) > 0.01
    assert losses(folder, name, "jax") == pytest.approx(tensorflow, abs=1e-3)


def test_sharpness_aware_steps_have_equal_losses_too(folder):
    tensorflow = losses(folder, "tiny", "tensorflow", radius=0.5)

    assert losses(folder, "tiny", "jax", radius=0.5) == pytest.approx(tensorflow, abs=1e-3)
    assert np.abs(tensorflow - losses(folder, "tiny", "tensorflow")).max() > 0.01


@pytest.mark.parametrize("devices", [2, 4])
def test_several_devices_have_the_losses_of_one(folder, devices):
    one = losses(folder, "tiny", "jax")

    assert losses(folder, "tiny", "jax", devices) == pytest.approx(one, abs=1e-3)
