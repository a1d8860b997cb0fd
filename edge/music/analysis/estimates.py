"""Estimates the places of the songs that the catalogue does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.own_songs import OwnSong, OwnSongs
from catalog.store import Catalog
from edge.audio.affect_model import AffectModel
from edge.music.analysis.store import Analyzed
from edge.music.library import Song

# Of more songs that the catalogue knows, the others are not analyzed: the estimates hardly gain.
MAX_KNOWN = 200


def estimate_songs(
    songs: Sequence[Song],
    known: Mapping[str, int],
    analyzed: Mapping[str, Analyzed],
    catalog: Catalog,
    model: AffectModel,
) -> OwnSongs:
    """The unknown songs with their places, by a model that the known songs calibrate.

    Args:
        songs: All songs.
        known: The rowid of the catalogue's track, by the URI of a song that it knows.
        analyzed: What is known of the songs that were analyzed, by URI.
        catalog: The catalogue.
        model: The model that was fitted to listeners' labels.
    """
    features = {uri: song.features for uri, song in analyzed.items() if song.features is not None}
    calibrated = _calibrate(model, known, features, catalog)
    unknown = [song for song in songs if song.uri not in known]
    heard = [song for song in unknown if song.uri in features]
    places = calibrated.estimate([features[song.uri].tolist() for song in heard])
    extent = catalog.plane.extent
    own = [
        OwnSong(song.uri, song.title, _artist(song), round(float(v), 4), round(float(a), 4))
        for song, (v, a) in zip(heard, np.clip(places, -extent, extent), strict=True)
    ]
    valence, arousal = np.round(calibrated.spread, 4).tolist()
    return OwnSongs(own, (valence, arousal))


def _calibrate(
    model: AffectModel,
    known: Mapping[str, int],
    features: Mapping[str, NDArray[np.float32]],
    catalog: Catalog,
) -> AffectModel:
    examples = [(rowid, features[uri]) for uri, rowid in known.items() if uri in features]
    if not examples:
        return model
    tracks = {track.rowid: track for track in catalog.tracks({rowid for rowid, _ in examples})}
    places = [(tracks[rowid].valence, tracks[rowid].arousal) for rowid, _ in examples]
    return model.calibrate(np.stack([vector for _, vector in examples]), places)


def _artist(song: Song) -> str:
    return song.artists[0] if song.is_tagged and song.artists else ""
