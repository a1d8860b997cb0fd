from pathlib import Path

import pytest

from catalog.store import Catalog
from edge.music.library.file_names import song_of_file_name
from edge.music.library.matching import match_songs


@pytest.mark.parametrize(
    ("path", "title", "artist"),
    [
        ("m/En Vogue - Lies.mp3", "Lies", "En Vogue"),
        ("m/02 - En Vogue - Lies.mp3", "Lies", "En Vogue"),
        ("m/En_Vogue_-_Lies.mp3", "Lies", "En Vogue"),
        ("m/En Vogue \u2013 Born to Sing \u2013 03 \u2013 Lies.mp3", "Lies", "En Vogue"),
        ("m/En Vogue/Born to Sing/03 Lies.mp3", "Lies", "En Vogue"),
        ("m/En Vogue/1-03. Lies.mp3", "Lies", "En Vogue"),
        ("m/99 Problems.mp3", "Problems", "m"),
        ("m/1979.mp3", "1979", "m"),
    ],
)
def test_names_give_title_and_possible_artists(path, title, artist):
    song = song_of_file_name(Path(path), "")
    assert song.title == title
    assert artist in song.artists
    assert not song.is_tagged


def test_only_the_catalogue_decides_which_name_is_the_artist():
    paths = (
        "music/02 - En Vogue - Lies.mp3",
        "music/Azul Azul/Album/01 La Bomba.mp3",
        "music/Nobody - Lies.mp3",
        "music/La Bomba.mp3",
    )
    songs = [song for path in paths if (song := song_of_file_name(Path(path), ""))]
    with Catalog.open() as catalog:
        known = match_songs(songs, catalog).known
    assert known.keys() == {*paths[:2]}
