"""What a listener says of tracks and artists, as words to be noted in their file."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from difflib import get_close_matches

from catalog.artists import credited, main_artist
from catalog.names import artist_key
from catalog.store import Catalog, Track
from edge.music.profile.store import Feedback, Verdict
from moodpi.errors import UsageError

_TRACK = re.compile(
    r"(?:spotify:track:|https?://open\.spotify\.com/(?:[\w-]+/)?track/)?([0-9A-Za-z]{22})(?:[?#].*)?"
)


def tracks_meant(reference: str | None, last: Sequence[str], catalog: Catalog) -> list[Track]:
    """The tracks that a reference names: an id, a link, a number in the last list, or, with None,
    all of the last list.

    Raises UsageError where it names none, or none that the catalogue has.
    """
    if reference is None:
        if not last:
            raise UsageError(
                "nothing was played yet: name a track by its id or link "
                "(`moodpi run` and `moodpi recommend --remember` keep a history)"
            )
        return _known([track for track in map(catalog.find, last) if track], "the last list")
    if reference.isdecimal() and 1 <= int(reference) <= len(last):
        reference = last[int(reference) - 1]
    matched = _TRACK.fullmatch(reference)
    if matched is None:
        there = f", a number from 1 to {len(last)} (the last list)" if last else ""
        raise UsageError(
            f"'{reference}' names no track: expected its id of 22 letters and digits, "
            f"its open.spotify.com link{there}"
        )
    track = catalog.find(matched[1])
    return _known([track] if track else [], f"'{reference}'")


def words_on_tracks(tracks: Sequence[Track], verdict: Verdict, catalog: Catalog) -> list[Feedback]:
    """A word on each track."""
    now = time.time()
    return [
        Feedback(
            subject="track",
            key=track.id,
            label=f"{track.title} - {track.artist}",
            verdict=verdict,
            time=now,
            artist=artist_key(main_artist(catalog.credits(track.lead))),
            genre=track.genre,
            decade=track.decade,
            popularity=track.popularity,
            valence=track.valence,
            arousal=track.arousal,
        )
        for track in tracks
    ]


def words_on_artists(names: Sequence[str], verdict: Verdict) -> list[Feedback]:
    """A word on each artist, once."""
    now = time.time()
    by_key = {artist_key(name): name for name in names}
    return [Feedback("artist", key, name, verdict, now, key) for key, name in by_key.items()]


def artists_meant(reference: str | None, last: Sequence[str], catalog: Catalog) -> list[str]:
    """The artists that a reference names: by name, or as the main artists of the tracks it names.

    Raises UsageError where the catalogue has no such artist.
    """
    in_list = reference is None or (reference.isdecimal() and 1 <= int(reference) <= len(last))
    if in_list or (reference is not None and _TRACK.fullmatch(reference)):
        tracks = tracks_meant(reference, last, catalog)
        return [main_artist(catalog.credits(track.lead)) for track in tracks]
    name = reference or ""
    names: dict[str, str] = {}
    for credit in catalog.credits():
        for key in credited(credit):
            names.setdefault(key, credit)
    key = artist_key(name)
    if key in names:
        return [name]
    near = get_close_matches(key, names, n=1)
    hint = f"did you mean '{names[near[0]]}'?" if near else "see how the tracks' list spells it"
    raise UsageError(f"no artist '{name}' in the catalogue {catalog.path}: {hint}")


def without_banned(
    words: Sequence[Feedback], before: Sequence[Feedback]
) -> tuple[list[Feedback], list[str]]:
    """Words of praise for a whole list, less those on what was banned before; the latter's names.

    Whoever likes a list has not thought of the one track in it that they once banned.
    """
    banned = {(word.subject, word.key) for word in before if word.verdict is Verdict.BAN}
    kept = [word for word in words if (word.subject, word.key) not in banned]
    left = [word.label for word in words if (word.subject, word.key) in banned]
    return kept, left


def artists_still_banned(words: Sequence[Feedback], before: Sequence[Feedback]) -> list[str]:
    """The banned artists of whom tracks are praised: until they are praised, none of them comes."""
    banned = {
        word.key: word.label
        for word in before
        if word.subject == "artist" and word.verdict is Verdict.BAN
    }
    praised = {word.artist for word in words if word.subject == "track"}
    return [label for key, label in banned.items() if key in praised]


def _known(tracks: list[Track], what: str) -> list[Track]:
    if not tracks:
        raise UsageError(
            f"no track of the catalogue is {what}: take an id or link as `moodpi recommend` prints "
            "them, or name the catalogue it came from with --catalog"
        )
    return tracks
