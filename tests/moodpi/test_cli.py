"""The front door: help, version, unknown words, and what it does not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from moodpi import __version__
from moodpi.cli import COMMANDS

HEAVY = {"numpy", "cv2", "pandas", "tensorflow", "keras", "matplotlib", "argparse", "sqlite3"}
WORKSTATION = {"tensorflow", "keras", "pandas", "matplotlib", "seaborn", "tf2onnx", "training"}


def imported_by(code: str) -> set[str]:
    child = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in child.stderr.split()}


def test_version_is_printed(moodpi) -> None:
    done = moodpi("--version")
    assert (done.returncode, done.stdout) == (0, f"moodpi {__version__}\n")


def test_help_lists_every_command_with_its_purpose(moodpi) -> None:
    done = moodpi("--help")
    assert done.returncode == 0
    for name, summary in COMMANDS.items():
        assert f"{name} " in done.stdout
        assert summary in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(moodpi, name: str) -> None:
    done = moodpi(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: moodpi {name}")


def test_version_and_help_import_nothing_heavy() -> None:
    assert not HEAVY & imported_by("from moodpi.cli import main; main(['--version'])")
    assert not HEAVY & imported_by("from moodpi.cli import main; main(['--help'])")


@pytest.mark.parametrize("command", ["recommend", "classify", "run", "doctor", "config"])
def test_the_pi_side_never_imports_the_workstation_side(command: str) -> None:
    code = (
        f"from moodpi.cli import command_module; command_module('{command}'); "
        "import edge.classifier, edge.faces, edge.photo, edge.recommender, edge.daemon, "
        "edge.doctor, edge.config, catalog.store, models.registry"
    )
    assert not WORKSTATION & imported_by(code)


def test_no_command_prints_the_help_and_is_wrong_usage(moodpi) -> None:
    done = moodpi()
    assert done.returncode == 2
    assert "usage: moodpi" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["recomend"], "unknown command 'recomend': did you mean 'recommend'?"),
        (["classify", "a.png", "--jsn"], "did you mean '--json'?"),
        (["recommend"], "give a PHOTO or --emotion E"),
        (["recommend", "--emotion", "hapy"], "unknown emotion 'hapy': did you mean 'happy'?"),
        (["recommend", "--emotion", "sad", "-n", "0"], "'0'"),
        (["recommend", "--emotion", "sad", "--strategy", "lft"], "did you mean 'lift'?"),
        (["classify", "a.png", "--model", "simpel_cnn"], "did you mean 'simple_cnn'?"),
        (["classify", "a.png", "--format", "int8.tflit"], "did you mean 'int8.tflite'?"),
    ],
)
def test_wrong_usage_is_one_line_with_the_nearest_name(moodpi, arguments, says) -> None:
    done = moodpi(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
    assert done.stdout == ""


def test_a_missing_package_names_what_brings_it() -> None:
    code = (
        "import sys; sys.modules['cv2'] = None; from moodpi.cli import main; "
        "sys.exit(main(['classify', 'a.png']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "moodpi: cv2 is not installed: pip install 'opencv-python-headless>=4.8,<5'\n"
    )
