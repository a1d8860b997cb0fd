"""The configuration of a run, and its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.registry import MODELS_FOLDER
from tests.raising import raises
from training.config import TrainingConfig
from training.run_folder import RunFolder

STATE: dict[str, Any] = {"model/kernel": np.arange(4, dtype=np.float32)}
RECORD = json.loads(json.dumps({"epochs_done": 3, "config": asdict(TrainingConfig())}))


def test_config_survives_json():
    config = TrainingConfig(epochs=3, learning_rate=0.002)

    assert TrainingConfig.from_json(json.loads(json.dumps(asdict(config)))) == config


@pytest.mark.parametrize("change", [{"colour": 1}, {"augmentation": {"tilt": 1}}])
def test_refuses_the_config_of_another_version(change):
    with raises("config_version"):
        TrainingConfig.from_json({**asdict(TrainingConfig()), **change})


def test_reads_field_names_of_moodpi_0_1():
    values = asdict(TrainingConfig(initial_share=0.15))
    values["beginning_share"] = values.pop("initial_share")
    values["augmentation"]["lamp"] = values["augmentation"].pop("light_gradient")

    assert TrainingConfig.from_json(values) == TrainingConfig(initial_share=0.15)


def test_lists_become_tuples_again():
    config = TrainingConfig(teachers=("simple_cnn=a.npz",), together=("resnet50v2",), minutes=9)

    assert TrainingConfig.from_json(json.loads(json.dumps(asdict(config)))) == config


def test_reads_the_record_of_a_shipped_model():
    record = json.loads((MODELS_FOLDER / "simple_cnn" / "run.json").read_text())

    assert TrainingConfig.from_json(record["config"]).model == "simple_cnn"


def test_differences_list_every_field_except_the_length_of_the_run():
    config = TrainingConfig()

    assert config.differences(replace(config, epochs=9, minutes=5)) == []
    assert config.differences(replace(config, seed=7, batch_size=64)) == [
        "batch_size: 128, 64",
        "seed: 1, 7",
    ]


def test_run_folder_restores_state_and_record(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.create()
    folder.save(STATE, RECORD)

    state, record = folder.load()

    assert np.array_equal(state["model/kernel"], STATE["model/kernel"])
    assert record == RECORD == json.loads((tmp_path / "run" / "run.json").read_text())
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == ["last.npz", "run.json"]


def test_loads_a_checkpoint_of_moodpi_0_1(tmp_path):
    packed = np.frombuffer(json.dumps(RECORD).encode(), np.uint8)
    np.savez(tmp_path / "last.npz", **STATE, story=packed)

    state, record = RunFolder(tmp_path).load()

    assert sorted(state) == sorted(STATE)
    assert record == RECORD


def test_refuses_a_new_run_in_a_used_folder(tmp_path):
    RunFolder(tmp_path).save(STATE, RECORD)

    with raises("run_exists"):
        RunFolder(tmp_path).create()


def test_refuses_to_resume_an_empty_folder(tmp_path):
    with raises("no_checkpoint"):
        RunFolder(tmp_path).load()


def test_refuses_a_damaged_checkpoint(tmp_path):
    np.savez(tmp_path / "last.npz", **STATE)
    with raises("not_a_checkpoint"):
        RunFolder(tmp_path).load()

    whole = (tmp_path / "last.npz").read_bytes()
    (tmp_path / "last.npz").write_bytes(whole[: len(whole) // 2])
    with raises("weights_damaged"):
        RunFolder(tmp_path).load()


def test_refuses_a_path_that_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    with raises("run_not_writable"):
        RunFolder(tmp_path / "file").create()


def test_refuses_a_folder_that_cannot_be_written():
    # Even root creates no file in /proc.
    with raises("run_not_writable"):
        RunFolder(Path("/proc/moodpi")).create()
