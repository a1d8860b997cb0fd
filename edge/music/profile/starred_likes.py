"""Keeps the stars of a music server and the likes of the profile the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.store import Catalog
from edge.music.profile.feedback import feedback_for_tracks
from edge.music.profile.store import ProfileStore, Verdict
from edge.music.stars import Stars

# The new likes of one call. A call is one turn of the main loop, others follow.
MAX_NEW_LIKES = 100
# From this many stars on, a server that has none any more was set up again.
MIN_LOST_STARS = 10


def exchange_stars(store: ProfileStore, catalog: Catalog, stars: Stars) -> Mapping[str, bool]:
    """Store the likes that new stars mean, and remove those whose stars were removed.

    The profile remembers the tracks that were both starred and liked, to tell which side has
    changed since. If both have, a ban or skip that is later than a new star stays.

    Returns whether a track is to have a star, by id, for the tracks whose stars are to change.
    Raises MoodpiError if the profile cannot be used.
    """
    feedback = {item.key: item for item in store.feedback() if item.subject == "track"}
    verdicts = {track: item.verdict for track, item in feedback.items()}
    liked = {track for track, verdict in verdicts.items() if verdict is Verdict.LIKE}
    before = store.starred(stars.account)
    if not stars.times and len(before) >= MIN_LOST_STARS:
        before = {}
    starred = set(stars.times)
    newly_starred = [
        track
        for track, time in stars.times.items()
        if track not in before
        and track not in stars.own
        and track not in liked
        and (track not in feedback or feedback[track].time < time)
    ]
    new_likes = _add_likes(store, catalog, stars, newly_starred)
    # A song that the server does not list at the moment, or lists as another one, keeps its like.
    removed = {track for track, uri in before.items() if stars.tracks.get(track) == uri} - starred
    if unstarred := removed & liked:
        store.remove_likes(unstarred)
    liked = (liked | new_likes) - removed
    # A server can accept a star and not keep it: that is known when the stars are read again.
    now_starred = {track: stars.tracks[track] for track in (starred - stars.own) & liked}
    agreed = {track: before[track] for track in before.keys() - removed} | now_starred
    if agreed != store.starred(stars.account):
        store.set_starred(stars.account, agreed)
    known = (before.keys() & starred) | stars.own
    taken_back = {track for track in known if track in verdicts and track not in liked}
    return dict.fromkeys(taken_back, False) | dict.fromkeys(
        (liked - starred) & stars.tracks.keys(), True
    )


def _add_likes(store: ProfileStore, catalog: Catalog, stars: Stars, ids: list[str]) -> set[str]:
    """Like those of the tracks that the catalogue has, at the time of their stars. Returns them."""
    if not ids:
        return set()
    tracks = [*catalog.find(ids).values()][:MAX_NEW_LIKES]
    likes = feedback_for_tracks(tracks, Verdict.LIKE, catalog)
    store.add_feedback(replace(like, time=stars.times[like.key] or like.time) for like in likes)
    return {like.key for like in likes}
