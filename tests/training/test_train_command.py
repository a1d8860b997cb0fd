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

from moodpi.cli.commands.train_options import DEFAULT_VOTES_SHARE, NUMBER_OPTIONS
from tests.raising import raises
from training.config import TrainingConfig

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ("--batch-size", "32", "--learning-rate", "0.001")
TINY_MOODPI = (sys.executable, "-m", "tests.training.tiny")


@pytest.fixture
def csv(write_csv, fer_rows) -> Path:
    return write_csv(*fer_rows)


@pytest.mark.parametrize(
    ("arguments", "complaint", "code"),
    [
        (["simple_cn"], "unknown model 'simple_cn': did you mean 'simple_cnn'?", 2),
        (["simple_cnn", "--epochs", "0"], "argument --epochs: invalid value '0'", 2),
        (["simple_cnn", "--epochs", "1.5"], "'1.5': expected a whole number", 2),
        (
            ["simple_cnn", "--learning-rate", "nan"],
            "argument --learning-rate: invalid value 'nan'",
            2,
        ),
        (["simple_cnn", "--precision", "floot32"], "did you mean 'float32'?", 2),
        (["simple_cnn", "--votes-share", "0.5"], "add --votes CSV", 2),
        (["simple_cnn", "--fade-to", "0.3"], "add --fade-epochs N", 2),
        (["simple_cnn", "--initial-share", "0.2"], "add --weights", 2),
        (["simple_cnn", "--epochs", "2", "--minutes", "9"], "exclude each other", 2),
        (["simple_cnn", "--together", "resnet50"], "did you mean 'resnet50v2'?", 2),
        (["simple_cnn", "--together", "simple_cnn,simple_cnn"], "argument --together: ", 2),
        (["simple_cnn", "--peer-share", "0.2"], "add --together MODEL", 2),
        (["simple_cnn", "--devices", "two"], "'two'", 2),
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
        stated = re.search(r"default[a-z -]*: ([\d.]+)\)$", option.help)
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
@pytest.mark.parametrize(("choice", "count"), [((), 160), (("--keep-duplicates",), 180)])
def test_a_resumed_run_treats_duplicates_as_before(
    run_command, capsys, write_csv, fer_rows, choice, count
):
    tiny = pytest.importorskip("tests.training.tiny", reason="needs moodpi[train]")
    csv = write_csv(*fer_rows, *fer_rows[:20])
    with tiny.registered():
        options = (*OPTIONS, "--epochs", "1", *choice)
        run_command("train", "tiny", "--data", csv, *options)
        started = capsys.readouterr().out

        run_command("train", "tiny", "--data", csv, "--resume", "--epochs", "2")
        resumed = capsys.readouterr().out

    for output in (started, resumed):
        assert f"{count} training faces" in output


@pytest.mark.workstation
def test_resuming_by_epochs_ends_a_time_limit_and_the_reverse(run_command, csv, tmp_path):
    tiny = pytest.importorskip("tests.training.tiny", reason="needs moodpi[train]")
    with tiny.registered():
        run_command("train", "tiny", "--data", csv, *OPTIONS, "--minutes", "0.02")
        record = json.loads((tmp_path / "runs" / "tiny" / "run.json").read_text())
        more = str(record["epochs_done"] + 1)
        run_command("train", "tiny", "--data", csv, "--resume", "--epochs", more)

    resumed = json.loads((tmp_path / "runs" / "tiny" / "run.json").read_text())
    assert record["config"]["minutes"] == 0.02
    assert (resumed["config"]["minutes"], resumed["epochs_done"]) == (0, int(more))


@pytest.mark.workstation
def test_several_devices_need_jax(run_command, csv, tmp_path):
    keras = pytest.importorskip("keras", reason="needs moodpi[train]")
    assert keras.backend.backend() == "tensorflow"

    with raises("devices_need_jax"):
        run_command("train", "simple_cnn", "--data", csv, "--devices", "all")

    assert not (tmp_path / "runs").exists()


@pytest.mark.workstation
def test_sharpness_aware_steps_need_a_backend_that_has_them(
    run_command, csv, monkeypatch, tmp_path
):
    keras = pytest.importorskip("keras", reason="needs moodpi[train]")
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")

    with raises("sharpness_backend"):
        run_command("train", "simple_cnn", "--data", csv, "--sharpness-radius", "0.1")

    assert not (tmp_path / "runs").exists()


@pytest.mark.workstation
def test_noisy_faces_need_opencv(run_command, csv, monkeypatch, tmp_path):
    pytest.importorskip("keras", reason="needs moodpi[train]")
    monkeypatch.setattr("training.data.noisy_faces.find_spec", lambda _: None)

    with raises("opencv_missing"):
        run_command("train", "simple_cnn", "--data", csv, "--noisy-share", "0.1")

    assert not (tmp_path / "runs").exists()


@pytest.mark.workstation
def test_ctrl_c_leaves_a_checkpoint_and_prints_how_to_resume(run_command, capsys, csv, tmp_path):
    tiny = pytest.importorskip("tests.training.tiny", reason="needs moodpi[train]")
    stopped = subprocess.Popen(
        [*TINY_MOODPI, "train", "tiny", "--data", str(csv), *OPTIONS, "--epochs", "9999"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    run = tmp_path / "runs" / "tiny"
    deadline = time.monotonic() + 120
    while not (run / "run.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    stopped.send_signal(signal.SIGINT)
    out, err = stopped.communicate(timeout=60)

    assert stopped.returncode == 130
    assert "learning_rate: 0.001" in out
    epochs_done = json.loads((run / "run.json").read_text())["epochs_done"]
    assert err.splitlines()[-1] == (
        f"moodpi: stopped after epoch {epochs_done}: "
        f"resume with `moodpi train tiny --data {csv} --resume`"
    )
    with tiny.registered():
        with raises("run_exists"):
            run_command("train", "tiny", "--data", csv)
        epochs = str(epochs_done + 1)
        assert run_command("train", "tiny", "--data", csv, "--resume", "--epochs", epochs) == 0

    command = "next: moodpi export tiny --name mine --weights runs/tiny/best.npz"
    assert command in capsys.readouterr().out
    record = json.loads((run / "run.json").read_text())
    assert [epoch["epoch"] for epoch in record["history"]] == list(range(1, epochs_done + 2))
    assert record["config"]["learning_rate"] == 0.001
    with np.load(run / "weights.f16.npz") as float16:
        assert {float16[name].dtype for name in float16.files} == {np.dtype(np.float16)}


@pytest.mark.workstation
def test_a_full_disk_leaves_the_last_checkpoint_and_prints_how_to_resume(
    run_command, csv, tmp_path
):
    tiny = pytest.importorskip("tests.training.tiny", reason="needs moodpi[train]")
    with tiny.registered():
        run_command("train", "tiny", "--data", csv, *OPTIONS, "--epochs", "1")
    last = tmp_path / "runs" / "tiny" / "last.npz"
    checkpoint = last.read_bytes()

    def limit_files_to_a_kilobyte() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, 1 << 10))

    stopped = subprocess.run(
        [*TINY_MOODPI, "train", "tiny", "--data", str(csv), "--resume", "--epochs", "2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=limit_files_to_a_kilobyte,
        capture_output=True,
        text=True,
        check=False,
    )

    assert stopped.returncode == 1
    assert last.read_bytes() == checkpoint
    assert stopped.stderr.splitlines()[-1].startswith("moodpi: cannot write runs/tiny/")
    assert f"resume with `moodpi train tiny --data {csv} --resume`" in stopped.stderr
