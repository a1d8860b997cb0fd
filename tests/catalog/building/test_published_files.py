"""Files that people publish, by their real headers, with made-up rows: read, or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from moodpi.errors import MoodpiError  # noqa: E402

ROWS = 12


@dataclass(frozen=True)
class Published:
    """A file as it is published.

    Attributes:
        source: Where it is published.
        header: Its columns, separated by commas.
        fields: How it writes a column that differs from FIELDS, by the name of the column.
        code: The code of the error if it is refused.
        advice: Words of the message, if it is refused.
    """

    source: str
    header: str
    fields: dict[str, Callable[[int], str]] | None = None
    code: str = ""
    advice: tuple[str, ...] = ()
    encoding: str = "utf-8"


def track_id(n: int) -> str:
    return f"{n:022}"


# How most files write a column, by the part of its name that is left in lower case letters.
FIELDS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(["id", "trackid", "spotifyid", "spotifytrackid"], track_id),
    **dict.fromkeys(["uri", "trackuri"], lambda n: f"spotify:track:{track_id(n)}"),
    **dict.fromkeys(["trackname", "name", "track", "song"], lambda n: f"Sóng {n}"),
    **dict.fromkeys(["artistname", "artist", "performer", "artistnames"], lambda n: f"Bänd {n}"),
    "artists": lambda n: f"['Bänd {n}', \"The Guests' Guest\"]",
    "durationms": lambda n: str(200_000 + n),
    "trackdurationms": lambda n: str(200_000 + n),
    "spotifytrackdurationms": lambda n: str(200_000 + n),
    "length": lambda n: str(200_000 + n),
    "loudness": lambda n: f"{-20 + n / 2:.3f}",
    "tempo": lambda n: f"{90 + n:.2f}",
    **dict.fromkeys(
        ["danceability", "energy", "speechiness", "acousticness", "liveness", "valence"],
        lambda n: f"{(n + 1) / 20:.3f}",
    ),
    "instrumentalness": lambda n: f"{n / 1e7:g}",
    "popularity": str,
    "year": lambda n: str(1990 + n),
    "releasedate": lambda n: f"{1990 + n}-01-31",
}
FEATURES = (
    "danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,"
    "valence,tempo"
)
PERCENT: Callable[[int], str] = lambda n: str(5 + 5 * n)  # noqa: E731

FILES = {
    "dataset.csv": Published(
        "Kaggle, maharshipandya/-spotify-tracks-dataset",
        f",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,{FEATURES},"
        "time_signature,track_genre",
        {"artists": lambda n: f"Bänd {n};Guest"},
    ),
    "SpotifyFeatures.csv": Published(
        "Kaggle, zaheenhamidani/ultimate-spotify-tracks-db",
        "genre,artist_name,track_name,track_id,popularity,acousticness,danceability,duration_ms,"
        "energy,instrumentalness,key,liveness,loudness,mode,speechiness,tempo,time_signature,"
        "valence",
        encoding="utf-8-sig",
    ),
    "tracks_features.csv": Published(
        "Kaggle, rodolfofigueroa/spotify-12m-songs",
        "id,name,album,album_id,artists,artist_ids,track_number,disc_number,explicit,"
        f"{FEATURES},duration_ms,time_signature,year,release_date",
        {"album_id": track_id, "artist_ids": lambda n: f"['{track_id(n)}']"},
    ),
    "tracks.csv": Published(
        "Kaggle, yamaerenay/spotify-dataset-19212020-600k-tracks",
        "id,name,popularity,duration_ms,explicit,artists,id_artists,release_date,"
        f"{FEATURES},time_signature",
        {"id_artists": lambda n: f"['{track_id(n)}']"},
    ),
    "universal_top_spotify_songs.csv": Published(
        "Kaggle, asaniczka/top-spotify-songs-in-73-countries-daily-updated",
        "spotify_id,name,artists,daily_rank,daily_movement,weekly_movement,country,"
        "snapshot_date,popularity,is_explicit,duration_ms,album_name,album_release_date,"
        f"{FEATURES},time_signature",
        {"artists": lambda n: f"Bänd {n}, Guest", "snapshot_date": lambda _: "2024-01-01"},
    ),
    "Spotify_Youtube.csv": Published(
        "Kaggle, salvatorerastelli/spotify-and-youtube",
        ",Artist,Url_spotify,Track,Album,Album_type,Uri,Danceability,Energy,Key,Loudness,"
        "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Duration_ms,"
        "Url_youtube,Title,Channel,Views,Likes,Comments,Description,Licensed,official_video,"
        "Stream",
        {
            "Url_spotify": lambda n: f"https://open.spotify.com/artist/{track_id(n)}",
            "Url_youtube": lambda n: f"https://www.youtube.com/watch?v={n}",
            "Title": lambda n: f"Official video {n}",
            "Description": lambda n: f'Line\n"quoted", {n}\n\nline',
            "Duration_ms": lambda n: f"{200_000 + n}.0",
        },
    ),
    "audio_features.csv": Published(
        "TidyTuesday 2021-09-14",
        "song_id,performer,song,spotify_genre,spotify_track_id,spotify_track_preview_url,"
        f"spotify_track_duration_ms,spotify_track_explicit,spotify_track_album,{FEATURES},"
        "time_signature,spotify_track_popularity",
        {"song_id": lambda n: f"Sóng {n}Bänd {n}", "spotify_track_preview_url": lambda _: "NA"},
    ),
    "dataset-of-10s.csv": Published(
        "Kaggle, theoverman/the-spotify-hit-predictor-dataset",
        f"track,artist,uri,{FEATURES},duration_ms,time_signature,chorus_hit,sections,target",
    ),
    "liked.csv": Published(
        "Exportify, in English",
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
        "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
        "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature",
        {"Artist Name(s)": lambda n: f"Bänd {n};Guest"},
    ),
    "spotify-2023.csv": Published(
        "Kaggle, nelgiriyewithana/top-spotify-songs-2023",
        "track_name,artist(s)_name,artist_count,released_year,released_month,released_day,"
        "in_spotify_playlists,in_spotify_charts,streams,in_apple_playlists,in_apple_charts,"
        "in_deezer_playlists,in_deezer_charts,in_shazam_charts,bpm,key,mode,danceability_%,"
        "valence_%,energy_%,acousticness_%,instrumentalness_%,liveness_%,speechiness_%",
        dict.fromkeys(["danceability_%", "valence_%", "energy_%"], PERCENT),
        code="missing_columns",
        advice=(
            "lacks id (Spotify's id, URI or link of each track), loudness",
            "'artist(s)_name'",
            "--column id=NAME",
        ),
        encoding="latin-1",
    ),
    "top50.csv": Published(
        "Kaggle, leonardopena/top50spotify2019",
        ",Track.Name,Artist.Name,Genre,Beats.Per.Minute,Energy,Danceability,Loudness..dB..,"
        "Liveness,Valence.,Length.,Acousticness..,Speechiness.,Popularity",
        dict.fromkeys(["Energy", "Danceability", "Liveness", "Valence."], PERCENT),
        code="missing_columns",
        advice=("Spotify's id", "instrumentalness", "'Loudness..dB..'", "--column id=NAME"),
        encoding="latin-1",
    ),
    "muse_v3.csv": Published(
        "Kaggle, cakiki/muse-the-musical-sentiment-dataset",
        "lastfm_url,track,artist,seeds,number_of_emotion_tags,valence_tags,arousal_tags,"
        "dominance_tags,mbid,spotify_id,genre",
        code="no_features",
        advice=("no audio features", "for the same ids"),
    ),
    "278k_labelled_uri.csv": Published(
        "Kaggle, abdullahorzan/moodify-dataset",
        ",Unnamed: 0,duration (ms),danceability,energy,loudness,speechiness,acousticness,"
        "instrumentalness,liveness,valence,tempo,spec_rate,labels,uri",
        code="missing_columns",
        advice=("lacks title, artist", "'spec_rate'", "a file that has them for the same ids"),
    ),
    "My Spotify Library.csv": Published(
        "TuneMyMusic",
        "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id",
        code="no_features",
        advice=("no audio features",),
        encoding="utf-8-sig",
    ),
}


def write(name: str, folder: Path) -> Path:
    """Write a file with made-up rows."""
    published = FILES[name]
    columns = published.header.split(",")
    with (folder / name).open("w", newline="", encoding=published.encoding) as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([_field(published, column, n) for column in columns] for n in range(ROWS))
    return folder / name


def _field(published: Published, column: str, n: int) -> str:
    if published.fields and column in published.fields:
        return published.fields[column](n)
    letters = "".join(filter(str.isalpha, column.lower()))
    return FIELDS.get(letters, lambda _: "1")(n)


@pytest.mark.parametrize("name", [name for name in FILES if not FILES[name].code])
def test_reads_every_row(name, build_tracks, tmp_path) -> None:
    tracks = build_tracks(write(name, tmp_path))
    assert sorted(tracks) == [track_id(n) for n in range(ROWS)]
    first = tracks[track_id(0)]
    assert first["title"] == "Sóng 0"
    assert str(first["artist_name"]).startswith("Bänd 0")
    assert first["duration"] == 200


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name].code])
def test_refuses_with_what_is_missing_and_what_to_do(name, tmp_path) -> None:
    with pytest.raises(MoodpiError) as caught:
        build([write(name, tmp_path)], tmp_path / "c.sqlite")
    assert caught.value.code == FILES[name].code
    for words in (name, *FILES[name].advice):
        assert words in str(caught.value)


def test_files_that_complete_each_other_are_joined(tmp_path) -> None:
    for names in ("muse_v3.csv", "My Spotify Library.csv"):
        paths = [write(names, tmp_path), write("278k_labelled_uri.csv", tmp_path)]
        built = build(paths, tmp_path / "c.sqlite")
        assert (built.read, built.tracks) == (2 * ROWS, ROWS)
