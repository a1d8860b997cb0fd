"""Damaged pictures and bombs over the page, the command line and a folder as a source.

The long test takes ten times as many damaged pictures, of other seeds. A picture after which a
process fails is saved in the test's folder.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.conftest import ROOT
from tests.edge.frontends.web.conftest import serving
from tests.edge.photos.bombs import all_bombs
from tests.edge.photos.mutations import mutations
from tests.edge.photos.process_tree import ProcessTree

httpx = pytest.importorskip("httpx")
pytestmark = pytest.mark.system

SEED = 16
UPLOAD_MEGABYTES = 200
COMMAND_MEGABYTES = 400
# What the page and its worker keep for the next photo: two blocks and a heap, after any number of
# photos. The page itself does not grow.
RETAINED_MEGABYTES = 80
GROWTH_MEGABYTES = 15
# Of processor time. The worker ends after 4; the rest is for the faces of the largest photos.
MAX_SECONDS = 8
# On the clock, for a loaded machine.
TIMEOUT = 60
STATUSES = {200, 400, 408, 413, 415, 422}


def test_a_thousand_mutations_and_all_bombs_over_the_page(tmp_path: Path, portrait: Path) -> None:
    _send_to_page(tmp_path, portrait, mutations(portrait, SEED, 1000))


def test_a_thousand_mutations_and_all_bombs_on_the_command_line(
    tmp_path: Path, portrait: Path
) -> None:
    pictures = itertools.chain(mutations(portrait, SEED, 1000), all_bombs())
    _classify(tmp_path, portrait, pictures)


def test_a_thousand_mutations_and_all_bombs_as_a_source(tmp_path: Path, portrait: Path) -> None:
    pictures = itertools.chain(mutations(portrait, SEED, 1000), all_bombs())
    _run_on_folder(tmp_path, portrait, pictures)


@pytest.mark.long
@pytest.mark.parametrize("entrance", ["page", "command", "folder"])
def test_ten_thousand_mutations(tmp_path: Path, portrait: Path, entrance: str) -> None:
    send = {"page": _send_to_page, "command": _classify, "folder": _run_on_folder}[entrance]
    send(tmp_path, portrait, mutations(portrait, SEED + 1, 10_000))


@pytest.mark.parametrize(
    "name",
    [
        "JPEG: 119 megapixels behind FF 00",
        "JPEG: 40 megapixels with 3000 scans",
        "PNG: a chunk IDAT of 4294967280 bytes, longer than the file",
        "PNG: 900 texts of 8 MB",
        "WebP: an animation of 6320 pixels, still",
        "TIFF: a tile of 16384 for 64 pixels",
    ],
)
def test_a_bomb_alone_on_the_command_line_is_one_line(tmp_path: Path, name: str) -> None:
    bomb = tmp_path / "photo.jpg"
    bomb.write_bytes(dict(all_bombs())[name])
    process = _start(tmp_path, "recommend", str(bomb))
    with ProcessTree(process.pid).watched() as tree:
        assert process.wait(TIMEOUT) == 1
    assert tree.peak < COMMAND_MEGABYTES
    assert len((tmp_path / "log").read_text().splitlines()) == 1


def _send_to_page(folder: Path, portrait: Path, pictures: Iterator[tuple[str, bytes]]) -> None:
    """Send the pictures, and the bombs before, among and after them; memory is flat at the end."""
    outcomes: Counter[int] = Counter()
    with serving(folder) as served, httpx.Client(base_url=served.url, timeout=TIMEOUT) as client:
        tree = ProcessTree(served.process.pid)
        assert client.post("/api/recommend", content=portrait.read_bytes()).status_code == 200
        idle = tree.megabytes
        with tree.watched():
            # The first pictures fill what the processes retain for the next photo.
            warm_up = itertools.chain(all_bombs(), itertools.islice(pictures, 300))
            for name, content in warm_up:
                outcomes[_status(client, tree, folder, name, content)] += 1
            before = tree.own_megabytes
            for name, content in itertools.chain(pictures, all_bombs()):
                outcomes[_status(client, tree, folder, name, content)] += 1
        growth = tree.own_megabytes - before
        retained = tree.megabytes - idle
        above = tree.peak - idle
        print(f"page: {dict(outcomes)}, idle {idle:.0f} MB, peak {above:.0f} MB above it, "
              f"{retained:.0f} MB at the end, growth {growth:.0f} MB")  # fmt: skip
        answer = client.post("/api/recommend", content=portrait.read_bytes())
        assert answer.json()["emotion"] == "happy"
        assert above < UPLOAD_MEGABYTES
        assert retained < RETAINED_MEGABYTES
        assert growth < GROWTH_MEGABYTES
        assert "Traceback" not in served.log.read_text()


def _status(client: Any, tree: ProcessTree, folder: Path, name: str, content: bytes) -> int:
    """The status of the answer, after a check of its time and kind."""
    used = tree.cpu_seconds
    try:
        response = client.post("/api/classify", content=content)
    except httpx.HTTPError as error:
        _fail(folder, name, content, repr(error))
    if response.status_code not in STATUSES:
        _fail(folder, name, content, f"{response.status_code} {response.text}")
    if tree.cpu_seconds - used > MAX_SECONDS:
        _fail(folder, name, content, f"{tree.cpu_seconds - used} s")
    return int(response.status_code)


def _classify(folder: Path, portrait: Path, pictures: Iterator[tuple[str, bytes]]) -> None:
    """One command classifies every picture or states an error; the portrait is the last one."""
    count = _write(folder / "pictures", portrait, pictures)
    process = _start(folder, "classify", str(folder / "pictures"), "--json")
    with ProcessTree(process.pid).watched() as tree:
        output, _ = process.communicate(timeout=TIMEOUT + count)
    results = json.loads(output)
    print(f"command: {sum('error' in result for result in results)} errors of {len(results)}, "
          f"peak {tree.peak:.0f} MB")  # fmt: skip
    assert process.returncode == 1
    assert len(results) == count
    assert results[-1]["faces"][0]["emotion"] == "happy"
    assert tree.peak < COMMAND_MEGABYTES
    log = (folder / "log").read_text()
    assert "Traceback" not in log
    errors = sum("error" in result for result in results)
    assert log.count("/pictures/") == errors
    # Two more lines count the pictures that cannot be read and those without a face.
    assert len(log.splitlines()) == errors + 2


def _run_on_folder(folder: Path, portrait: Path, pictures: Iterator[tuple[str, bytes]]) -> None:
    """The daemon reads every picture, skips the damaged ones and ends with the folder."""
    count = _write(folder / "pictures", portrait, pictures)
    process = _start(folder, "run", "--source", str(folder / "pictures"), "--dry-run", "--json")
    with ProcessTree(process.pid).watched() as tree:
        output, _ = process.communicate(timeout=TIMEOUT + count)
    log = (folder / "log").read_text()
    skipped = sum("skipped" in line for line in log.splitlines())
    print(f"folder: {skipped} skipped of {count}, peak {tree.peak:.0f} MB")
    assert process.returncode == 0, log[-2000:]
    assert 0 < skipped < count
    assert output
    assert "Traceback" not in log
    assert tree.peak < COMMAND_MEGABYTES


def _write(folder: Path, portrait: Path, pictures: Iterator[tuple[str, bytes]]) -> int:
    """Write the pictures, and the portrait as the last one; return how many they are."""
    folder.mkdir()
    number = 0
    for number, (_, content) in enumerate(pictures, 1):
        (folder / f"{number:05}.jpg").write_bytes(content)
    (folder / f"{number + 1:05}.jpg").write_bytes(portrait.read_bytes())
    return number + 1


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command of moodpi with its own home; its log is in `folder`."""
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "moodpi", *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(folder),
                "XDG_RUNTIME_DIR": str(folder),
            },
        )


def _fail(folder: Path, name: str, content: bytes, reason: str) -> NoReturn:
    saved = folder / "failed.bin"
    saved.write_bytes(content)
    pytest.fail(f"{name}: {reason}; saved as {saved}")
