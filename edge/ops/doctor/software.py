"""Whether system, Python and libraries suit."""

from __future__ import annotations

import os
import platform
import sys
from importlib.util import find_spec

from edge.ops.doctor.finding import Finding, probe
from edge.runtimes import RUNTIMES
from edge.system.hardware import system_name
from moodpi.requirements import OPENCV, how_to_install

# The files that the runtimes are tried with: OpenCV takes no int8 ONNX.
PROBED = {".tflite": "int8.tflite", ".onnx": "float32.onnx"}
READ_A_FACE = """
import {package}, numpy
from edge.runtimes import load_runtime
from models.artefact import INPUT_SHAPE
from models.registry import Registry
path = Registry().find("simple_cnn", "{file}").path
load_runtime(path, package="{package}").infer(numpy.zeros(INPUT_SHAPE, numpy.uint8))
print("{package}", getattr({package}, "__version__", ""), "reads a face")
"""


def system() -> list[Finding]:
    """The operating system and its architecture."""
    machine = platform.machine()
    detail = f"{system_name()}, {machine}, {os.cpu_count()} processors"
    if sys.maxsize <= 2**32:
        return [Finding("system", "broken", detail, "flash the 64-bit Raspberry Pi OS")]
    return [Finding("system", "ok", detail)]


def python() -> list[Finding]:
    """The Python that runs this, and where it lives."""
    return [Finding("python", "ok", f"{platform.python_version()} in {sys.prefix}")]


def pictures() -> list[Finding]:
    """What reads pictures and finds faces in them."""
    fix = how_to_install(OPENCV)
    opencv = probe(
        "import cv2, numpy; cv2.CascadeClassifier; print(cv2.__version__, 'with numpy', "
        "numpy.__version__)"
    )
    imagesize = probe("import imagesize; print('imagesize', imagesize.__version__)")
    return [
        opencv("opencv", "broken", fix),
        imagesize("image headers", "broken", how_to_install("imagesize")),
    ]


def runtimes() -> list[Finding]:
    """Each runtime reads a face in a child process: a bad wheel dies of an illegal instruction."""
    findings = []
    for suffix, kinds in RUNTIMES.items():
        for package, _, _, requirement in kinds:
            fix = how_to_install(requirement)
            subject = f"{suffix[1:]} runtime"
            if find_spec(package) is None:
                findings.append(Finding(subject, "missing", f"{package} is not installed", fix))
            else:
                code = READ_A_FACE.format(file=PROBED[suffix], package=package)
                findings.append(probe(code)(subject, "missing", fix))
    if not any(f.status == "ok" and f.subject == "tflite runtime" for f in findings):
        fix = how_to_install("ai-edge-litert")
        findings.append(Finding("tflite runtime", "broken", "none works: no model can run", fix))
    return findings
