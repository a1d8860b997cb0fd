"""Fixtures: a container, the wheels to install moodpi from, and a network camera."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT
from tests.edge.portrait_camera import portrait_camera
from tests.installation.arm_system import TOOLS as ARM_TOOLS
from tests.installation.arm_system import (
    ArmSystem,
    fetch_aarch64_wheels,
    make_arm_root,
    running,
)
from tests.installation.container import TOOLS, Container
from tests.installation.debian_system import clean_root, missing_requirements, root_copy

# Bookworm runs in .ci/run; Trixie takes too long for it.
RELEASES = [
    pytest.param(("bookworm", "3.11")),
    pytest.param(("trixie", "3.13"), marks=pytest.mark.long),
]
# The build requirement in pyproject.toml.
BUILDER = "setuptools>=77"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Moodpi's wheel with its dependencies and some extras, for Python 3.11, and setuptools."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the container has Python 3.11, its wheels are fetched with the same")
    folder = tmp_path_factory.mktemp("wheels")
    build_wheels(
        f"{checkout_copy(tmp_path_factory.mktemp('source'))}[web,mpd,mpv]", folder, BUILDER
    )
    return folder


@pytest.fixture(scope="session")
def damaged_wheels(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same wheels with a truncated model."""
    folder = tmp_path_factory.mktemp("damaged-wheels")
    return altered(wheels, folder, "models/simple_cnn/int8.tflite", lambda model: model[:-1000])


@pytest.fixture(scope="session")
def failing_wheels(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same wheels with a service that exits at once."""
    folder = tmp_path_factory.mktemp("failing-wheels")
    return altered(
        wheels,
        folder,
        "share/moodpi/moodpi.service",
        lambda unit: re.sub(b"ExecStart=.*", b"ExecStart=/bin/false", unit),
    )


@pytest.fixture(scope="module")
def container(
    wheels: Path,
    damaged_wheels: Path,
    failing_wheels: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Container]:
    """A booted, clean Debian 12 with the installer and the wheels under /mnt."""
    if why := missing_requirements(*TOOLS):
        pytest.skip(why)
    root = root_copy(clean_root("bookworm"), tmp_path_factory.mktemp("container"))
    container = Container(
        root,
        {
            checkout_copy(tmp_path_factory.mktemp("release")): "/mnt/moodpi",
            wheels: "/mnt/wheels",
            damaged_wheels: "/mnt/damaged",
            failing_wheels: "/mnt/failing",
        },
    )
    try:
        container.boot()
        yield container
    finally:
        container.power_off()
        shutil.rmtree(root)


@pytest.fixture(scope="session", params=RELEASES, ids=lambda release: release[0])
def arm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArmSystem]:
    """A Debian for ARM with moodpi installed from wheels, as pip does on a Pi."""
    if why := missing_requirements(*ARM_TOOLS):
        pytest.skip(why)
    release, python = request.param
    clean = ROOT / "build" / f"{release}-arm64"
    if not clean.is_dir():
        clean.parent.mkdir(exist_ok=True)
        make_arm_root(clean, release)
    root = tmp_path_factory.mktemp("arm") / "root"
    subprocess.run(["cp", "-a", clean, root], check=True)
    (root / "wheels").mkdir()
    build_wheels(checkout_copy(tmp_path_factory.mktemp("source")), root / "wheels", "--no-deps")
    fetch_aarch64_wheels(root / "wheels", python, "onnx")
    with running(root) as system:
        system.output("python3", "-m", "venv", "/opt/moodpi")
        pip = ("/opt/moodpi/bin/python", "-m", "pip", "install", "--quiet", "--no-index")
        system.output(*pip, "--find-links", "/wheels", "moodpi[onnx]")
        yield system


@pytest.fixture(scope="module")
def camera(portrait: Path) -> Iterator[str]:
    """The URL of a network camera that shows the portrait."""
    with portrait_camera(portrait) as url:
        yield url


def checkout_copy(folder: Path) -> Path:
    """Copy the checkout's files that git does not ignore into `folder`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def build_wheels(source: Path | str, folder: Path, *options: str) -> None:
    """Build the wheels of `source` and, unless `options` disable it, its dependencies."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run([*pip, *options, "--wheel-dir", folder, source], check=True)


def altered(wheels: Path, folder: Path, ending: str, change: Callable[[bytes], bytes]) -> Path:
    """Copy the wheels to `folder`, changing the files of moodpi whose path ends with `ending`."""
    for wheel in wheels.iterdir():
        if not wheel.name.startswith("moodpi-"):
            (folder / wheel.name).hardlink_to(wheel)
            continue
        with ZipFile(wheel) as before, ZipFile(folder / wheel.name, "w") as after:
            for entry in before.infolist():
                content = before.read(entry)
                after.writestr(
                    entry, change(content) if entry.filename.endswith(ending) else content
                )
    return folder
