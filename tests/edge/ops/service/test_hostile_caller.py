"""Nothing of the caller's folder, PATH and environment is executed by the installation."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.ops.service import run_clean, system_service
from edge.ops.service.steps import RunCommand, WriteFile
from edge.ops.service.system_service import system_install_steps
from edge.ops.service.unit_text import escape_path
from moodpi.cli.main import main
from moodpi.errors import UsageError
from tests.conftest import ROOT
from tests.raising import raises

INSTALLER = ROOT / "install.sh"
MODULES = ("tomllib", "sitecustomize", "usercustomize", "numpy", "venv", "pip", "json")
PROGRAMS = ("python3", "systemctl", "getconf", "uname", "id", "env", "find", "getent", "apt-get")

needs_systemd = pytest.mark.skipif(
    not Path("/usr/bin/systemctl").exists() or not Path("/usr/bin/python3").exists(),
    reason="not applicable: install.sh requires systemd and python3",
)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with modules, programs and files that leave a mark when they are executed."""
    folder = tmp_path / "planted"
    folder.mkdir()
    marks = tmp_path / "marks"
    marks.mkdir()
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open({str(marks / name)!r}, 'w').close()\n")
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\n: > {marks / name}\n")
        (folder / name).chmod(0o755)
    (folder / "startup.sh").write_text(f": > {marks / 'startup'}\n")
    (folder / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:1\n")
    return folder


def marks(planted: Path) -> list[str]:
    return sorted(path.name for path in planted.with_name("marks").iterdir())


def hostile_environment(planted: Path) -> dict[str, str]:
    return {
        "PATH": f".::{planted}:{os.environ['PATH']}",
        "HOME": str(planted),
        "BASH_ENV": str(planted / "startup.sh"),
        "ENV": str(planted / "startup.sh"),
        "CDPATH": str(planted.parent),
        "PYTHONPATH": str(planted),
        "PYTHONHOME": str(planted),
        "PYTHONSTARTUP": str(planted / "json.py"),
        "PIP_CONFIG_FILE": str(planted / "pip.conf"),
        "TMPDIR": str(planted),
        "BASH_FUNC_cd%%": f"() {{ : > {planted.with_name('marks')}/function; }}",
        "SHELLOPTS": "xtrace",
        "TAR_OPTIONS": "--to-command=./env",
    }


def dry_run(
    *arguments: str, cwd: Path | str = "/", script: Path | str = INSTALLER, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, "--dry-run", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@needs_systemd
def test_the_installer_executes_nothing_of_the_callers_folder_and_environment(planted) -> None:
    done = dry_run("--player", "mpd", "--music", ".", cwd=planted, **hostile_environment(planted))
    assert done.returncode == 0, done.stderr
    assert f"moodpi service install --player mpd --music {planted}\n" in done.stdout
    assert "pip --isolated" in done.stdout
    assert marks(planted) == []


@needs_systemd
def test_the_installer_is_found_independent_of_how_it_is_called(planted, tmp_path) -> None:
    shutil.copy(INSTALLER, tmp_path / "install.sh")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for cwd, script in ((planted, "../install.sh"), (tmp_path, "./install.sh")):
        done = dry_run(cwd=cwd, script=script, CDPATH=str(planted))
        assert done.returncode == 0, done.stderr
    assert marks(planted) == []


@needs_systemd
@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("--music", "/srv/a\nb"), {}),
        (("--music", '/srv/a"b'), {}),
        (("--music", "/srv/a'b"), {}),
        (("--music", "/srv/a\\b"), {}),
        (("--music", "/srv/\x1b[31m"), {}),
        (("--wheels", "/srv/a\nb"), {}),
        (("--with", "web\nmqtt"), {}),
        (("--with", "*"), {}),
        (("--player", "mpd\n"), {}),
        (("--fa\nst",), {}),
        ((), {"SUDO_USER": "root\nb"}),
        ((), {"SUDO_USER": "--root=/srv"}),
        ((), {"SUDO_USER": "a'b"}),
    ],
)
def test_the_installer_refuses_unusual_names_in_one_line(arguments, variables) -> None:
    done = dry_run(*arguments, **variables)
    assert done.returncode == 2
    assert done.stderr.startswith("install.sh: ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.strip().isprintable()
    assert done.stdout == ""


@needs_systemd
@pytest.mark.parametrize("name", ["a\nb", "a\n", 'a"b', "a'b", "a\\b"])
def test_the_installer_refuses_to_run_in_a_folder_with_an_unusual_name(tmp_path, name) -> None:
    """A command substitution would remove the newline: a folder beside it would be installed."""
    for folder in (tmp_path / name, tmp_path / "a"):
        folder.mkdir()
        shutil.copy(INSTALLER, folder)
        shutil.copy(ROOT / "pyproject.toml", folder)
    done = dry_run(script=tmp_path / name / "install.sh")
    assert done.returncode == 2
    assert "without quotes, backslashes and control characters" in done.stderr


@needs_systemd
@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_the_installer_warns_of_sources_that_others_can_change(tmp_path, mode) -> None:
    shutil.copy(INSTALLER, tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert "warning" not in dry_run(script=tmp_path / "install.sh").stderr
    (tmp_path / "edge").mkdir()
    (tmp_path / "edge").chmod(mode)
    if os.geteuid() == 0 and mode == 0o775:
        os.chown(tmp_path / "edge", -1, 1234)
    elif mode == 0o775:
        pytest.skip("not applicable: only root can give files to another group")
    assert "other users can change" in dry_run(script=tmp_path / "install.sh").stderr


def test_the_steps_run_programs_of_the_system_only(planted, monkeypatch) -> None:
    for name, value in hostile_environment(planted).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(planted)
    assert run_clean(("pwd",)).stdout == "/\n"
    printed = run_clean(("env",)).stdout.splitlines()
    assert {line.partition("=")[0] for line in printed} <= {
        "PATH",
        "LC_ALL",
        "HOME",
        "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS",
    }
    assert not any("planted" in line for line in printed if not line.startswith("HOME="))
    RunCommand(
        "a program that is not installed", ("systemctl", "--version"), required=False
    ).execute()
    assert marks(planted) == []


def test_a_planted_program_is_not_the_missing_one(planted, monkeypatch) -> None:
    (planted / "not-a-program").write_text("#!/bin/sh\n: > ../marks/ran\n")
    (planted / "not-a-program").chmod(0o755)
    monkeypatch.setenv("PATH", f".:{planted}")
    monkeypatch.chdir(planted)
    with raises("command_failed"):
        RunCommand("run it", ("not-a-program",)).execute()
    assert marks(planted) == []


@pytest.mark.parametrize(
    "name", ['a"b', "a'b", "a\nExecStartPre=/bin/evil", "a\\", "a\x85b", "a\u2028b"]
)
def test_a_unit_cannot_be_extended_by_the_name_of_a_folder(name, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(system_service, "CONFIGURATION", tmp_path / "moodpi.toml")
    folder = tmp_path / name
    folder.mkdir(parents=True)
    assert main(["service", "install", "--dry-run", "--music", str(folder)]) == 2
    with raises("unsafe_path", UsageError):
        escape_path(folder)


@pytest.mark.parametrize("name", ["-R/srv", "a\nb", "a'b", "a b", ""])
def test_a_user_name_cannot_be_an_option(name, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(system_service, "CONFIGURATION", tmp_path / "moodpi.toml")
    monkeypatch.setenv("SUDO_USER", name)
    with raises("invalid_user", UsageError):
        next(system_install_steps(None, None, ""))


def test_the_path_of_the_command_is_quoted_in_the_users_unit(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert escape_path(Path("/home/me/50 % of it")) == "/home/me/50 %% of it"
    monkeypatch.setattr("sys.argv", ["/home/me/my $venv/bin/moodpi"])
    from edge.ops.service.user_service import user_install_steps

    unit = next(iter(user_install_steps()))
    assert isinstance(unit, WriteFile)
    assert '\nExecStart="/home/me/my $$venv/bin/moodpi" run\n' in unit.content
    assert capsys.readouterr().err == ""
