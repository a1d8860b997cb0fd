"""moodpi with its aarch64 dependencies gives the same results on ARM as on x86-64."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from models.registry import Registry
from tests.conftest import ROOT, Moodpi
from tests.edge.system.test_library_pages import OPENCV
from tests.installation.arm_system import ArmSystem

FACES = 200
# The largest difference of a probability, and the shares of the faces that may differ at all and in
# what they show. TFLite's integer softmax has tables of its own for ARM; ONNX Runtime's integer
# kernels round by the processor they are written for, and fifty layers of ResNet50V2 add it up.
ONE_STEP = 1.01 / 256
WORST = {
    ("simple_cnn", "int8.tflite"): ONE_STEP,
    ("simple_cnn", "int8.onnx"): 0.06,
    ("resnet50v2", "int8.tflite"): ONE_STEP,
    ("resnet50v2", "int8.onnx"): 0.13,
}
MAY_DIFFER = {"int8.tflite": 0.02, "int8.onnx": 1.0}
MAY_SHOW_OTHERS = {"int8.tflite": 0.0, "int8.onnx": 0.015}
FORMATS = tuple(MAY_DIFFER)
# An emulated processor takes minutes for two hundred faces through ResNet50V2.
INSTALLED = [
    pytest.param(model, kind, marks=[pytest.mark.long] if model == "resnet50v2" else [])
    for model in Registry().models()
    for kind in FORMATS
    if kind in Registry().formats(model)
]
MOODPI = "/opt/moodpi/bin/moodpi"
# Prints the logits of an int8 TFLite file, one line for each picture of a folder.
LOGITS = """
import json, sys
from pathlib import Path
import cv2
from ai_edge_litert.interpreter import Interpreter
from models.registry import Registry
path = Registry().find(sys.argv[1], "int8.tflite").path
model = Interpreter(str(path), num_threads=1, experimental_preserve_all_tensors=True)
model.allocate_tensors()
face, = model.get_input_details()
softmax = next(each for each in model._get_ops_details() if each["op_name"] == "SOFTMAX")
logits = []
for picture in sorted(Path(sys.argv[2]).iterdir()):
    grey = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
    model.set_tensor(face["index"], grey.reshape(1, 48, 48, 1))
    model.invoke()
    logits.append(model.get_tensor(softmax["inputs"][0])[0].tolist())
print(json.dumps(logits))
"""

pytestmark = pytest.mark.workstation


@pytest.fixture(scope="module")
def crops(arm: ArmSystem, shared_data: Path) -> Path:
    """A folder inside the system with faces of PublicTest, one per file."""
    folder = arm.root / "crops"
    folder.mkdir()
    with gzip.open(shared_data / "fer2013" / "fer2013.csv.gz", "rt") as stream:
        rows = (row for row in csv.DictReader(stream) if row["Usage"] == "PublicTest")
        for place, row in enumerate(islice(rows, FACES)):
            face = np.array(row["pixels"].split(), np.uint8).reshape(48, 48)
            cv2.imwrite(str(folder / f"{place:03}.png"), face)
    return folder


def readings(text: str) -> list[list[dict[str, Any]]]:
    """The faces of each picture of `classify --json`."""
    return [picture["faces"] for picture in json.loads(text)]


def differing(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The largest difference of one probability between two results."""
    return max(abs(p - other["probabilities"][e]) for e, p in one["probabilities"].items())


def test_the_emulated_processor_looks_like_a_pi(arm: ArmSystem) -> None:
    assert arm.output("uname", "-m").strip() == "aarch64"


def test_doctor_finds_no_problem(arm: ArmSystem) -> None:
    findings = json.loads(arm.output(MOODPI, "doctor", "--software", "--json"))
    assert [each for each in findings if each["status"] == "broken"] == []
    assert "aarch64" in next(each["detail"] for each in findings if each["subject"] == "system")


def test_libraries_work_after_their_pages_were_released(arm: ArmSystem) -> None:
    printed = arm.output("/opt/moodpi/bin/python", "-W", "ignore", "-c", OPENCV)
    before, after = map(int, printed.split())
    assert after < before


@pytest.mark.parametrize(("model", "kind"), INSTALLED)
def test_faces_get_the_same_probabilities_as_on_x86(
    arm: ArmSystem, crops: Path, moodpi: Moodpi, model: str, kind: str
) -> None:
    options = ("classify", "--no-detect", "--json", "--model", model, "--format", kind)
    there = readings(arm.output(MOODPI, *options, "/crops"))
    here = readings(moodpi(*options, crops).stdout)
    assert len(there) == len(here) == FACES
    differences = np.array([differing(a, b) for [a], [b] in zip(there, here, strict=True)])
    assert differences.max() <= WORST[model, kind]
    assert (differences > 0).mean() <= MAY_DIFFER[kind]
    others = [a["emotion"] != b["emotion"] for [a], [b] in zip(there, here, strict=True)]
    assert np.mean(others) <= MAY_SHOW_OTHERS[kind]


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(model, marks=marks)
        for (model, kind), marks in ((each.values, each.marks) for each in INSTALLED)
        if kind == "int8.tflite"
    ],
)
def test_int8_logits_equal_those_on_x86(arm: ArmSystem, crops: Path, model: str) -> None:
    there = arm.output("/opt/moodpi/bin/python", "-W", "ignore", "-c", LOGITS, model, "/crops")
    here = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOGITS, model, crops],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    ).stdout
    assert len(json.loads(here)) == FACES
    assert there == here


@pytest.mark.parametrize(("model", "kind"), INSTALLED)
def test_the_portrait_gets_the_same_result_as_on_x86(
    arm: ArmSystem, portrait: Path, moodpi: Moodpi, model: str, kind: str
) -> None:
    (arm.root / "portrait.jpg").write_bytes(portrait.read_bytes())
    options = ("classify", "--json", "--model", model, "--format", kind)
    [[there]] = readings(arm.output(MOODPI, *options, "/portrait.jpg"))
    [[here]] = readings(moodpi(*options, portrait).stdout)
    assert there["emotion"] == here["emotion"]
    assert np.abs(np.subtract(there["box"], here["box"])).max() <= 2
    assert differing(there, here) <= 0.03


@pytest.mark.parametrize(("model", "kind"), INSTALLED)
def test_the_portrait_gets_five_tracks(
    arm: ArmSystem, portrait: Path, model: str, kind: str
) -> None:
    (arm.root / "portrait.jpg").write_bytes(portrait.read_bytes())
    options = ("recommend", "--json", "--model", model, "--format", kind)
    answer = json.loads(arm.output(MOODPI, *options, "/portrait.jpg"))
    assert answer["emotion"] == "happy"
    assert len({track["id"] for track in answer["tracks"]}) == 5


def test_the_same_seed_gives_the_same_tracks_as_on_x86(arm: ArmSystem, moodpi: Moodpi) -> None:
    options = ("recommend", "--emotion", "sad", "--seed", "7", "--json")
    assert json.loads(arm.output(MOODPI, *options)) == json.loads(moodpi(*options).stdout)
