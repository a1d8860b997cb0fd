"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
# A shell that starts the tests in the background has them, and all they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

Moodpi = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def portrait() -> Path:
    """NASA's portrait of Eileen Collins: one face, smiling."""
    return ROOT / "tests" / "data" / "eileen_collins.jpg"


@pytest.fixture
def two_faces(tmp_path: Path, portrait: Path) -> Path:
    """A picture with the portrait twice: smaller on the left, as it is on the right."""
    grey = cv2.imread(str(portrait), cv2.IMREAD_GRAYSCALE)
    small = cv2.resize(grey, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    both = np.zeros((512, 1024), np.uint8)
    both[: small.shape[0], : small.shape[1]] = small
    both[:, 512:] = grey
    cv2.imwrite(str(tmp_path / "two.png"), both)
    return tmp_path / "two.png"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data is not beside the checkout")
    return folder


@pytest.fixture
def moodpi(tmp_path: Path) -> Moodpi:
    """Run the command line as a person would, in an empty folder and without their settings."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        theirs = ("MOODPI", "XDG_", "STATE_DIRECTORY")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
        return subprocess.run(
            [sys.executable, "-m", "moodpi", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**clean, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **variables},
            timeout=300,
            check=False,
        )

    return run
