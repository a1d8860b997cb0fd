"""A container to install moodpi in, the wheels to install it from, and a camera to look through."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.edge.portrait_camera import portrait_camera
from tests.service.machine import Machine, missing
from tests.service.system import make_root


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Moodpi's wheel and all that it needs on Python 3.11."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the container has Python 3.11, its wheels are fetched with the same")
    folder = tmp_path_factory.mktemp("wheels")
    source = checkout_copy(tmp_path_factory.mktemp("source"))
    build_wheels(source, folder)
    return folder


@pytest.fixture(scope="session")
def broken_wheels(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for a model that was damaged before it was packed."""
    source = checkout_copy(tmp_path_factory.mktemp("broken-source"))
    model = source / "models" / "simple_cnn" / "int8.tflite"
    model.write_bytes(model.read_bytes()[:-1000])
    folder = tmp_path_factory.mktemp("broken-wheels")
    for wheel in wheels.iterdir():
        if not wheel.name.startswith("moodpi-"):
            (folder / wheel.name).hardlink_to(wheel)
    build_wheels(source, folder, "--no-deps")
    return folder


@pytest.fixture(scope="module")
def machine(
    wheels: Path, broken_wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """A booted, clean Debian 12 that sees installer and wheels under /mnt."""
    if why := missing():
        pytest.skip(why)
    clean = ROOT / "build" / "bookworm"
    if not clean.is_dir():
        clean.parent.mkdir(exist_ok=True)
        make_root(clean)
    root = tmp_path_factory.mktemp("machine") / "root"
    subprocess.run(["cp", "-a", clean, root], check=True)
    container = Machine(
        root,
        {
            checkout_copy(tmp_path_factory.mktemp("release")): "/mnt/moodpi",
            wheels: "/mnt/wheels",
            broken_wheels: "/mnt/broken",
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


def build_wheels(source: Path, folder: Path, *options: str) -> None:
    """Wheels of the moodpi in `source`, with its dependencies unless `options` say otherwise."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run([*pip, *options, "--wheel-dir", folder, source], check=True)
