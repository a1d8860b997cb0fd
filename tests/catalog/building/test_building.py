"""Building catalogues: ranks, provenance, atomic replacement, and refused arguments."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from catalog.building.scoring_model import ScoringModel  # noqa: E402
from catalog.schema import SCALE  # noqa: E402
from catalog.store import Catalog  # noqa: E402
from tests.hostile_folder import make_hostile_folder  # noqa: E402
from tests.raising import raises  # noqa: E402

ID = f"{1:022}"


def test_removes_partial_files_of_killed_builds_only(row, write_csv, tmp_path) -> None:
    killed, running = tmp_path / "c.sqlite.4194305.part", tmp_path / f"c.sqlite.{os.getppid()}.part"
    for part in (killed, running):
        part.touch()
    build([write_csv([row(1)])], tmp_path / "c.sqlite")
    assert (killed.exists(), running.exists()) == (False, True)


def test_valence_and_arousal_are_ranks_over_the_catalogue(row, write_csv, build_tracks) -> None:
    tracks = build_tracks(write_csv([row(n) for n in range(100)])).values()
    edge = round(ScoringModel.load().extent * SCALE)
    for axis in ("valence", "arousal"):
        values = sorted(track[axis] for track in tracks)
        assert values == [round((2 * n + 1) / 100 * edge) - edge for n in range(100)]


def test_the_same_inputs_give_the_same_bytes(row, write_csv, tmp_path) -> None:
    path = write_csv([row(n) for n in range(300)])
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    assert build([path], first).content_sha256 == build([path], second).content_sha256
    assert first.read_bytes() == second.read_bytes()


def test_other_tracks_give_another_content_hash(row, write_csv, tmp_path) -> None:
    few = build([write_csv([row(1)], "a.csv")], tmp_path / "a.sqlite")
    more = build([write_csv([row(1), row(2)], "b.csv")], tmp_path / "b.sqlite")
    assert few.content_sha256 != more.content_sha256


def test_replaces_the_file_atomically_and_leaves_it_on_failure(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(1)], "a.csv")], output)
    before = output.read_bytes()
    with raises("no_usable_track"):
        build([write_csv([row(1, energy="7")], "b.csv")], output)
    assert output.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_an_open_catalogue_can_be_replaced(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(n) for n in range(9)], "a.csv")], output)
    with Catalog.open(output) as catalog:
        build([write_csv([row(50)], "b.csv")], output)
        assert len(catalog.tracks(range(1, 10))) == 9


def test_the_provenance_lists_inputs_counts_and_models(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(1), row(1), row(2, energy="7")])], output)
    with Catalog.open(output) as catalog:
        provenance = catalog.provenance()
    entry = provenance["inputs"][0]
    assert (entry["name"], entry["rows"], entry["used"]) == ("songs.csv", 3, 2)
    assert provenance["counts"] == {
        "same_id": 1,
        "same_song": 0,
        "tracks": 1,
        "rejected": {"energy is out of range": 1},
    }
    assert provenance["scoring"]["fit"]["artists"] == 772
    assert provenance["moods"]["fit"]["songs"] == 686


def test_refuses_missing_files(row, write_csv, tmp_path) -> None:
    with raises("unreadable_file"):
        build([tmp_path / "absent.csv"], tmp_path / "c.sqlite")
    with raises("invalid_output"):
        build([write_csv([row(1)])], tmp_path / "absent" / "c.sqlite")


def test_an_input_is_never_overwritten(row, write_csv) -> None:
    path = write_csv([row(1)])
    before = path.read_bytes()
    with raises("output_is_input"):
        build([path], path)
    assert path.read_bytes() == before


def test_reproduces_the_shipped_catalogue(shared_data, tmp_path) -> None:
    music = shared_data / "music"
    names = ("data_moods", "spotify_songs", "spotify_by_genre")
    sources = [music / f"{name}.csv" for name in names] + sorted(music.glob("hitpredictor_*.csv"))
    built = build(sources, tmp_path / "c.sqlite")
    assert built.read == 80_625
    assert built.read == built.tracks + built.same_id + built.same_song + sum(
        built.rejected.kinds.values()
    )
    with Catalog.open() as shipped:
        assert shipped.provenance()["content_sha256"] == built.content_sha256
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as database:
        title = "SELECT count(*) FROM track WHERE title = '1999'"
        assert database.execute(title).fetchone()[0] > 0


def test_inputs_and_output_can_have_any_name(row, write_csv, tmp_path) -> None:
    folder = make_hostile_folder(tmp_path)
    source = write_csv([row(number) for number in range(5)]).rename(folder / os.fsdecode(b"\xfc:?"))
    output = folder / os.fsdecode(b"\xfc:%3f.sqlite")
    assert build([source], output).tracks == 5
    with Catalog.open(output) as catalog:
        assert len(catalog) == 5
        assert catalog.provenance()["inputs"][0]["name"] == "\\udcfc:?"
