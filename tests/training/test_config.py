"""A run's settings, kept and compared when it is resumed; its folder, never two runs in one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace

import numpy as np
import pytest

from moodpi.errors import MoodpiError
from training.checkpoint import RunFolder
from training.config import TrainingConfig

STATE = {"model/kernel": np.arange(4, dtype=np.float32)}
STORY = json.loads(json.dumps({"epochs_done": 3, "config": asdict(TrainingConfig())}))


def test_settings_come_back_from_json_as_they_went():
    config = TrainingConfig(epochs=3, learning_rate=0.002)

    assert TrainingConfig.of(json.loads(json.dumps(asdict(config)))) == config


@pytest.mark.parametrize("change", [{"colour": 1}, {"augmentation": {"tilt": 1}}])
def test_settings_of_another_version_are_refused(change):
    with pytest.raises(MoodpiError, match="of another version of moodpi"):
        TrainingConfig.of({**asdict(TrainingConfig()), **change})


def test_differences_name_every_setting_but_the_number_of_epochs():
    config = TrainingConfig()

    assert config.differences(replace(config, epochs=9)) == []
    assert config.differences(replace(config, seed=7, batch_size=64)) == [
        "batch_size: 128, 64",
        "seed: 1, 7",
    ]


def test_the_augmentation_fades_over_the_last_epochs():
    config = TrainingConfig(epochs=10, fade_epochs=4)

    rotations = [config.augmentation_in(epoch).rotation for epoch in range(1, 11)]

    full = config.augmentation.rotation
    assert rotations[:6] == [full] * 6
    assert rotations[6:] == pytest.approx([full * share for share in (0.8, 0.6, 0.4, 0.2)])


def test_without_a_fade_every_epoch_has_the_whole_augmentation():
    config = TrainingConfig(epochs=3)

    assert [config.augmentation_in(epoch) for epoch in (1, 2, 3)] == [config.augmentation] * 3


def test_a_run_folder_gives_back_state_and_story_and_shows_the_story_to_people(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.begin()
    folder.save(STATE, STORY)

    state, story = folder.load()

    assert np.array_equal(state["model/kernel"], STATE["model/kernel"])
    assert story == STORY == json.loads((tmp_path / "run" / "run.json").read_text())
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == ["last.npz", "run.json"]


def test_a_folder_that_holds_a_run_is_not_begun_again(tmp_path):
    RunFolder(tmp_path).save(STATE, STORY)

    with pytest.raises(MoodpiError, match="holds a run already: go on with it by --resume"):
        RunFolder(tmp_path).begin()


def test_a_folder_without_a_run_is_not_resumed(tmp_path):
    with pytest.raises(MoodpiError, match=r"nothing to resume in .*: leave out --resume"):
        RunFolder(tmp_path).load()


def test_a_checkpoint_that_is_none_or_damaged_says_so(tmp_path):
    np.savez(tmp_path / "last.npz", **STATE)
    with pytest.raises(MoodpiError, match="is no checkpoint of a run"):
        RunFolder(tmp_path).load()

    whole = (tmp_path / "last.npz").read_bytes()
    (tmp_path / "last.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MoodpiError, match="is damaged"):
        RunFolder(tmp_path).load()


def test_a_folder_that_cannot_be_written_says_so_before_anything_runs(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MoodpiError, match=r"cannot write into .*file"):
        RunFolder(tmp_path / "file").begin()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_locked_folder_says_so_before_anything_runs(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(MoodpiError, match=r"cannot write into .*: Permission denied"):
        RunFolder(tmp_path).begin()
