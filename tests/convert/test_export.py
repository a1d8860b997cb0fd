"""The whole export: what it writes and reports, and what a failure leaves behind."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from pathlib import Path

import numpy as np
import pytest

from convert.installation import Destination
from convert.previous import restore
from convert.trained_weights import TrainedWeights
from models.emotions import EMOTIONS
from models.registry import Registry
from models.weights import load_arrays, save_arrays
from moodpi.errors import MoodpiError
from tests.convert.tiny import contents, export_tiny
from tests.full_disk import fill_disk
from tests.raising import raises

export_model = pytest.importorskip("convert.export", reason="needs moodpi[convert]").export_model

pytestmark = [pytest.mark.workstation, pytest.mark.usefixtures("tiny")]


@pytest.fixture
def models(exported, tmp_path) -> Path:
    """A models folder that already holds an export."""
    folder = tmp_path / "models"
    for name, content in contents(exported.folder).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_the_registry_finds_what_was_exported(exported):
    artefact = Registry(exported.folder).find("tiny", "int8.tflite")

    assert artefact.labels == EMOTIONS
    assert artefact.top1 == exported.results[0].accuracy.top1


def test_the_manifest_states_input_weights_training_and_checksums(exported):
    entry = json.loads((exported.folder / "manifest.json").read_text())["models"]["tiny"]
    content = (exported.folder / "tiny" / "int8.tflite").read_bytes()
    weights = (exported.folder / "tiny" / "weights.f16.npz").read_bytes()

    assert entry["input"] == {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
    assert entry["weights"] == {
        "file": "tiny/weights.f16.npz",
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    assert entry["training"]["config"]["learning_rate"] == 0.02
    assert "history" not in entry["training"]
    record = json.loads((exported.folder / "tiny" / "run.json").read_text())
    assert len(record["history"]) == entry["training"]["epochs_done"]
    stated = entry["formats"]["int8.tflite"]
    assert stated["sha256"] == hashlib.sha256(content).hexdigest()
    assert stated["bytes"] == len(content)
    assert stated["accuracy"]["faces"] == 140


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda w: w.pop("conv_a/gamma"), "weights_missing"),
        (lambda w: w.update({"conv_a/gamma": np.ones(9)}), "weights_shape"),
        (lambda w: w.update(extra=np.ones(1)), "weights_unknown"),
        (lambda w: w.update({"conv_a/gamma": np.full(8, np.nan)}), "weights_not_finite"),
    ],
)
def test_refuses_weights_that_do_not_fit_and_changes_nothing(
    run, splits, models, tmp_path, change, code
):
    weights = load_arrays(run / "best.npz")
    change(weights)
    save_arrays(tmp_path / "wrong.npz", weights)
    before = contents(models)

    with raises(code):
        export_tiny(tmp_path / "wrong.npz", splits, models)

    assert contents(models) == before


def test_refuses_a_checkpoint_instead_of_weights(run, splits, tmp_path):
    with raises("weights_missing"):
        export_tiny(run / "last.npz", splits, tmp_path)


def test_a_failed_format_is_a_result_and_changes_nothing(run, splits, models, monkeypatch):
    def fail(*_):
        raise MoodpiError("converter crashed")

    monkeypatch.setattr("convert.int8_tflite.Int8Tflite.convert", fail)
    before = contents(models)

    report = export_tiny(run / "best.npz", splits, models)

    assert [result.failure for result in report.results] == ["failed: converter crashed"]
    assert contents(models) == before


def test_a_full_disk_leaves_the_previous_export_intact(run, splits, models, monkeypatch):
    before = contents(models)
    fill_disk(monkeypatch, "manifest.json")

    with raises("cannot_write"):
        export_tiny(run / "best.npz", splits, models)

    assert contents(models) == before


def test_removes_formats_of_other_weights_from_the_manifest(run, splits, models, caplog):
    manifest = json.loads((models / "manifest.json").read_text())
    manifest["models"]["other"] = {"formats": {}}
    tiny = manifest["models"]["tiny"]
    tiny["weights"]["sha256"] = "0" * 64
    tiny["formats"]["float32.tflite"] = {"file": "tiny/float32.tflite"}
    (models / "manifest.json").write_text(json.dumps(manifest))

    with caplog.at_level(logging.WARNING):
        export_tiny(run / "best.npz", splits, models)

    written = json.loads((models / "manifest.json").read_text())["models"]
    assert list(written["tiny"]["formats"]) == ["int8.tflite"]
    assert list(written) == ["tiny", "other"]
    assert "removed tiny float32.tflite from the manifest" in caplog.text


@pytest.fixture
def worse(run, tmp_path) -> Path:
    """Weights that classify almost nothing correctly."""
    weights = load_arrays(run / "best.npz")
    for name in ("logits/kernel", "logits/bias"):
        weights[name] = np.roll(weights[name], 1, axis=-1)
    save_arrays(tmp_path / "worse.npz", weights)
    return tmp_path / "worse.npz"


def test_refuses_to_replace_a_better_model_and_changes_nothing(worse, splits, models):
    before = contents(models)

    with raises("worse_model") as caught:
        export_tiny(worse, splits, models)

    assert contents(models) == before
    stated = [float(share) for share in re.findall(r"([\d.]+)%", str(caught.value))]
    assert stated[0] < stated[1]
    assert "--replace" in str(caught.value)


def test_what_is_replaced_is_saved_and_restored_and_restored_again(worse, splits, models):
    before = contents(models)
    export_tiny(worse, splits, models, replace=True)
    replaced = contents(models)
    assert replaced["tiny/int8.tflite"] != before["tiny/int8.tflite"]
    assert replaced["tiny.previous/int8.tflite"] == before["tiny/int8.tflite"]

    restore(models, "tiny")
    restored = {k: v for k, v in contents(models).items() if not k.startswith("tiny.previous/")}
    assert restored == before
    Registry(models).find("tiny", "int8.tflite")

    restore(models, "tiny")
    assert contents(models)["tiny/int8.tflite"] == replaced["tiny/int8.tflite"]


def test_the_same_weights_again_do_not_replace_what_is_saved(worse, splits, models):
    export_tiny(worse, splits, models, replace=True)
    saved = contents(models)["tiny.previous/int8.tflite"]

    export_tiny(worse, splits, models)

    assert contents(models)["tiny.previous/int8.tflite"] == saved


def test_a_damaged_installed_file_does_not_prevent_an_export(worse, splits, models, caplog):
    (models / "tiny" / "int8.tflite").write_bytes(b"damaged")

    with caplog.at_level(logging.WARNING):
        export_tiny(worse, splits, models)

    assert "is not compared with the new one" in caplog.text


def test_without_a_replaced_model_there_is_nothing_to_restore(models):
    before = contents(models)

    with raises("no_previous"):
        restore(models, "tiny")

    assert contents(models) == before


def test_a_model_under_another_name_states_its_architecture(run, splits, models):
    trained = TrainedWeights.read(run / "best.npz")

    export_model("tiny", ["int8.tflite"], trained, splits, Destination(models, "mine"))

    registry = Registry(models)
    assert registry.models() == ["tiny", "mine"]
    assert registry.architecture("mine") == "tiny"
    assert registry.find("mine", "int8.tflite").path == models / "mine" / "int8.tflite"


def test_refuses_a_damaged_manifest(run, splits, tmp_path):
    (tmp_path / "manifest.json").write_text("{")

    with raises("damaged_manifest"):
        export_tiny(run / "best.npz", splits, tmp_path)


def test_installs_accepted_formats_and_not_a_rejected_one(run, splits, models, monkeypatch):
    def wrong(_exporter, _content, faces):
        return np.full((len(faces), 7), 1 / 7, np.float32)

    monkeypatch.setattr("convert.float_tflite.Float32Tflite.predict", wrong)
    (models / "tiny" / "int8.tflite").unlink()

    report = export_tiny(run / "best.npz", splits, models, "float32.tflite", "int8.tflite")

    assert report.results[0].failure.startswith("rejected: ")
    assert "points below Keras, at most 0.10 allowed" in report.results[0].failure
    assert not (models / "tiny" / "float32.tflite").exists()
    assert (models / "tiny" / "int8.tflite").exists()


def test_the_training_description_contains_no_folder_names(run, tmp_path):
    record = json.loads((run / "run.json").read_text())
    record["config"] |= {"weights": "/home/me/first.npz", "teachers": ["tiny=/home/me/t.npz"]}
    (tmp_path / "run.json").write_text(json.dumps(record))
    (tmp_path / "best.npz").write_bytes((run / "best.npz").read_bytes())

    config = TrainedWeights.read(tmp_path / "best.npz").record["config"]

    assert (config["weights"], config["teachers"]) == ("first.npz", ["tiny=t.npz"])
