"""The daemon's status as text for people."""

from __future__ import annotations

import time
from datetime import timedelta

from edge.daemon.status import DaemonStatus, TrackJson

PREVIEW = {
    "link": "Preview: a link to the picture of the camera is open",
    "watched": "Preview: somebody watches the picture of the camera",
}


def status_lines(status: DaemonStatus, *, counts: bool = False) -> list[str]:
    """What moodpi sees and plays, and with what. counts: Whether to add the counts of the run."""
    lines = [
        _view(status),
        *([status.pause_reason] if status.pause_reason else []),
        *_track_lines(status),
        f"Camera: {status.source}{_problem(status.camera_error)}",
        f"Player: {status.player}{_songs(status)}{_problem(status.player_error)}",
        *([f"Songs: {status.song_analysis}"] if status.song_analysis else []),
        f"Strategy: {status.strategy}",
        *_resting_face(status),
        *([PREVIEW[status.preview["state"]]] if status.preview else []),
        f"Running for {timedelta(seconds=round(status.uptime))}",
    ]
    if counts:
        lines.append(", ".join(f"{name} {n}" for name, n in status.counts.to_json().items()))
    return lines


def _view(status: DaemonStatus) -> str:
    """Who is in view, and the mood."""
    mood = status.mood
    if mood is None:
        return "Somebody in view, no mood yet" if status.person_present else "Nobody in view"
    since = time.strftime("%H:%M:%S", time.localtime(mood["time"]))
    numbers = f"belief {mood['belief']:.0%}, share {mood['share']:.0%}"
    return f"{(mood['emotion'] or 'unsure').capitalize()} since {since} ({numbers})"


def _track_lines(status: DaemonStatus) -> list[str]:
    """The list of tracks. The playing one is marked and has its reason."""
    playing = status.playing_track
    lines = []
    for number, track in enumerate(status.listed_tracks, start=1):
        is_playing = playing is not None and track["id"] == playing["id"]
        lines.append(_track_line(number, track, is_playing=is_playing))
    return lines


def _track_line(number: int, track: TrackJson, *, is_playing: bool) -> str:
    line = f"{'>' if is_playing else ' '}{number:2}. {track['title']} - {track['artist']}"
    return f"{line}: {track['why']}" if is_playing else line


def _songs(status: DaemonStatus) -> str:
    if status.songs is None:
        return ""
    return f", can select {status.songs['playable']:,} of {status.songs['total']:,} songs"


def _problem(error: str) -> str:
    return f": {error}" if error else ""


def _resting_face(status: DaemonStatus) -> list[str]:
    resting = status.resting_face
    if resting is None or not resting["origin"]:
        return []
    why = f", not applied: {resting['why']}" if resting["why"] else ""
    return [f"Resting face: {resting['origin']}{why}"]
