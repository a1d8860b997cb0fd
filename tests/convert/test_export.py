"""An export of a small trained model: what the file promises, and what a failure leaves behind."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from convert.calibration import representative_faces
from convert.formats import FORMATS
from convert.gate import INTEGER
from convert.parity import Accuracy
from convert.trained_weights import TrainedWeights
from edge.runtimes import load_runtime
from models.emotions import EMOTIONS
from models.registry import Registry
from models.weights import load_arrays, save_arrays
from moodpi.errors import MoodpiError
from training.architectures import ARCHITECTURES
from training.faces import Faces

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[convert]")
pytest.importorskip("tensorflow", reason="needs moodpi[convert]")
export = pytest.importorskip("convert.export", reason="needs moodpi[convert]")
TfliteFile = pytest.importorskip("convert.tflite").TfliteFile
fit = pytest.importorskip("training.fit")
NormalizedConv2D = pytest.importorskip("training.layers").NormalizedConv2D


def export_tiny(weights: Path, splits: dict[str, Faces], folder: Path, *formats: str):
    trained = TrainedWeights.read(weights)
    return export.export_model("tiny", [*formats] or ["int8.tflite"], trained, splits, folder)


def build_tiny() -> keras.Model:
    faces = keras.Input((48, 48, 1), name="faces")
    x = keras.layers.Rescaling(1.0, offset=-127.5, name="centre")(faces)
    x = keras.layers.Rescaling(1 / 127.5, name="scale")(x)
    x = keras.layers.ReLU()(NormalizedConv2D(8, name="conv_a")(x))
    x = keras.layers.Add()([NormalizedConv2D(8, name="conv_b")(x), x])
    x = keras.layers.Flatten()(keras.layers.MaxPooling2D(6)(x))
    return keras.Model(faces, keras.layers.Dense(7, name="logits")(x), name="tiny")


@pytest.fixture(scope="module")
def splits() -> dict[str, Faces]:
    """Seven patterns under noise: something a tiny model learns within a second."""
    random = np.random.default_rng(1)
    patterns = random.integers(40, 216, (7, 6, 6)).repeat(8, axis=1).repeat(8, axis=2)

    def faces(count: int) -> Faces:
        labels = np.arange(count) % 7
        noisy = patterns[labels] + random.normal(0, 25, (count, 48, 48))
        images = np.clip(noisy, 0, 255).astype(np.uint8)
        return Faces(images, labels, np.zeros((count, 7), np.float32))

    return {"Training": faces(350), "PublicTest": faces(140)}


@pytest.fixture(scope="module")
def run(splits, tmp_path_factory) -> Path:
    """A run folder of a trained tiny model."""
    folder = tmp_path_factory.mktemp("run")
    config = fit.TrainingConfig(
        model="tiny", epochs=6, batch_size=32, learning_rate=0.02, warmup_epochs=1, ema=0.8
    )
    fit.Trainer(
        build_tiny, config, splits["Training"], splits["PublicTest"], fit.RunFolder(folder)
    ).run()
    return folder


@pytest.fixture(autouse=True)
def _tiny_is_an_architecture(monkeypatch):
    monkeypatch.setitem(ARCHITECTURES, "tiny", "tiny_architecture")
    monkeypatch.setitem(sys.modules, "tiny_architecture", SimpleNamespace(build=build_tiny))


@pytest.fixture(scope="module")
def exported(run, splits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", "tiny_architecture")
        patch.setitem(sys.modules, "tiny_architecture", SimpleNamespace(build=build_tiny))
        return export_tiny(run / "best.npz", splits, folder)


@pytest.fixture(scope="module")
def file(exported) -> TfliteFile:
    return TfliteFile((exported.folder / "tiny" / "int8.tflite").read_bytes())


def test_the_file_takes_raw_bytes_as_they_are(file):
    assert file.input["dtype"] == np.uint8
    assert file.input["shape"].tolist() == [1, 48, 48, 1]
    assert file.input["quantization"] == (1.0, 0)


def test_the_file_gives_seven_probabilities_in_float32(file, splits):
    probabilities = file.predict(splits["PublicTest"].images)

    assert probabilities.dtype == np.float32
    assert probabilities.shape == (140, 7)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(140), abs=7 / 256)


def test_normalization_is_folded_and_every_operation_is_integer(file):
    details = [d for d in file.interpreter._get_ops_details() if d["op_name"] != "DELEGATE"]
    census = Counter(d["op_name"] for d in details)

    assert census == {
        "QUANTIZE": 1,
        "ADD": 2,  # the centring of the input, and the shortcut
        "CONV_2D": 2,
        "MAX_POOL_2D": 1,
        "RESHAPE": 1,
        "FULLY_CONNECTED": 1,
        "SOFTMAX": 1,
        "DEQUANTIZE": 1,
    }
    types = {t["index"]: t["dtype"] for t in file.interpreter.get_tensor_details()}
    made = {types[index] for d in details[:-1] for index in d["outputs"]}
    assert made == {np.int8}


def test_kernels_are_quantized_per_filter(file):
    kernels = [
        tensor["quantization_parameters"]["scales"]
        for tensor in file.interpreter.get_tensor_details()
        if tensor["shape"].tolist() == [8, 3, 3, 8]
    ]

    assert [len(scales) for scales in kernels] == [8]


def test_the_file_is_as_good_as_the_model_it_was_made_of(exported):
    (row,) = exported.rows

    assert exported.keras_top1 > 0.9
    assert row.accuracy.top1 == pytest.approx(exported.keras_top1, abs=0.02)
    assert row.accuracy.agreement_with_keras > 0.97
    assert row.accuracy.largest_difference < 0.15
    assert row.failure == ""


def test_the_registry_finds_what_was_exported(exported):
    artefact = Registry(exported.folder).find("tiny", "int8.tflite")

    assert artefact.labels == EMOTIONS
    assert artefact.top1 == exported.rows[0].accuracy.top1


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
    story = json.loads((exported.folder / "tiny" / "run.json").read_text())
    assert len(story["history"]) == entry["training"]["epochs_done"]
    stated = entry["formats"]["int8.tflite"]
    assert stated["sha256"] == hashlib.sha256(content).hexdigest()
    assert stated["bytes"] == len(content)
    assert stated["accuracy"]["faces"] == 140


def test_the_stated_accuracy_is_that_of_the_file_run_again(exported, file, splits):
    probabilities = file.predict(splits["PublicTest"].images)

    measured = np.mean(probabilities.argmax(axis=1) == splits["PublicTest"].labels)

    assert exported.rows[0].accuracy.top1 == pytest.approx(measured, abs=1e-5)


def test_the_kept_float16_weights_rebuild_the_same_file(exported, file, splits, tmp_path):
    kept = exported.folder / "tiny" / "weights.f16.npz"

    again = export_tiny(kept, splits, tmp_path)

    faces = splits["PublicTest"].images
    assert np.array_equal(TfliteFile(again.rows[0].content).predict(faces), file.predict(faces))
    assert (tmp_path / "tiny" / "weights.f16.npz").read_bytes() == kept.read_bytes()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def models(exported, tmp_path) -> Path:
    """A models folder that already holds an export."""
    folder = tmp_path / "models"
    for name, content in contents(exported.folder).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda w: w.pop("conv_a/gamma"), "holds no weights of tiny: it lacks conv_a/gamma"),
        (lambda w: w.update({"conv_a/gamma": np.ones(9)}), r"conv_a/gamma is \(9,\), expected"),
        (lambda w: w.update(extra=np.ones(1)), "holds more than tiny has: extra"),
        (lambda w: w.update({"conv_a/gamma": np.full(8, np.nan)}), "conv_a/gamma has values"),
    ],
)
def test_weights_that_do_not_fit_say_which_and_touch_nothing(
    run, splits, models, tmp_path, change, complaint
):
    weights = load_arrays(run / "best.npz")
    change(weights)
    save_arrays(tmp_path / "wrong.npz", weights)
    before = contents(models)

    with pytest.raises(MoodpiError, match=complaint):
        export_tiny(tmp_path / "wrong.npz", splits, models)

    assert contents(models) == before


def test_a_checkpoint_to_resume_from_is_no_source_of_an_export(run, splits, tmp_path):
    with pytest.raises(MoodpiError, match=r"last\.npz holds no weights of tiny: .*best\.npz"):
        export_tiny(run / "last.npz", splits, tmp_path)


def test_a_format_that_fails_is_a_row_and_touches_nothing(run, splits, models, monkeypatch):
    def fail(*_):
        raise MoodpiError("no such luck")

    monkeypatch.setattr("convert.int8_tflite.Int8Tflite.convert", fail)
    before = contents(models)

    report = export_tiny(run / "best.npz", splits, models)

    assert [row.failure for row in report.rows] == ["failed: no such luck"]
    assert contents(models) == before


def test_calibration_that_misses_black_or_white_is_refused(run, splits):
    from convert.int8_tflite import Int8Tflite
    from convert.rebuild import rebuild, with_probabilities

    model = with_probabilities(rebuild("tiny", TrainedWeights.read(run / "best.npz")), 1.0)
    pale = np.clip(splits["Training"].images[:20, ..., None], 1, 250)

    with pytest.raises(MoodpiError, match="must hold a 0 and a 255"):
        Int8Tflite().convert(model, pale)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_leaves_the_old_export_whole(run, splits, models):
    before = contents(models)
    (models / "manifest.json.part").symlink_to("/dev/full")

    with pytest.raises(MoodpiError, match="No space left on device"):
        export_tiny(run / "best.npz", splits, models)

    assert contents(models) == before


def test_formats_of_other_weights_leave_the_manifest_and_it_says_so(run, splits, models, caplog):
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
    assert "tiny float32.tflite left the manifest" in caplog.text


def test_a_damaged_manifest_says_so_before_anything_is_converted(run, splits, tmp_path):
    (tmp_path / "manifest.json").write_text("{")

    with pytest.raises(MoodpiError, match=r"manifest\.json is damaged"):
        export_tiny(run / "best.npz", splits, tmp_path)


@pytest.fixture(scope="module")
def all_formats(run, splits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("all")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", "tiny_architecture")
        patch.setitem(sys.modules, "tiny_architecture", SimpleNamespace(build=build_tiny))
        return export_tiny(run / "best.npz", splits, folder, *FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_raw_bytes_gives_probabilities_and_explains_itself(
    name, all_formats, splits
):
    row = next(row for row in all_formats.rows if row.name == name)
    assert row.failure == ""
    runtime = load_runtime(Registry(all_formats.folder).find("tiny", name).path)

    found = np.stack([runtime.infer(f[None, ..., None]) for f in splits["PublicTest"].images[:20]])

    assert (found.dtype, found.shape) == (np.float32, (20, 7))
    assert found.sum(axis=1) == pytest.approx(np.ones(20), abs=7 / 256)
    told = runtime.description()
    assert told["output"]["labels"] == list(EMOTIONS)
    assert told["input"] == {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
    assert told["training"]["config"]["learning_rate"] == 0.02
    assert (told["format"], told["accuracy"]["top1"]) == (name, row.accuracy.top1)
    assert told["temperature"] == all_formats.temperature.value


@pytest.mark.parametrize("name", ["float32.tflite", "float16.tflite", "float32.onnx"])
def test_what_calculates_in_floats_agrees_with_keras_temperature_included(name, all_formats):
    row = next(row for row in all_formats.rows if row.name == name)

    assert row.accuracy.agreement_with_keras == 1
    assert row.accuracy.largest_difference < 0.01


def test_integers_need_a_quarter_of_the_room(all_formats):
    layers = {row.name: sum((row.operators or {}).values()) for row in all_formats.rows}
    sizes = {row.name: len(row.content) for row in all_formats.rows}

    assert sizes["float16.tflite"] < sizes["float32.tflite"]
    assert layers["int8.onnx"] > layers["float32.onnx"], "quantize and dequantize nodes"


def test_the_same_weights_give_the_same_bytes(all_formats, run, splits, tmp_path):
    tflite = [name for name in FORMATS if name.endswith(".tflite")]
    again = export_tiny(run / "best.npz", splits, tmp_path, *tflite)

    contents = {row.name: row.content for row in all_formats.rows}
    assert {row.name: row.content for row in again.rows} == {n: contents[n] for n in tflite}


def test_the_manifest_says_which_faces_calibrated(all_formats, splits):
    entry = json.loads((all_formats.folder / "manifest.json").read_text())["models"]["tiny"]
    chosen = representative_faces(splits["Training"])

    assert entry["calibration"] == chosen.as_json()
    assert entry["calibration"]["faces"] == 56
    assert entry["temperature"]["value"] == all_formats.temperature.value
    assert "CONV_2D" in entry["formats"]["int8.tflite"]["operators"]


def test_a_format_that_misses_its_gate_is_not_installed_and_the_others_are(
    run, splits, models, monkeypatch
):
    def wrong(_exporter, _content, faces):
        return np.full((len(faces), 7), 1 / 7, np.float32)

    monkeypatch.setattr("convert.float_tflite.Float32Tflite.predict", wrong)
    (models / "tiny" / "int8.tflite").unlink()

    report = export_tiny(run / "best.npz", splits, models, "float32.tflite", "int8.tflite")

    assert report.rows[0].failure.startswith("not installed: ")
    assert "points below Keras, at most 0.10" in report.rows[0].failure
    assert not (models / "tiny" / "float32.tflite").exists()
    assert (models / "tiny" / "int8.tflite").exists()


@pytest.mark.parametrize(
    ("top1", "agreement", "refusal"),
    [
        (0.70, 0.99, ""),
        (0.698, 0.98, ""),
        (0.696, 0.99, "0.40 points below Keras, at most 0.30"),
        (0.70, 0.97, "agrees with Keras on 97.00%, at least 98.00%"),
    ],
)
def test_the_gate_for_integers(top1, agreement, refusal):
    measured = Accuracy("PublicTest", 100, top1, agreement, 0.1, 0.0)

    assert INTEGER.refusal(measured, 0.70) == refusal


def test_what_an_export_tells_of_its_training_names_no_folder(run, tmp_path):
    story = json.loads((run / "run.json").read_text())
    story["config"] |= {"weights": "/home/me/first.npz", "teachers": ["tiny=/home/me/t.npz"]}
    (tmp_path / "run.json").write_text(json.dumps(story))
    (tmp_path / "best.npz").write_bytes((run / "best.npz").read_bytes())

    config = TrainedWeights.read(tmp_path / "best.npz").story["config"]

    assert (config["weights"], config["teachers"]) == ("first.npz", ["tiny=t.npz"])
