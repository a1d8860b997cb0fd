"""Every command works in a folder of any name, and with files of any name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.store import DEFAULT_CATALOG
from models.registry import MODELS_FOLDER
from tests.conftest import environment
from tests.edge.footage import video
from tests.hostile_folder import make_hostile_folder

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, portrait) -> Path:
    """A folder with a file of each kind that commands read."""
    folder = make_hostile_folder(tmp_path_factory.mktemp("any"))
    (folder / "photos").mkdir()
    shutil.copy(portrait, folder / "photos" / "a:b.jpg")
    shutil.copy(portrait, folder / "face.jpg")
    shutil.copy(video(folder.parent / "film.mkv"), folder / "film.mkv")
    shutil.copy(DEFAULT_CATALOG, folder / "music.sqlite")
    for name in ("int8.tflite", "float32.onnx"):
        shutil.copy(MODELS_FOLDER / "simple_cnn" / name, folder)
    (folder / "moodpi.toml").write_text('[model]\nname = "int8.tflite"\n')
    return folder


@pytest.fixture
def moodpi(folder) -> Command:
    """Run `moodpi` with the folder as home, for temporary files and as the working folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moodpi", *map(str, arguments)],
            cwd=folder,
            env={**environment(folder), "TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "FOLDER/face.jpg", "--catalog", "FOLDER/music.sqlite", "--remember"],
        ["recommend", "--emotion", "sad", "--json", "--catalog", "FOLDER/music.sqlite"],
        ["recommend", "face.jpg", "--json", "--config", "FOLDER/moodpi.toml"],
        ["classify", "FOLDER/face.jpg", "FOLDER/photos", "--model", "FOLDER/int8.tflite"],
        ["classify", "FOLDER/face.jpg", "--model", "FOLDER/float32.onnx", "--json"],
        ["run", "--source", "FOLDER/film.mkv", "--catalog", "FOLDER/music.sqlite"],
        ["run", "--source", "FOLDER/photos", "--model", "FOLDER/int8.tflite", "--json"],
        ["bench", "--pipeline", "FOLDER/film.mkv"],
        ["catalog", "info", "FOLDER/music.sqlite"],
        ["config", "--config", "FOLDER/moodpi.toml"],
        ["taste"],
        ["service", "install", "--dry-run", "--user"],
    ],
    ids=" ".join,
)
def test_a_command_works_in_a_folder_of_any_name(arguments, folder, moodpi):
    done = moodpi(*(argument.replace("FOLDER", str(folder)) for argument in arguments))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    if "--json" in arguments:
        for document in done.stdout.splitlines() if "run" in arguments else [done.stdout]:
            json.loads(document)
