"""Training runs: checkpoints, resuming, targets and errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.weights import load_arrays
from tests.raising import raises
from training.config import TrainingConfig
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013
from training.run_folder import RunFolder
from training.targets import soft_targets

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
fit = pytest.importorskip("training.fit", reason="needs moodpi[train]")
network = pytest.importorskip("training.network")
tiny = pytest.importorskip("tests.training.tiny", reason="needs moodpi[train]")


@pytest.fixture
def splits(write_csv, fer_rows) -> dict[str, Faces]:
    return load_fer2013(write_csv(*fer_rows))


@pytest.fixture
def trainer(splits, tmp_path):
    def make(name: str, **settings: Any):
        config = TrainingConfig(batch_size=32, **settings)
        return fit.Trainer(
            tiny.build,
            config,
            splits["Training"],
            splits["PublicTest"],
            RunFolder(tmp_path / name),
        )

    return make


def load_floats(path: Path) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float64) for name, array in load_arrays(path).items()}


def test_saved_weights_contain_the_initial_share(trainer, tmp_path):
    trainer("first", epochs=1).run()
    weights = str(tmp_path / "first" / "best.npz")
    plain = trainer("plain", epochs=1, weights=weights).run()
    mixed = trainer("mixed", epochs=1, weights=weights, initial_share=0.5).run()
    assert mixed.history[0]["loss"] == plain.history[0]["loss"], "training itself is unaffected"
    first, plainly, half = (
        load_floats(tmp_path / name / "best.npz") for name in ("first", "plain", "mixed")
    )
    for name, array in half.items():
        assert array == pytest.approx((first[name] + plainly[name]) / 2, abs=1e-6)


SETTINGS = [{}, {"sharpness_radius": 0.1, "noisy_share": 0.3}]


@pytest.mark.parametrize("settings", SETTINGS, ids=["ordinary", "sharpness-aware"])
def test_a_resumed_run_equals_an_uninterrupted_one(trainer, monkeypatch, tmp_path, settings):
    whole = trainer("whole", epochs=3, **settings).run()
    stopped = trainer("stopped", epochs=3, **settings)
    train_epoch = stopped._train_epoch

    def interrupted_in_the_second(epoch, planned, bar):
        loss = train_epoch(epoch, planned, bar)
        if epoch == 2:
            raise KeyboardInterrupt
        return loss

    monkeypatch.setattr(stopped, "_train_epoch", interrupted_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    resumed = trainer("stopped", epochs=3, **settings)
    resumed.resume()
    assert resumed.progress.epochs_done == 1

    progress = resumed.run()

    assert [e["loss"] for e in progress.history] == pytest.approx(
        [e["loss"] for e in whole.history], abs=1e-5
    )
    assert [e["validation_top1"] for e in progress.history] == [
        e["validation_top1"] for e in whole.history
    ]
    ends = [RunFolder(tmp_path / name).load()[0] for name in ("whole", "stopped")]
    assert sorted(ends[0]) == sorted(ends[1])
    for name, array in ends[0].items():
        assert ends[1][name] == pytest.approx(array, abs=1e-5), name


@pytest.mark.parametrize("settings", SETTINGS, ids=["ordinary", "sharpness-aware"])
def test_networks_that_are_trained_together_resume_together(trainer, tmp_path, settings):
    settings = {"together": ("tiny",), "peer_share": 0.5, **settings}
    with tiny.registered():
        whole = trainer("whole", epochs=2, **settings).run()
        trainer("stopped", epochs=1, **settings).run()
        resumed = trainer("stopped", epochs=2, **settings)
    resumed.resume()

    progress = resumed.run()

    first, second = progress.history
    assert {"validation_top1", "validation_top1_tiny", "validation_loss_tiny"} <= set(second)
    assert second["loss"] == pytest.approx(whole.history[1]["loss"], abs=1e-4)
    assert first["validation_loss"] != first["validation_loss_tiny"], "two sets of weights"
    assert resumed.other_weights() == [tmp_path / "stopped" / "best-tiny.npz"]
    ends = [RunFolder(tmp_path / name).load()[0] for name in ("whole", "stopped")]
    assert "model/conv/kernel#2" in ends[0]
    for name, array in ends[0].items():
        assert ends[1][name] == pytest.approx(array, abs=1e-5), name
    best = load_arrays(tmp_path / "stopped" / "best-tiny.npz")
    assert sorted(best) == sorted(v.path for v in resumed.networks[1].model.weights)


def test_a_run_by_the_clock_ends_with_a_low_learning_rate(trainer):
    run = trainer("run", minutes=0.1, warmup_epochs=0, patience=10_000)

    progress = run.run()

    assert progress.epochs_done >= 1
    assert sum(metrics["seconds"] for metrics in progress.history[:-1]) < 6
    rate = float(run.joint.optimizer.learning_rate)
    assert rate < run.config.learning_rate or progress.epochs_done == 1


def test_a_checkpoint_has_the_names_of_those_before_networks_were_trained_together(trainer):
    run = trainer("run", epochs=1)
    run.run()

    state, _ = run.folder.load()

    assert {"model/conv/kernel", "seed/0", "optimizer/iteration"} <= set(state)
    assert "optimizer/conv_kernel_momentum" in state
    assert not any("learning_rate" in name for name in state)


def test_the_loss_falls_on_learnable_data(trainer, splits):
    splits["Training"].images[:] = (splits["Training"].labels * 40)[:, None, None]
    run = trainer("run", epochs=6, learning_rate=0.02, ema=0.5)

    losses = [epoch["loss"] for epoch in run.run().history]

    assert losses[-1] < 0.8 * losses[0]


def test_saves_the_best_weights_and_the_record(trainer, tmp_path):
    run = trainer("run", epochs=1)
    progress = run.run()

    with np.load(tmp_path / "run" / "best.npz") as best:
        assert sorted(best.files) == sorted(v.path for v in run.model.weights)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["history"] == list(progress.history)
    assert (record["training_faces"], record["validation_faces"]) == (160, 40)


def test_refuses_to_resume_with_other_settings(trainer):
    trainer("run", epochs=1).run()

    with raises("other_settings"):
        trainer("run", epochs=1, seed=2).resume()


def test_a_loss_that_is_not_finite_ends_the_run(trainer, monkeypatch):
    run = trainer("run", epochs=1)
    monkeypatch.setattr(run.joint, "train_on_batch", lambda *_: np.float32("nan"))

    with raises("loss_not_finite"):
        run.run()


def test_a_run_stops_when_patience_runs_out(trainer, monkeypatch):
    tops = iter([0.2, 0.4, 0.3, 0.4, 0.1, 0.9])
    monkeypatch.setattr(network, "validate", lambda *_: (next(tops), 1.0))
    settings = {"epochs": 9, "patience": 2}

    progress = trainer("run", **settings).run()
    resumed = trainer("run", **settings)
    resumed.resume()

    assert progress.epochs_done == resumed.run().epochs_done == 4
    assert progress.best == 0.4


def test_running_out_of_memory_is_an_error(trainer, monkeypatch):
    class ResourceExhaustedError(Exception):
        """Named like TensorFlow's."""

    def step(*_: object):
        raise ResourceExhaustedError

    run = trainer("run", epochs=1)
    monkeypatch.setattr(run.joint, "train_on_batch", step)

    with raises("out_of_memory"):
        run.run()


def test_draws_learning_curves(trainer, tmp_path):
    run = trainer("run", epochs=2)
    run.run()

    run.save_learning_curves()

    assert (tmp_path / "run" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_refuses_fewer_faces_than_a_batch(splits, tmp_path):
    with raises("too_few_faces"):
        fit.Trainer(
            tiny.build,
            TrainingConfig(batch_size=256),
            splits["Training"],
            splits["PublicTest"],
            RunFolder(tmp_path),
        )


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_targets_mix_label_votes_and_smoothing(share, smoothing):
    votes = np.zeros((2, 7), np.float32)
    votes[0, [3, 6]] = 0.6, 0.4
    faces = Faces(np.zeros((2, 48, 48), np.uint8), np.array([3, 5]), votes)
    config = TrainingConfig(votes_share=share, label_smoothing=smoothing)

    soft = soft_targets(faces, config)

    assert soft.sum(axis=1) == pytest.approx([1, 1])
    voted = (1 - share) + share * 0.6
    assert soft[0, 3] == pytest.approx(voted * (1 - smoothing) + smoothing / 7)
    assert soft[1, 5] == pytest.approx(1 - smoothing + smoothing / 7), "no votes: only the label"
