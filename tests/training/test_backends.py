"""Training gives the same losses on JAX and TensorFlow, and on one and several devices."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import ROOT

pytestmark = [
    pytest.mark.workstation,
    pytest.mark.skipif(find_spec("jax") is None, reason="needs moodpi[jax]"),
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs moodpi[train]"),
]


def twenty_steps(
    folder: Path, name: str, backend: str, devices: int = 1, radius: float = 0.0
) -> dict[str, np.ndarray]:
    """The result of twenty steps from the weights in the folder, which the first call writes."""
    written = folder / f"{name}-{backend}-{devices}-{radius}.npz"
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
    with np.load(written) as arrays:
        return dict(arrays)


def losses(*arguments: Any, **options: Any) -> np.ndarray:
    return twenty_steps(*arguments, **options)["losses"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("losses")


@pytest.mark.parametrize("name", ["simple_cnn", "tiny"])
def test_jax_and_tensorflow_have_equal_losses(folder, name):
    tensorflow = losses(folder, name, "tensorflow")

    assert len(tensorflow) == 20
    assert np.ptp(tensorflow) > 0.01
    assert losses(folder, name, "jax") == pytest.approx(tensorflow, abs=1e-3)


def test_sharpness_aware_steps_are_equal_on_jax_and_tensorflow(folder):
    tensorflow = twenty_steps(folder, "tiny", "tensorflow", radius=0.5)
    jax = twenty_steps(folder, "tiny", "jax", radius=0.5)

    for name in ("losses", "statistics"):
        assert jax[name] == pytest.approx(tensorflow[name], rel=1e-3, abs=1e-4), name
    ordinary = losses(folder, "tiny", "tensorflow")
    assert np.abs(tensorflow["losses"] - ordinary).max() > 0.01


@pytest.mark.parametrize("radius", [0.0, 0.5])
@pytest.mark.parametrize("devices", [2, 4])
def test_several_devices_have_the_losses_of_one(folder, devices, radius):
    one = losses(folder, "tiny", "jax", radius=radius)

    assert losses(folder, "tiny", "jax", devices, radius) == pytest.approx(one, abs=1e-3)
