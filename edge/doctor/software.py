"""Whether system, Python and libraries suit."""

from __future__ import annotations

import os
import platform
import sys
from importlib.util import find_spec

from edge.doctor.finding import Finding, probe
from edge.machine import system_name
from edge.runtimes import RUNTIMES


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
    fix = "pip install 'opencv-python-headless>=4.8,<5'"
    opencv = probe(
        "import cv2, numpy; cv2.CascadeClassifier; print(cv2.__version__, 'with numpy', "
        "numpy.__version__)"
    )
    imagesize = probe("import imagesize; print('imagesize', imagesize.__version__)")
    return [
        opencv("opencv", "broken", fix),
        imagesize("image headers", "broken", "pip install imagesize"),
    ]


def runtimes() -> list[Finding]:
    """Each runtime in a child process: a bad wheel can die of an illegal instruction."""
    findings = []
    for suffix, kinds in RUNTIMES.items():
        for package, module, _, install in kinds:
            fix = f"pip install '{install}'"
            subject = f"{suffix[1:]} runtime"
            if find_spec(package) is None:
                findings.append(Finding(subject, "missing", f"{package} is not installed", fix))
            else:
                code = f"import edge.runtimes.{module}; print({package!r})"
                findings.append(probe(code)(subject, "missing", fix))
    if not any(f.status == "ok" and f.subject == "tflite runtime" for f in findings):
        fix = "pip install ai-edge-litert"
        findings.append(Finding("tflite runtime", "broken", "none works: no model can run", fix))
    return findings
