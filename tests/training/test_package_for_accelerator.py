"""The package for a machine without a network: what it holds, and data that cannot be read."""

from __future__ import annotations

import subprocess
import sys
import zipfile

from training import package_for_accelerator
from training.package_for_accelerator import pack


def test_it_holds_the_faces_the_code_and_a_program_to_start(tmp_path):
    (tmp_path / "in" / "faces").mkdir(parents=True)
    (tmp_path / "in" / "faces" / "faces.npz").write_bytes(b"labels")

    pack(tmp_path / "in", tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert package.read("faces/faces.npz") == b"labels"
        compile(package.read("__main__.py"), "__main__.py", "exec")
        assert {"moodpi/cli/main.py", "training/fit.py"} <= set(package.namelist())


def test_it_starts_training_in_another_folder(tmp_path):
    (tmp_path / "in" / "faces").mkdir(parents=True)
    (tmp_path / "machine").mkdir()
    package = tmp_path / "machine" / "package.zip"
    pack(tmp_path / "in", package)

    done = subprocess.run(
        [sys.executable, str(package), "simple_cnn", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "usage: moodpi train" in done.stdout
    assert (tmp_path / "machine" / "package" / "training" / "fit.py").exists()


def test_data_that_cannot_be_read_are_one_line_and_exit_code_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["package_for_accelerator", str(tmp_path / "missing.csv")])

    assert package_for_accelerator.main() == 1

    assert capsys.readouterr().err.count("\n") == 1
