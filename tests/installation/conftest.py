"""A container to install moodpi in, the wheels to install it from, and a camera to look through."""

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
from tests.installation.machine import TOOLS, Machine
from tests.installation.system import absent, clean_root, root_copy

# What pip builds a wheel with, as pyproject.toml asks for it.
BUILDER = "setuptools>=77"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Moodpi's wheel, all that it needs on Python 3.11 with some extras, and what builds it."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the container has Python 3.11, its wheels are fetched with the same")
    folder = tmp_path_factory.mktemp("wheels")
    build_wheels(
        f"{checkout_copy(tmp_path_factory.mktemp('source'))}[web,mpd,mpv]", folder, BUILDER
    )
    return folder


@pytest.fixture(scope="session")
def damaged_wheels(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for a model that has lost its end."""
    folder = tmp_path_factory.mktemp("damaged-wheels")
    return altered(wheels, folder, "models/simple_cnn/int8.tflite", lambda model: model[:-1000])


@pytest.fixture(scope="session")
def failing_wheels(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for a service that ends as soon as it starts."""
    folder = tmp_path_factory.mktemp("failing-wheels")
    return altered(
        wheels,
        folder,
        "share/moodpi/moodpi.service",
        lambda unit: re.sub(b"ExecStart=.*", b"ExecStart=/bin/false", unit),
    )


@pytest.fixture(scope="module")
def machine(
    wheels: Path,
    damaged_wheels: Path,
    failing_wheels: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machine]:
    """A booted, clean Debian 12 that sees installer and wheels under /mnt."""
    if why := absent(*TOOLS):
        pytest.skip(why)
    root = root_copy(clean_root("bookworm"), tmp_path_factory.mktemp("machine"))
    container = Machine(
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


@pytest.fixture(scope="module")
def camera(portrait: Path) -> Iterator[str]:
    """The URL of a network camera that shows the portrait, for as long as it is asked."""
    with portrait_camera(portrait) as url:
        yield url


def checkout_copy(folder: Path) -> Path:
    """What git knows of the checkout, or would if it were asked to: as a release is unpacked."""
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
    """Wheels of the moodpi in `source`, with its dependencies unless `options` say otherwise."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run([*pip, *options, "--wheel-dir", folder, source], check=True)


def altered(wheels: Path, folder: Path, ending: str, change: Callable[[bytes], bytes]) -> Path:
    """The same wheels in `folder`, but for the file of moodpi's that ends like this."""
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
