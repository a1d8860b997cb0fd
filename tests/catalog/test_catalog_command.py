"""`moodpi catalog` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import cv2
import pytest

from models.emotions import EMOTIONS
from moodpi.requirements import how_to_install


def test_info_summarizes_the_shipped_catalogue(moodpi) -> None:
    done = moodpi("catalog", "info")
    assert done.returncode == 0, done.stderr
    for word in ("tracks by", "spotify_songs.csv", "bright and lively", "correlation", *EMOTIONS):
        assert word in done.stdout


def test_info_as_json_is_one_document(moodpi) -> None:
    document = json.loads(moodpi("catalog", "info", "--json").stdout)
    assert sum(document["quadrants"].values()) == document["tracks"] >= 60_000
    known = document["known"]
    assert known["year"] + known["decade alone"] + known["neither"] == document["tracks"]
    assert 0 < known["popularity > 50"] < known["popularity"] < document["tracks"]
    assert sum(document["moods"].values()) == document["tracks"]
    assert set(document["examples"]) == set(EMOTIONS)
    assert len(document["provenance"]["inputs"]) == 9


@pytest.mark.workstation
def test_info_draws_the_plane(moodpi, tmp_path) -> None:
    pytest.importorskip("matplotlib")
    done = moodpi("catalog", "info", "--plot", "plane.png")
    assert done.returncode == 0, done.stderr
    height, width = cv2.imread(str(tmp_path / "plane.png")).shape[:2]
    assert min(height, width) >= 800
    assert [path.name for path in tmp_path.iterdir() if "plane" in path.name] == ["plane.png"]


@pytest.mark.workstation
def test_a_picture_that_cannot_be_written_is_one_line(moodpi) -> None:
    pytest.importorskip("matplotlib")
    for name, message in (
        ("plane.txt", "expected a name that ends in"),
        ("no/p.png", "cannot write"),
    ):
        done = moodpi("catalog", "info", "--plot", name)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert message in done.stderr


@pytest.mark.workstation
def test_build_reports_what_it_read_and_rejected(moodpi, row, write_csv, tmp_path) -> None:
    pytest.importorskip("pandas")
    path = write_csv([row(1), row(1), row(2), row(3, energy="7")])
    done = moodpi("catalog", "build", path, "-o", "mine.sqlite")
    assert done.returncode == 0, done.stderr
    assert "energy is out of range" in done.stdout
    assert "songs.csv line 5" in done.stdout
    assert (tmp_path / "mine.sqlite").is_file()
    assert "2 tracks by 2 artists" in moodpi("catalog", "info", "mine.sqlite").stdout


@pytest.mark.workstation
def test_build_fits_the_scoring_model_to_labels(moodpi, shared_data) -> None:
    pytest.importorskip("pandas")
    labels = shared_data / "music" / "mood_valence_arousal_train.csv"
    done = moodpi("catalog", "build", labels, "-o", "mine.sqlite", "--labels", labels)
    assert done.returncode == 0, done.stderr
    document = json.loads(moodpi("catalog", "info", "mine.sqlite", "--json").stdout)
    assert document["provenance"]["labels"]["name"] == labels.name
    assert document["provenance"]["scoring"]["fit"]["valence"]["correlation"] > 0.35


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["info", "absent.sqlite"], 1, "no catalogue at absent.sqlite"),
        (["build", "absent.csv", "-o", "c.sqlite"], 1, "cannot read absent.csv"),
        (["build", "-o", "c.sqlite"], 2, "TABLE"),
        (["build", "a.csv"], 2, "-o"),
        ([], 2, "build|info"),
    ],
)
def test_mistakes_get_one_line(arguments, code, message, moodpi) -> None:
    if "absent.csv" in arguments:
        pytest.importorskip("pandas")
    done = moodpi("catalog", *arguments)
    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.workstation
def test_parquet_without_pyarrow_is_one_line_with_the_command_that_installs_it(tmp_path) -> None:
    pytest.importorskip("pandas")
    (tmp_path / "songs.parquet").write_bytes(b"PAR1" + bytes(100))
    code = (
        "import sys; sys.modules['pyarrow'] = None; from moodpi.cli.main import main; "
        "sys.exit(main(['catalog', 'build', 'songs.parquet', '-o', 'c.sqlite']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    install = how_to_install("moodpi[catalog]")
    assert done.stderr == f"moodpi: pyarrow is not installed: {install}\n"
