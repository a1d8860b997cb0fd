"""Packs training into one file, for a machine with an accelerator but without a network.

The file holds the faces, the code and the wheels that Keras needs; `training/on_accelerator.md`
explains its use.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from moodpi.errors import MoodpiError, report
from moodpi.output import print_lines
from training.data.duplicates import without_duplicates
from training.data.face_sheets import write_sheets
from training.data.loading import load_faces

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("moodpi", "models", "catalog", "edge", "training", "convert")
# Keras and what it imports, and the progress bar. JAX brings NumPy. h5py is not needed.
WHEELS = (
    *("keras", "namex", "optree", "absl-py", "packaging", "typing_extensions"),
    *("rich", "markdown-it-py", "mdurl", "pygments", "tqdm"),
)
PYTHON_VERSION = "3.12"
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_27_x86_64", "manylinux_2_28_x86_64")
MAX_BYTES = 60_000_000
MAIN = '''"""Trains a model with the faces, the code and the wheels of this file."""
import os
import sys
import zipfile
from pathlib import Path

package = Path(sys.argv[0]).resolve()
folder = package.with_suffix("")
if not (folder / "complete").exists():
    zipfile.ZipFile(package).extractall(folder)
    for wheel in (folder / "wheels").glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder / "site-packages")
    (folder / "complete").touch()
sys.path[0] = str(folder)
# Installed libraries come first.
sys.path.append(str(folder / "site-packages"))
os.environ.setdefault("KERAS_BACKEND", "jax")

from moodpi.cli.main import main

data = os.path.relpath(folder / "faces")
sys.exit(main(["train", *sys.argv[1:], "--data", data]))
'''


def main() -> int:
    """Write the file that the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.package_for_accelerator",
        description="Pack training into one file, for a machine with an accelerator but without a "
        "network. training/on_accelerator.md explains its use.",
    )
    parser.add_argument("data", type=Path, metavar="FER2013", help="as for moodpi train")
    parser.add_argument("votes", type=Path, nargs="?", metavar="CSV", help="FER+ votes")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("moodpi-accelerator.zip"),
        metavar="FILE",
        help="the file to write (default: %(default)s)",
    )
    arguments = parser.parse_args()
    try:
        size = make_package(arguments.data, arguments.votes, arguments.output)
    except MoodpiError as error:
        report(str(error))
        return error.exit_code
    print_lines(
        f"{arguments.output}: {size / 1e6:.1f} MB",
        f"next: copy it to the machine and run python{PYTHON_VERSION} {arguments.output.name} "
        "simple_cnn --minutes 9",
    )
    return 0


def make_package(data: Path, votes: Path | None, output: Path) -> int:
    """Read the faces, fetch the wheels and write the file; return its size in bytes.

    Raises MoodpiError if a file cannot be read, pip fails, or the size is above MAX_BYTES.
    """
    splits, _ = without_duplicates(load_faces(data, votes))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sheets(folder / "faces", splits)
        fetch_wheels(folder / "wheels")
        pack(folder, output)
    size = output.stat().st_size
    if size > MAX_BYTES:
        raise MoodpiError(
            f"{output} has {size / 1e6:.1f} MB, expected at most {MAX_BYTES / 1e6:.0f} MB",
            code="package_too_large",
        )
    return size


def fetch_wheels(folder: Path) -> None:
    """Download the wheels. Raises MoodpiError if pip cannot."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)),
        *("--only-binary", ":all:", "--python-version", PYTHON_VERSION),
        *(option for platform in PLATFORMS for option in ("--platform", platform)),
    ]
    if subprocess.run([*command, *WHEELS], check=False).returncode:
        raise MoodpiError("pip cannot download the wheels", code="no_wheels")


def pack(folder: Path, output: Path) -> None:
    """Write the files of a folder, moodpi's code and the program that starts it to a ZIP file."""
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.writestr("__main__.py", MAIN)
        for path in sorted(folder.rglob("*")):
            package.write(path, path.relative_to(folder))
        for name in PACKAGES:
            for path in sorted((ROOT / name).rglob("*.py")):
                package.write(path, path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
