"""Fixtures of several packages' tests, the marker `system`, and the option --fail-on-skip."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
# A shell that starts the tests in the background makes them and their children ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Folders in which every test needs a real server, a container or an emulator.
SYSTEM_FOLDERS = ("endurance", "installation")
# Skips that --fail-on-skip accepts: cases that do not exist here, and data that is not public.
ACCEPTED_SKIPS = ("not applicable: ", "no real data: ")

Moodpi = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fail-on-skip",
        action="store_true",
        help=f"fail skipped tests, unless the reason starts with one of {ACCEPTED_SKIPS}",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(ROOT / "tests").parts[0] in SYSTEM_FOLDERS:
            item.add_marker(pytest.mark.system)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    fail_if_skipped(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_if_skipped(report, collector.config)
    return report


def fail_if_skipped(
    report: pytest.TestReport | pytest.CollectReport, config: pytest.Config
) -> None:
    """Turn a skip into a failure under --fail-on-skip, unless its reason is accepted."""
    if not (report.skipped and config.getoption("fail_on_skip")):
        return
    assert isinstance(report.longrepr, tuple)
    path, line, message = report.longrepr
    if not message.removeprefix("Skipped: ").startswith(ACCEPTED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: --fail-on-skip: {message}"


@pytest.fixture(scope="session")
def portrait() -> Path:
    """NASA's portrait of Eileen Collins: one face, smiling."""
    return ROOT / "tests" / "data" / "eileen_collins.jpg"


@pytest.fixture
def two_faces(tmp_path: Path, portrait: Path) -> Path:
    """A picture with the portrait twice: scaled to 60 % on the left, unscaled on the right."""
    grey = cv2.imread(str(portrait), cv2.IMREAD_GRAYSCALE)
    small = cv2.resize(grey, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    both = np.zeros((512, 1024), np.uint8)
    both[: small.shape[0], : small.shape[1]] = small
    both[:, 512:] = grey
    cv2.imwrite(str(tmp_path / "two.png"), both)
    return tmp_path / "two.png"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the real data next to the checkout; skips the test if it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data: shared/data is not next to the checkout")
    return folder


@pytest.fixture
def moodpi(tmp_path: Path) -> Moodpi:
    """Run `moodpi` in an empty folder, without the user's own settings."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moodpi", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**environment(tmp_path), **variables},
            timeout=300,
            check=False,
        )

    return run


def environment(home: Path) -> dict[str, str]:
    """The environment of the tests with another home and without moodpi's own variables."""
    personal = ("MOODPI", "XDG_", "STATE_DIRECTORY")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(personal)}
    return {**clean, "HOME": str(home), "PYTHONPATH": str(ROOT)}
