"""Checks of the operating system, Python and the libraries."""

from __future__ import annotations

import os
import platform
import sys
from importlib.util import find_spec

from edge.ops.doctor.result import CheckResult, probe
from edge.runtimes import RUNTIMES
from edge.system.hardware import system_name
from moodpi.requirements import OPENCV, how_to_install

# The format that each kind of runtime is tested with: OpenCV does not support int8 ONNX.
TEST_FORMATS = {".tflite": "int8.tflite", ".onnx": "float32.onnx"}
TEST_RUNTIME = """
import {package}, numpy
from edge.runtimes import load_runtime
from models.artefact import INPUT_SHAPE
from models.registry import Registry
path = Registry().find("simple_cnn", "{file}").path
load_runtime(path, package="{package}").infer(numpy.zeros(INPUT_SHAPE, numpy.uint8))
print("{package}", getattr({package}, "__version__", ""), "works")
"""


def check_system() -> list[CheckResult]:
    """The operating system and the processor architecture."""
    machine = platform.machine()
    detail = f"{system_name()}, {machine}, {os.cpu_count()} processors"
    if sys.maxsize <= 2**32:
        return [CheckResult("system", "broken", detail, "install the 64-bit Raspberry Pi OS")]
    return [CheckResult("system", "ok", detail)]


def check_python() -> list[CheckResult]:
    """The Python version and environment."""
    return [CheckResult("python", "ok", f"{platform.python_version()} in {sys.prefix}")]


def check_image_libraries() -> list[CheckResult]:
    """OpenCV, with its face detector."""
    opencv = (
        "import cv2, numpy; cv2.CascadeClassifier; print(cv2.__version__, 'with numpy', "
        "numpy.__version__)"
    )
    return [probe("opencv", opencv, failure="broken", fix=how_to_install(OPENCV))]


def check_runtimes() -> list[CheckResult]:
    """The inference runtimes that work with a model in a child process; else what is missing."""
    results = []
    for suffix, kinds in RUNTIMES.items():
        subject, of_suffix = f"{suffix[1:]} runtime", list[CheckResult]()
        for package, _, _, requirement in kinds:
            fix = how_to_install(requirement)
            if find_spec(package) is None:
                detail = f"{package} is not installed"
                of_suffix.append(CheckResult(subject, "missing", detail, fix))
            else:
                code = TEST_RUNTIME.format(file=TEST_FORMATS[suffix], package=package)
                of_suffix.append(probe(subject, code, failure="missing", fix=fix))
        # One runtime for each kind of file is enough.
        working = [result for result in of_suffix if result.status == "ok"]
        results += working or of_suffix
    if not any(r.status == "ok" and r.subject == "tflite runtime" for r in results):
        fix = how_to_install("ai-edge-litert")
        detail = "no working runtime: models cannot run"
        results.append(CheckResult("tflite runtime", "broken", detail, fix))
    return results
