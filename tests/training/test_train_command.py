"""`moodpi train` on the command line."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from moodpi.cli.commands.train import DEFAULT_VOTES_SHARE, NUMBER_OPTIONS
from training.config import TrainingConfig

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ("--epochs", "9", "--batch-size", "32", "--learning-rate", "0.001")


@pytest.fixture
def csv(write_csv, fer_rows) -> Path:
    return write_csv(*fer_rows)


@pytest.mark.parametrize(
    ("arguments", "complaint", "code"),
    [
        (["simple_cn"], "unknown model 'simple_cn': did you mean 'simple_cnn'?", 2),
        (["simple_cnn", "--epochs", "0"], "'0': expected a whole number from 1", 2),
        (["simple_cnn", "--epochs", "1.5"], "'1.5': expected a whole number", 2),
        (["simple_cnn", "--learning-rate", "nan"], "'nan': expected a number", 2),
        (["simple_cnn", "--precision", "floot32"], "did you mean 'float32'?", 2),
        (["simple_cnn", "--votes-share", "0.5"], "add --votes CSV", 2),
        (["simple_cnn", "--initial-share", "0.2"], "add --weights", 2),
        (["simple_cnn", "--resume"], "no run to resume in runs/simple_cnn", 1),
        (["simple_cnn", "--rseume"], "did you mean '--resume'?", 2),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, csv, arguments, complaint, code):
    done = moodpi("train", *arguments, "--data", csv)

    assert done.returncode == code
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_states_the_defaults_of_the_configuration():
    defaults = TrainingConfig()
    for option in NUMBER_OPTIONS:
        stated = re.search(r"\(([\d.]+)[^)]*\)$", option.help)
        default = getattr(defaults, option.name)
        expected = DEFAULT_VOTES_SHARE if option.name == "votes_share" else default
        assert stated is not None
        assert float(stated[1]) == expected, option.name


def test_a_missing_file_is_one_line_and_creates_no_folder(moodpi, tmp_path):
    done = moodpi("train", "simple_cnn", "--data", "nix.csv")

    assert not (tmp_path / "runs").exists()

    assert (done.returncode, done.stderr) == (
        1,
        "moodpi: cannot read nix.csv: No such file or directory\n",
    )


@pytest.mark.workstation
def test_a_resumed_run_drops_duplicates_as_before(moodpi, write_csv, fer_rows):
    pytest.importorskip("keras", reason="needs moodpi[train]")
    csv = write_csv(*fer_rows, *fer_rows[:20])
    begun = moodpi(
        "train", "simple_cnn", "--data", csv, *OPTIONS, "--epochs", "1", "--drop-duplicates"
    )

    resumed = moodpi("train", "simple_cnn", "--data", csv, "--resume", "--epochs", "2")

    for done in (begun, resumed):
        assert "160 training faces" in done.stdout, done.stderr


@pytest.mark.workstation
def test_ctrl_c_leaves_a_checkpoint_and_prints_how_to_resume(moodpi, csv, tmp_path):
    pytest.importorskip("keras", reason="needs moodpi[train]")
    command = [sys.executable, "-m", "moodpi", "train", "simple_cnn", "--data", str(csv)]
    stopped = subprocess.Popen(
        [*command, *OPTIONS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    run = tmp_path / "runs" / "simple_cnn"
    deadline = time.monotonic() + 120
    while not (run / "run.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    stopped.send_signal(signal.SIGINT)
    out, err = stopped.communicate(timeout=60)

    assert stopped.returncode == 130
    assert "learning_rate: 0.001" in out
    assert err.splitlines()[-1] == (
        f"moodpi: stopped after epoch {json.loads((run / 'run.json').read_text())['epochs_done']}: "
        f"resume with `moodpi train simple_cnn --data {csv} --resume`"
    )
    refused = moodpi("train", "simple_cnn", "--data", csv)
    assert refused.stderr.startswith("moodpi: runs/simple_cnn already holds a run")

    done_so_far = json.loads((run / "run.json").read_text())["epochs_done"]
    resumed = moodpi(
        "train", "simple_cnn", "--data", csv, "--resume", "--epochs", str(done_so_far + 1)
    )

    assert resumed.returncode == 0, resumed.stderr
    assert "next: moodpi export simple_cnn --weights runs/simple_cnn/best.npz" in resumed.stdout
    record = json.loads((run / "run.json").read_text())
    assert [epoch["epoch"] for epoch in record["history"]] == list(range(1, done_so_far + 2))
    assert record["config"]["learning_rate"] == 0.001
    with np.load(run / "weights.f16.npz") as half:
        assert {half[name].dtype for name in half.files} == {np.dtype(np.float16)}


@pytest.mark.workstation
def test_a_full_disk_leaves_the_last_checkpoint_and_prints_how_to_resume(moodpi, csv, tmp_path):
    pytest.importorskip("keras", reason="needs moodpi[train]")
    train = ["train", "simple_cnn", "--data", csv, *OPTIONS]
    assert moodpi(*train, "--epochs", "1").returncode == 0
    last = tmp_path / "runs" / "simple_cnn" / "last.npz"
    whole = last.read_bytes()

    def limit_files_to_a_megabyte() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    filled = subprocess.run(
        [sys.executable, "-m", "moodpi", *map(str, train), "--resume", "--epochs", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=limit_files_to_a_megabyte,
        capture_output=True,
        text=True,
        check=False,
    )

    assert filled.returncode == 1
    assert last.read_bytes() == whole
    assert filled.stderr.splitlines()[-1].startswith("moodpi: cannot write runs/simple_cnn/")
    assert f"resume with `moodpi train simple_cnn --data {csv} --resume`" in filled.stderr
