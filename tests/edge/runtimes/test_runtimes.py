"""The runtimes give the same probabilities for the shipped models."""

from __future__ import annotations

import importlib
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edge import runtimes
from edge.runtimes import load_runtime
from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import crop_face
from edge.vision.detector import HaarFaceDetector
from models.emotions import EMOTIONS
from models.registry import Registry
from moodpi.requirements import how_to_install
from tests.grey_picture import grey_picture
from tests.hostile_folder import make_hostile_folder
from tests.raising import raises


@pytest.fixture(scope="module")
def classifier() -> EmotionClassifier:
    return EmotionClassifier.load()


def test_a_smile_is_happy_and_the_probabilities_sum_to_one(classifier, portrait: Path) -> None:
    grey = grey_picture(portrait)
    probabilities = classifier.classify(crop_face(grey, HaarFaceDetector().detect(grey)[0]))
    assert (probabilities.shape, probabilities.dtype) == ((7,), np.float32)
    assert probabilities.sum() == pytest.approx(1, abs=0.02)
    assert EMOTIONS[int(probabilities.argmax())] == "happy"


@pytest.mark.parametrize("model", Registry().models())
def test_both_int8_files_agree_on_every_processor(model: str, portrait: Path) -> None:
    """They would disagree on x86-64 without VNNI if EXACT_ON_X86 were missing."""
    pytest.importorskip("onnxruntime", reason="needs moodpi[onnx]")
    loaded = [
        load_runtime(Registry().find(model, kind).path) for kind in ("int8.tflite", "int8.onnx")
    ]
    grey = grey_picture(portrait)
    face = crop_face(grey, HaarFaceDetector().detect(grey)[0])
    for brightness in np.linspace(0.4, 1.6, 13):
        lit = np.clip(face * brightness, 0, 255).astype(np.uint8)
        one, other = (runtime.infer(lit[None, ..., None]) for runtime in loaded)
        np.testing.assert_allclose(one, other, atol=0.05)


def test_the_shipped_file_takes_raw_bytes(classifier) -> None:
    black = classifier.classify(np.zeros((48, 48), np.uint8))
    white = classifier.classify(np.full((48, 48), 255, np.uint8))
    assert np.isfinite(black).all()
    assert np.isfinite(white).all()


def test_the_preferred_runtime_comes_first() -> None:
    preferred = "litert" if find_spec("ai_edge_litert") else "tflite_runtime"
    runtime = load_runtime(Registry().find("simple_cnn", "int8.tflite").path)
    assert type(runtime).__module__ == f"edge.runtimes.{preferred}"


def test_a_file_that_is_not_a_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(b"not a model")
    with raises("model_damaged"):
        load_runtime(tmp_path / "bad.tflite")


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("int8.tflite", "ai_edge_litert"),
        ("int8.tflite", "tflite_runtime"),
        ("float32.onnx", "onnxruntime"),
        ("float32.onnx", "cv2"),
    ],
)
def test_a_model_can_have_any_name(tmp_path: Path, name: str, package: str) -> None:
    if not find_spec(package):
        pytest.skip(f"not applicable: {package} is not installed")
    path = make_hostile_folder(tmp_path) / f"a:b?c\n{name}"
    shipped = Registry().find("simple_cnn", name).path
    shutil.copy(shipped, path)
    face = np.arange(48 * 48).reshape(1, 48, 48, 1).astype(np.uint8)
    found, expected = (load_runtime(file, package=package).infer(face) for file in (path, shipped))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("package", ["onnxruntime", "cv2"])
def test_a_damaged_onnx_file_is_an_error_that_names_it(tmp_path: Path, package: str) -> None:
    if not find_spec(package):
        pytest.skip(f"not applicable: {package} is not installed")
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with raises("model_damaged") as error:
        load_runtime(tmp_path / "bad.onnx", package=package)
    assert "/proc/" not in str(error.value)


def test_an_unknown_suffix_is_an_error(tmp_path: Path) -> None:
    with raises("unknown_suffix"):
        load_runtime(tmp_path / "model.pb")


def test_without_a_runtime_the_error_names_what_to_install(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(runtimes, "find_spec", lambda _package: None)
    fixes = " or ".join(
        how_to_install(requirement) for *_, requirement in runtimes.RUNTIMES[".tflite"]
    )
    with raises("no_runtime") as error:
        load_runtime(tmp_path / "model.tflite")
    assert fixes in str(error.value)


class TestTfliteRuntime:
    """tflite-runtime, if it is installed."""

    @pytest.fixture
    def module(self):
        pytest.importorskip("tflite_runtime", reason="not applicable: needs moodpi[tflite-runtime]")
        return importlib.import_module("edge.runtimes.tflite_runtime")

    @pytest.fixture
    def path(self) -> Path:
        return Registry().find("simple_cnn", "int8.tflite").path

    def test_integer_layers_run_in_xnnpack(self, module, path: Path) -> None:
        interpreter = module.TfliteRuntime(path)._interpreter

        names = [operator["op_name"] for operator in interpreter._get_ops_details()]

        assert "DELEGATE" in names
        plain = module.Interpreter(str(path))
        plain.allocate_tensors()
        assert "DELEGATE" not in [o["op_name"] for o in plain._get_ops_details()]

    def test_a_build_without_xnnpack_gives_similar_probabilities(
        self, module, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grey = np.arange(48 * 48).reshape(1, 48, 48, 1).astype(np.uint8)
        usual = module.TfliteRuntime(path).infer(grey)
        monkeypatch.setattr(module.XnnpackDelegate, "available", lambda: False)

        assert module.TfliteRuntime(path).infer(grey) == pytest.approx(usual, abs=0.1)


@pytest.mark.skipif(int(np.__version__[0]) < 2, reason="not applicable: numpy is below 2")
def test_tflite_runtime_with_numpy_2_names_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "edge.runtimes.tflite_runtime", raising=False)
    with raises("incompatible_numpy") as error:
        __import__("edge.runtimes.tflite_runtime")
    assert "pip install" in str(error.value)
