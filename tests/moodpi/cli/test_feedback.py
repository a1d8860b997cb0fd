"""`moodpi like`, `skip`, `ban`, `taste` and `recommend --remember`, as a person would use them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalog.own_songs import FILE as OWN_SONGS
from catalog.own_songs import OwnSong, OwnSongs
from moodpi.cli.table import COMMANDS
from tests.moodpi.cli.reading import one_line

STATE = Path(".local/state/moodpi/listener.sqlite")


@pytest.fixture
def recommend(moodpi):
    """Recommend for sadness with the same seed every time; the tracks."""

    def run(*arguments: object, **variables: str) -> list[dict[str, str]]:
        done = moodpi(
            "recommend", "--emotion", "sad", "--seed", 1, "--json", *arguments, **variables
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["tracks"]

    return run


def names(output: str) -> list[str]:
    return [line.partition(": ")[2] for line in output.splitlines()]


def test_without_remember_nothing_is_read_or_written(recommend, tmp_path) -> None:
    first = recommend()
    assert recommend() == first
    assert not (tmp_path / STATE).exists()
    recommend("--remember")
    assert recommend() == first


def test_with_remember_no_track_repeats(recommend, tmp_path) -> None:
    given = [track["id"] for _ in range(4) for track in recommend("--remember")]
    assert len(set(given)) == 20
    assert (tmp_path / STATE).exists()


def test_a_track_is_named_by_id_link_or_number(recommend, moodpi) -> None:
    first, second, third, *_ = recommend("--remember")
    assert names(moodpi("like", first["id"]).stdout) == [f"{first['title']} - {first['artist']}"]
    assert names(moodpi("skip", f"{second['url']}?si=abc").stdout) == [
        f"{second['title']} - {second['artist']}"
    ]
    assert names(moodpi("ban", 3).stdout) == [f"{third['title']} - {third['artist']}"]
    taste = json.loads(moodpi("taste", "--json").stdout)
    assert (taste["likes"], taste["skips"], taste["played"]) == (1, 1, 5)
    assert taste["banned"] == [f"{third['title']} - {third['artist']}"]


def test_an_analyzed_song_is_named_by_its_id(moodpi, tmp_path) -> None:
    song = OwnSong("/music/Evening.mp3", "Evening", "Our Band", 0.2, -0.4)
    file = tmp_path / STATE.with_name(OWN_SONGS)
    file.parent.mkdir(parents=True)
    OwnSongs([song], (0.8, 0.7)).write(file)
    assert names(moodpi("like", song.id).stdout) == ["Evening - Our Band"]


def test_without_a_track_the_last_list_is_meant(recommend, moodpi) -> None:
    recommend("--remember")
    tracks = recommend("--remember")
    done = moodpi("like")
    assert names(done.stdout) == [f"{track['title']} - {track['artist']}" for track in tracks]


def test_a_banned_track_is_never_recommended_until_a_reset(recommend, moodpi) -> None:
    before = recommend()
    banned = before[0]["id"]
    moodpi("ban", banned)
    assert banned not in [track["id"] for track in recommend("-n", 30)]
    assert moodpi("taste", "--reset").returncode == 0
    assert recommend() == before


def test_a_banned_artist_is_never_recommended(recommend, moodpi) -> None:
    track = recommend()[0]
    done = moodpi("ban", "--artist", track["id"])
    assert done.stdout == f"banned: every track of {track['artist']}\n"
    assert track["artist"] not in [t["artist"] for t in recommend("-n", 30)]


def test_an_artist_is_named_in_any_spelling(moodpi) -> None:
    assert moodpi("like", "--artist", "beatles").stdout == "liked: every track of beatles\n"
    done = moodpi("like", "--artist", "Beetles, The")
    assert done.returncode == 2
    assert "no artist 'Beetles, The' in the catalogue" in one_line(done)


def test_json_lists_the_recorded_feedback(recommend, moodpi) -> None:
    track = recommend()[0]
    assert json.loads(moodpi("like", track["id"], "--json").stdout) == [
        {"subject": "track", "name": f"{track['title']} - {track['artist']}", "verdict": "like"}
    ]


@pytest.mark.parametrize("command", ["like", "skip", "ban"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no track was played yet: name a track"),
        (["3"], "'3' is not a track: expected an id of 22 letters and digits"),
        (["https://open.spotify.com/album/4aawyAB9vmqN3uQ7FjRGTy"], "is not a track"),
        (["0" * 22], "the catalogue does not contain '0000000000000000000000'"),
        (["", "--artist"], "no artist ''"),
    ],
)
def test_an_invalid_reference_is_one_line(command, arguments, said, moodpi) -> None:
    done = moodpi(command, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in one_line(done)


def test_a_number_beyond_the_last_list_is_refused(recommend, moodpi) -> None:
    recommend("--remember")
    done = moodpi("skip", 6)
    assert done.returncode == 2
    assert "a number from 1 to 5 of the last list" in one_line(done)


@pytest.mark.parametrize("command", [["like", "1" * 22], ["taste"], ["taste", "--reset"]])
def test_feedback_that_cannot_be_saved_is_an_error(command, moodpi) -> None:
    done = moodpi(*command, STATE_DIRECTORY="/dev/null/state")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot use the profile /dev/null/state/listener.sqlite" in one_line(done)


def test_recommend_works_without_a_writable_history(moodpi) -> None:
    done = moodpi(
        "recommend", "--emotion", "sad", "--remember", "--json", STATE_DIRECTORY="/dev/null/state"
    )
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["tracks"]) == 5
    assert "continuing without the history" in one_line(done)


@pytest.mark.parametrize("remember", [[], ["--remember"]])
def test_a_damaged_history_is_quarantined_and_reported(remember, moodpi, tmp_path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "listener.sqlite").write_bytes(b"not what it was" * 1000)
    done = moodpi("recommend", "--emotion", "sad", *remember, STATE_DIRECTORY=str(state))
    assert done.returncode == 0
    assert "is damaged" in one_line(done)
    assert len(list(state.glob("listener.sqlite.damaged-*"))) == 1


def test_forget_played_deletes_the_history(recommend, moodpi) -> None:
    first = recommend("--remember")
    moodpi("like")
    done = moodpi("taste", "--forget-played")
    assert "Liked 5, skipped 0, banned 0." in done.stdout
    assert "Played 0 tracks." in done.stdout
    moodpi("taste", "--reset")
    assert recommend("--remember") == first


def test_recommend_applies_the_configuration(moodpi, tmp_path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[recommend]\ngenres = ["metal"]\ncount = 3\nstrategy = "lift"\nmin_popularity = 90\n'
    )
    done = moodpi("recommend", "--emotion", "sad", "--config", "mine.toml", "--json")
    assert json.loads(done.stdout)["strategy"] == "lift"
    assert len(json.loads(done.stdout)["tracks"]) < 3
    assert "pass the filters: change recommend.genres" in one_line(done)


def test_the_feedback_commands_exist() -> None:
    assert {"like", "skip", "ban", "taste"} <= set(COMMANDS)


def test_parallel_processes_never_repeat_a_track(recommend) -> None:
    with ThreadPoolExecutor(4) as pool:
        lists = list(pool.map(lambda _: recommend("--remember"), range(8)))
    given = [track["id"] for tracks in lists for track in tracks]
    assert len(given) == len(set(given)) == 40


def test_liking_a_list_keeps_a_ban_in_it_with_a_warning(recommend, moodpi) -> None:
    tracks = recommend("--remember")
    moodpi("ban", 2)
    done = moodpi("like")
    assert len(names(done.stdout)) == 4
    assert f"still banned: {tracks[1]['title']} - {tracks[1]['artist']}" in done.stderr
    assert names(moodpi("like", 2).stdout) == [f"{tracks[1]['title']} - {tracks[1]['artist']}"]
    assert json.loads(moodpi("taste", "--json").stdout)["banned"] == []


def test_liking_a_track_of_a_banned_artist_warns_that_the_artist_stays_banned(
    recommend, moodpi
) -> None:
    recommend("--remember")
    banned = names(moodpi("ban", 1, "--artist").stdout)[0].removeprefix("every track of ")
    done = moodpi("like", 1)
    assert done.returncode == 0
    assert f"still banned: every track of {banned} (to lift the ban: moodpi like" in done.stderr


def test_taste_names_artists_as_people_write_them(recommend, moodpi) -> None:
    recommend("--remember")
    liked = names(moodpi("like", 1, "--artist").stdout)[0].removeprefix("every track of ")
    assert liked in json.loads(moodpi("taste", "--json").stdout)["learned"]["artist"]
