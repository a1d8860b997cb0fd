"""`moodpi evaluate` and `moodpi compare` on the command line."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.face_correction import correct_face
from models.emotions import EMOTIONS
from models.registry import MODELS_FOLDER
from models.weights import load_arrays, save_arrays
from moodpi.errors import MoodpiError
from tests.hostile_folder import make_hostile_folder
from tests.raising import raises
from training.evaluation.evaluated_model import EvaluatedModel

INT8 = MODELS_FOLDER / "simple_cnn" / "int8.tflite"


@pytest.fixture
def csv(write_csv, fer_rows) -> Path:
    return write_csv(*fer_rows)


@pytest.mark.parametrize(
    ("arguments", "complaint", "code"),
    [
        (["evaluate", "simple_cn"], "unknown model 'simple_cn': did you mean 'simple_cnn'?", 2),
        (["evaluate", "none.tflite"], "no such file: none.tflite", 1),
        (["evaluate", "simple_cnn=none.npz"], "no such file: none.npz", 1),
        (
            ["evaluate", "--split", "Test"],
            "has no split Test: expected one of Training",
            1,
        ),
        (["compare", "simple_cnn"], "cannot compare one model", 2),
        (["compare", "simple_cnn", "simple_cnn"], "cannot compare 'simple_cnn' with itself", 2),
        (["compare", "simple_cnn", "resnet50v3"], "did you mean 'resnet50v2'?", 2),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, csv, arguments, complaint, code):
    done = moodpi(*arguments, "--data", csv)

    assert done.returncode == code
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("command", [("evaluate", "simple_cnn"), ("compare", "simple_cnn", INT8)])
def test_a_missing_keras_is_an_error_before_the_data_are_read(moodpi, csv, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setattr("training.data.loading.load_splits", lambda *_: pytest.fail("data read"))

    done = moodpi(*command, "--data", csv)

    assert done.returncode == 1
    assert "moodpi[train]" in done.stderr


def test_training_without_keras_is_an_error_before_the_data_are_read(moodpi, csv, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setattr("training.data.loading.load_splits", lambda *_: pytest.fail("data read"))

    done = moodpi("train", "simple_cnn", "--data", csv)

    assert done.returncode == 1
    assert "moodpi[train]" in done.stderr


@pytest.mark.workstation
def test_refuses_a_damaged_file(run_command, csv, tmp_path):
    pytest.importorskip("keras")
    (tmp_path / "other.tflite").write_bytes(INT8.read_bytes()[:1000])

    with pytest.raises(MoodpiError, match=r"other\.tflite"):
        run_command("evaluate", "other.tflite", "--data", csv)


@pytest.mark.workstation
def test_an_exported_file_is_evaluated_by_its_runtime(run_command, capsys, csv, fer_rows):
    pytest.importorskip("seaborn")
    run_command("evaluate", INT8, "--data", csv, "--json")

    document = json.loads(capsys.readouterr().out)
    assert (document["model"], document["split"], document["faces"]) == (
        str(INT8),
        "PublicTest",
        40,
    )
    assert document["top1"]["low"] <= document["top1"]["value"] <= document["top1"]["high"]
    labels = [int(row.partition(",")[0]) for row in fer_rows if row.endswith("PublicTest")]
    assert [sum(row) for row in document["confusion"]] == np.bincount(labels).tolist()


@pytest.mark.workstation
def test_the_first_figure_is_of_unseen_faces_and_the_third_of_all(
    run_command, capsys, write_csv, fer_rows
):
    pytest.importorskip("seaborn")
    copies = [row.replace("PublicTest", "Training") for row in fer_rows[-10:]]
    run_command("evaluate", INT8, "--data", write_csv(*fer_rows, *copies), "--json")

    document = json.loads(capsys.readouterr().out)
    assert (document["faces"], document["literature"]["faces"]) == (30, 40)
    assert 0 <= document["mirror_averaged_top1"]["value"] <= 1


@pytest.mark.workstation
def test_the_robustness_card_is_a_table_and_a_figure(run_command, capsys, csv, tmp_path):
    pytest.importorskip("matplotlib")
    assert run_command("evaluate", INT8, "--data", csv, "--robustness", "-o", "figures") == 0

    assert "| rotation, degrees | 5: " in capsys.readouterr().out
    assert (tmp_path / "figures" / "robustness.png").read_bytes()[:4] == b"\x89PNG"


@pytest.fixture
def photos(tmp_path, portrait) -> Path:
    """Two photos of a smile, one of them labelled as sad, one without a face, and a broken one."""
    for name in ("happy/1.jpg", "sad/2.jpg"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(portrait.read_bytes())
    cv2.imwrite(str(tmp_path / "photos" / "happy" / "3.png"), np.full((200, 200), 128, np.uint8))
    (tmp_path / "photos" / "happy" / "4.jpg").write_bytes(b"broken")
    return tmp_path / "photos"


def test_whole_photos_measure_detection_and_classification(run_command, capsys, photos):
    run_command("evaluate", INT8, "--data", photos, "--detect", "--json")

    document = json.loads(capsys.readouterr().out)
    assert (document["photos"], document["found"], document["correct"]) == (3, 2, 1)
    assert document["top1"] == pytest.approx(1 / 3)
    assert document["classes"]["happy"]["found"] == 1
    assert document["classes"]["sad"]["correct"] == 0


def test_detection_needs_a_folder_and_an_exported_file(moodpi, csv):
    assert "--detect needs a folder" in moodpi("evaluate", INT8, "--detect", "--data", csv).stderr


@pytest.mark.workstation
def test_draws_figures_and_warns_about_the_split(run_command, capsys, csv, tmp_path):
    pytest.importorskip("seaborn")
    assert run_command("evaluate", "--data", csv, "-o", "figures") == 0

    out = capsys.readouterr().out
    assert "simple_cnn on 40 unseen faces of PublicTest (the split that chose the epoch" in out
    pictures = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert pictures == ["classes.png", "confusion.png", "reliability.png"]
    assert all((tmp_path / "figures" / p).read_bytes()[:4] == b"\x89PNG" for p in pictures)


@pytest.mark.workstation
def test_weights_and_their_own_export_are_compared_on_the_same_faces(
    run_command, capsys, csv, tmp_path
):
    pytest.importorskip("seaborn")
    weights = tmp_path / "run" / "best.npz"
    save_arrays(weights, load_arrays(MODELS_FOLDER / "simple_cnn" / "weights.f16.npz"))
    epochs = [{"epoch": n, "validation_top1": n / 9} for n in (1, 2, 3)]
    (weights.parent / "run.json").write_text(json.dumps({"history": epochs}))
    models = (f"simple_cnn={weights}", INT8)

    assert run_command("compare", *models, "--data", csv, "--markdown", "-o", "figures") == 0
    table = capsys.readouterr().out
    run_command("compare", *models, "--data", csv, "--json")
    document = json.loads(capsys.readouterr().out)

    assert table.splitlines()[1].split()[:2] == ["Training", "160"]
    assert f"|  | simple_cnn={weights} | {INT8} |" in table
    assert "| multiply-adds per face | 118.04 M | 118.04 M |" in table
    assert "McNemar's p = " in table
    assert (tmp_path / "figures" / "curves.png").exists()
    first, second = document["models"].values()
    assert np.abs(first["top1"]["value"] - second["top1"]["value"]) < 0.2
    assert first["cost"]["parameters"] == second["cost"]["parameters"] == 1_766_439
    # Weights of a run have no files: those of the installed model are not theirs.
    assert (first["cost"]["sizes"], first["cost"]["milliseconds"]) == ({}, None)
    assert second["cost"]["sizes"] == {"int8.tflite": INT8.stat().st_size}
    assert second["cost"]["timed_format"] == "int8.tflite"
    assert 0 <= document["differences"][0]["p"] <= 1


@pytest.mark.parametrize("model", [str(INT8), "simple_cnn"])
@pytest.mark.workstation
def test_faces_are_corrected_as_on_the_pi(model, monkeypatch):
    noisy = np.random.default_rng(1).normal(128, 40, (48, 48)).clip(0, 255).astype(np.uint8)
    dark = np.arange(48 * 48).reshape(48, 48).astype(np.uint8) // 10
    faces = np.stack([noisy, dark])
    corrected = np.stack([correct_face(face) for face in faces])
    evaluated = EvaluatedModel.parse(model)
    logits = evaluated.logits(faces)

    assert (corrected != faces).any(axis=(1, 2)).all()
    monkeypatch.setattr("training.evaluation.evaluated_model.correct_face", lambda face: face)
    assert np.array_equal(logits, evaluated.logits(corrected))
    assert not np.array_equal(logits, evaluated.logits(faces))


def test_a_model_without_weights_is_an_error(tmp_path, monkeypatch):
    model = {"architecture": "simple_cnn", "labels": list(EMOTIONS), "formats": {}}
    folder = tmp_path / "moodpi" / "models"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"version": 1, "models": {"mine": model}}))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    with raises("no_weights"):
        EvaluatedModel.parse("mine")


@pytest.mark.workstation
def test_refuses_an_onnx_file_with_another_input(run_command, csv, tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    picture = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    same = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "other", [picture], [same])
    opset = [onnx.helper.make_opsetid("", 13)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "o.onnx")

    with pytest.raises(MoodpiError, match=r"o\.onnx .*float \[1, 3, 8, 8\]"):
        run_command("evaluate", "o.onnx", "--data", csv)


@pytest.mark.workstation
def test_too_few_faces_for_a_temperature_report_zero(run_command, capsys, write_csv, fer_rows):
    pytest.importorskip("seaborn")
    few = [row for row in fer_rows if row.endswith("Training")][:20]
    run_command("evaluate", "--data", write_csv(*few, fer_rows[-1]), "--json")

    output = capsys.readouterr()
    assert json.loads(output.out)["calibration"]["temperature"] == 0
    assert output.err == ""


@pytest.mark.workstation
def test_warns_about_metrics_on_training_data(run_command, capsys, csv):
    pytest.importorskip("seaborn")
    run_command("evaluate", INT8, "--data", csv, "--split", "Training")

    assert "Training (much too optimistic for a model trained on it)" in capsys.readouterr().out


def test_files_and_folders_can_have_any_name(run_command, capsys, csv, tmp_path):
    pytest.importorskip("matplotlib")
    folder = make_hostile_folder(tmp_path)
    model = shutil.copy(INT8, folder / "int8.tflite")
    faces = csv.rename(folder / "faces.csv")

    assert run_command("evaluate", model, "--data", faces, "-o", folder / "figures", "--json") == 0

    assert json.loads(capsys.readouterr().out)["faces"] == 40
    assert (folder / "figures" / "confusion.png").read_bytes()[:4] == b"\x89PNG"
