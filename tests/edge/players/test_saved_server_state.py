"""The saved state of a server, across crashes, versions and damaged files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.players.saved_server_state import OPTIONS as RESTORABLE_OPTIONS
from edge.players.saved_server_state import SavedServerState, server_state_file
from tests.mutations import FUZZ_SIZES, mutations

OPTIONS = {"random": "1", "xfade": "3"}
URIS = frozenset(["a.flac", "b \u00e9.flac"])


def loaded(path: Path, server: str = "MPD at home") -> SavedServerState:
    saved_state = SavedServerState(path, server)
    saved_state.load()
    return saved_state


@pytest.fixture
def path(state_folder: Path) -> Path:
    state_folder.mkdir(parents=True)
    return server_state_file()


def test_loads_what_it_has_saved(path):
    loaded(path).save(OPTIONS, URIS)
    assert (loaded(path).options, loaded(path).uris) == (OPTIONS, URIS)


def test_ignores_the_state_of_another_server(path):
    loaded(path).save(OPTIONS, URIS)
    other = loaded(path, "MPD at work")
    assert (other.options, other.uris) == (None, frozenset())


def test_clear_deletes_the_file(path):
    saved_state = loaded(path)
    saved_state.save(OPTIONS, URIS)
    saved_state.clear()
    saved_state.clear()
    assert (saved_state.options, saved_state.uris) == (None, frozenset())
    assert not path.exists()


def test_leaves_the_file_of_version_0_1_0_in_place_until_it_is_cleared(path):
    legacy = path.with_name("hand-back.json")
    content = json.dumps({"server": "MPD at home", "before": OPTIONS, "uris": sorted(URIS)})
    legacy.write_text(content)
    saved_state = loaded(path)
    assert (saved_state.options, saved_state.uris) == (OPTIONS, URIS)
    assert not path.exists()
    saved_state.save(OPTIONS, ["c.flac"])
    assert legacy.read_text() == content
    assert loaded(path).uris == {"c.flac"}
    saved_state.clear()
    assert list(path.parent.iterdir()) == []


def test_quarantines_a_damaged_file_of_version_0_1_0(path):
    path.with_name("hand-back.json").write_text("{}")
    assert loaded(path).options is None
    (damaged,) = path.parent.iterdir()
    assert damaged.name.startswith("hand-back.json.damaged-")


def test_prefers_its_own_file_to_that_of_version_0_1_0(path):
    loaded(path).save(OPTIONS, URIS)
    path.with_name("hand-back.json").write_text("{}")
    assert loaded(path).uris == URIS


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"server": "MPD at home", "uris": []}',
        '{"server": "MPD at home", "options": null, "uris": []}',
    ],
)
def test_quarantines_a_damaged_file(path, content):
    path.write_text(content)
    assert loaded(path).options is None
    (damaged,) = path.parent.iterdir()
    assert damaged.name.startswith("server-state.json.damaged-")


@pytest.mark.parametrize(
    "options",
    [
        {"kill": "1"},
        {"clear": "1", "random": "1"},
        {"random\nkill": "1"},
        {"random": "1\nkill"},
        {"random": "2"},
        {"random": 1},
        {"random": None},
        {"xfade": "9" * 5000},
        {"xfade": "-1"},
        {"xfade": "\u0663"},
        {"__class__": "1"},
        {"single": ["1"]},
        ["random"],
        "random",
    ],
)
@pytest.mark.parametrize("name", ["server-state.json", "hand-back.json"])
def test_only_options_of_a_server_are_read_back(path, name, options):
    saved = {"server": "MPD at home", "uris": ["a"]}
    key = "options" if name == "server-state.json" else "before"
    path.with_name(name).write_text(json.dumps({**saved, key: options}))
    state = loaded(path)
    assert (state.options, state.uris) == (None, frozenset())
    (damaged,) = path.parent.iterdir()
    assert damaged.name.startswith(f"{name}.damaged-")


@pytest.mark.parametrize("uris", [["a\nkill"], [1], ["a", None], "\n", 5, {"a\0": 1}])
def test_only_uris_of_one_line_are_read_back(path, uris):
    path.write_text(json.dumps({"server": "MPD at home", "options": OPTIONS, "uris": uris}))
    assert loaded(path).options is None


def test_the_options_that_mpd_sets_can_be_read_back():
    mpd_player = pytest.importorskip("edge.players.mpd_player")
    assert {*mpd_player.PLAYBACK_OPTIONS, "xfade"} == set(RESTORABLE_OPTIONS)


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_bytes_raise_nothing(path, count, caplog):
    valid = {"server": "MPD at home", "options": OPTIONS, "uris": sorted(URIS)}
    for content in mutations([json.dumps(valid).encode()], count):
        path.write_bytes(content)
        options = loaded(path).options or {}
        assert set(options) <= set(RESTORABLE_OPTIONS)
    assert "Traceback" not in caplog.text


def test_warns_once_while_it_cannot_save(path, caplog):
    path.parent.rmdir()
    path.parent.write_text("not a folder")
    saved_state = loaded(path)
    for _ in range(3):
        saved_state.save(OPTIONS, URIS)
    assert saved_state.options == OPTIONS
    assert caplog.text.count("cannot save the state of MPD at home") == 1
