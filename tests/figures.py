"""docs/figures.json: what the commands printed that the documentation takes its figures from.

`python -m tests.figures COMMAND...` runs a command in the repository and records what it prints,
with the machine, the date and the checksums of the data, for example:

    python -m tests.figures python -m tests.studies.close_ups fer2013.csv.gz 400 backgrounds

A file outside the repository is recorded by its name alone. `tests/docs/test_figures.py` compares
the documentation with the records; a section names the commands that its figures are from.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moodpi.files import write_atomic
from tests.benchmarks.machine import describe
from tests.conftest import ROOT

RECORDS = ROOT / "docs" / "figures.json"
PACKAGES = ("moodpi", "numpy", "opencv-python-headless", "ai-edge-litert")
Record = dict[str, Any]


def records() -> dict[str, Record]:
    """Each command with its record, whose `printed` holds the lines of its output."""
    found: dict[str, Record] = json.loads(RECORDS.read_text())
    return found


def main() -> None:
    """Run the command of the arguments, and write its record unless it fails."""
    arguments = sys.argv[1:]
    program = Path(sys.executable).with_name(arguments[0])
    command = [str(program) if program.exists() else arguments[0], *arguments[1:]]
    output: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"COLUMNS": "200"}, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            output.append(line.rstrip().replace(f"{ROOT}/", ""))
    if process.returncode:
        sys.exit(process.returncode)
    save(" ".join(map(_name, arguments)), output, filter(Path.is_file, map(Path, arguments)))


def save(command: str, output: list[str], data: Iterable[Path]) -> None:
    """Add the record of a command, or replace it. data: the files that it read."""
    record = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": describe(),
        "versions": {package: version(package) for package in PACKAGES},
        "data": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in data
            if not _is_own(path)
        },
        "printed": output,
    }
    changed = records() | {command: record}
    text = json.dumps(dict(sorted(changed.items())), indent=1, ensure_ascii=False)
    write_atomic({RECORDS: f"{text}\n".encode()})


def _is_own(path: Path) -> bool:
    return path.resolve().is_relative_to(ROOT)


def _name(argument: str) -> str:
    """An argument as the documentation writes it: without the folders of this machine."""
    path = Path(argument)
    return path.name if path.exists() and not _is_own(path) else argument


if __name__ == "__main__":
    main()
