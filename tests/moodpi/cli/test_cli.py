"""The entry point: help, version, usage errors, and the modules that it does not import."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moodpi import __version__
from moodpi.cli.table import COMMANDS
from moodpi.requirements import OPENCV, how_to_install
from tests.conftest import environment

HEAVY = {"numpy", "cv2", "pandas", "tensorflow", "keras", "matplotlib", "argparse", "sqlite3"}
WORKSTATION = {"tensorflow", "keras", "pandas", "matplotlib", "seaborn", "tf2onnx", "training"}


def imported_by(code: str) -> set[str]:
    child = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
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
    for name, command in COMMANDS.items():
        assert f"{name} " in done.stdout
        assert command.help in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(moodpi, name: str) -> None:
    done = moodpi(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: moodpi {name}")


def test_version_and_help_import_nothing_heavy() -> None:
    assert not HEAVY & imported_by("from moodpi.cli.main import main; main(['--version'])")
    assert not HEAVY & imported_by("from moodpi.cli.main import main; main(['--help'])")


def test_the_version_imports_few_modules() -> None:
    code = "present = {*sys.modules}\nfrom moodpi.cli.main import main; main(['--version'])"
    child = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*{{*sys.modules}} - present)"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = child.stdout.splitlines()[1].split()
    assert "moodpi.cli.main" in imported
    # dataclasses imports inspect, ast and others, and takes longer than the interpreter.
    assert not {"dataclasses", "edge", "moodpi.cli.table"} & {*imported}
    # Of the standard library, an environment may have imported more or less before.
    assert len([name for name in imported if name.partition(".")[0] == "moodpi"]) < 12


def test_the_pi_side_never_imports_the_workstation_side() -> None:
    # Every command, and all of edge/ whose own packages are installed.
    code = (
        "import importlib, pkgutil, catalog.store, edge, models.registry\n"
        "import edge.vision.classifier, edge.vision.detector\n"
        "import edge.photos.photo, edge.music.recommender, edge.daemon.loop\n"
        "import edge.ops.doctor, edge.config.load\n"
        "from moodpi.cli.table import COMMANDS\n"
        "from moodpi.errors import MoodpiError\n"
        "for command in COMMANDS.values(): command.load()\n"
        "for module in pkgutil.walk_packages(edge.__path__, 'edge.'):\n"
        "    try: importlib.import_module(module.name)\n"
        "    except (ModuleNotFoundError, MoodpiError): pass\n"
    )
    found = imported_by(code)
    assert "edge" in found
    assert not WORKSTATION & found


def test_the_daemon_never_imports_tomlkit() -> None:
    code = "import moodpi.cli.commands.run_daemon"
    assert "tomlkit" not in imported_by(code)


def test_no_command_prints_the_help_and_is_a_usage_error(moodpi) -> None:
    done = moodpi()
    assert done.returncode == 2
    assert "usage: moodpi" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["recomend"], "unknown command 'recomend': did you mean 'recommend'?"),
        (["classify", "a.png", "--jsn"], "did you mean '--json'?"),
        (["recommend"], "expected either PHOTO or --emotion E"),
        (["recommend", "--emotion", "hapy"], "unknown emotion 'hapy': did you mean 'happy'?"),
        (["recommend", "--emotion", "sad", "-n", "0"], "'0'"),
        (["recommend", "--emotion", "sad", "--strategy", "lft"], "did you mean 'lift'?"),
        (["classify", "a.png", "--model", "simpel_cnn"], "did you mean 'simple_cnn'?"),
        (["classify", "a.png", "--format", "int8.tflit"], "did you mean 'int8.tflite'?"),
        (["service", "uninstall", "--player", "mpv"], "unexpected argument '--player' (see"),
        (
            ["service", "install", "--user", "--player", "mpv"],
            "--player cannot be used with --user",
        ),
        (["service", "uninstall", "--user", "--purge"], "delete ~/.config/moodpi"),
    ],
)
def test_a_usage_error_is_one_line_with_the_nearest_name(moodpi, arguments, expected) -> None:
    done = moodpi(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert expected in done.stderr
    assert done.stdout == ""


def test_a_missing_package_is_an_error_with_the_command_that_installs_it() -> None:
    code = (
        "import sys; sys.modules['cv2'] = None; from moodpi.cli.main import main; "
        "sys.exit(main(['classify', 'a.png']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"moodpi: cv2 is not installed: {how_to_install(OPENCV)}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["recommend", "--emotion", "sad"]])
def test_a_full_disk_behind_stdout_is_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "moodpi", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "moodpi: output: No space left on device\n")


@pytest.mark.parametrize("arguments", [["--help"], ["recommend", "--emotion", "sad"]])
def test_a_closed_pipe_prints_nothing(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "moodpi", *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


def test_a_full_disk_behind_both_outputs_is_a_failure() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "moodpi", "--help"], stdout=full, stderr=full, check=False
        )
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["recommend", "--emotion", "sad"], 0), (["x"], 2)]
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_closed_streams_change_no_exit_code(
    arguments: list[str], code: int, closed: str, tmp_path: Path
) -> None:
    command = shlex.join([sys.executable, "-m", "moodpi", *arguments])
    done = subprocess.run(
        ["sh", "-c", f"{command} {closed}"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_closed_descriptor_is_not_that_of_the_next_file(tmp_path: Path) -> None:
    code = (
        "import os, sys; from moodpi.cli.main import main; main(['--version']); "
        f"file = open({str(tmp_path / 'file')!r}, 'w'); "
        "os.write(2, b'noise'); os.write(1, b'noise')"
    )
    subprocess.run(
        ["sh", "-c", shlex.join([sys.executable, "-c", code]) + " <&- >&- 2>&-"],
        env=environment(tmp_path),
        check=True,
    )
    assert (tmp_path / "file").read_text() == ""


def test_a_library_that_does_not_load_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object')")
    done = subprocess.run(
        [sys.executable, "-m", "moodpi", "classify", "a.png"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "moodpi: a library cannot be loaded (libGL.so.1: cannot open shared object): "
        "see `moodpi doctor`\n"
    )


def test_characters_that_the_terminal_lacks_are_escaped(moodpi, portrait: Path) -> None:
    done = moodpi("recommend", portrait, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "happy" in done.stdout


@pytest.mark.parametrize(
    ("command", "option"), [(("recommend", "--emotion", "sad"), "-n"), (("run",), "--max-frames")]
)
def test_an_invalid_number_names_its_option(moodpi, command: tuple[str, ...], option: str) -> None:
    done = moodpi(*command, option, "0")
    assert done.returncode == 2
    assert f"argument {option}: invalid value '0'" in done.stderr
