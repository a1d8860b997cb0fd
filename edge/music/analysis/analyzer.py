"""Analyzes the player's songs one at a time. It can be stopped and continued at any song."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from catalog.own_songs import Progress
from catalog.store import Catalog
from edge.audio.affect_model import AffectModel
from edge.audio.decoder import decode_middle
from edge.audio.features import song_features
from edge.music.analysis.estimates import MAX_KNOWN, estimate_songs
from edge.music.analysis.store import AnalysisStore, Analyzed
from edge.music.library import Song
from edge.music.library.matching import match_songs
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError
from moodpi.files import open_file

log = logging.getLogger(__name__)

# How often the places are estimated again and written, and how often a pause is examined. In
# seconds.
WRITE_INTERVAL = 60.0
PAUSE_INTERVAL = 10.0
# Errors that are not the song's.
FATAL_CODES = frozenset({"no_ffmpeg"})


@dataclass(frozen=True)
class Pace:
    """When to analyze.

    reason: Why the analysis must pause now, as a message; empty if it may go on.
    sleep: Waits some seconds.
    """

    reason: Callable[[], str] = lambda: ""
    sleep: Callable[[float], None] = time.sleep


class Analyzer:
    """Analyzes songs, and writes the places of those that the catalogue does not know.

    Args:
        songs: All songs of the player. Their URIs are paths.
        catalog: The catalogue that knows some of them.
        store: The features of the songs that were analyzed before.
        output: The file of the places.
        model: The model of valence and arousal.
    """

    def __init__(
        self,
        songs: Sequence[Song],
        catalog: Catalog,
        store: AnalysisStore,
        output: Path,
        model: AffectModel,
    ) -> None:
        self._songs = {song.uri: song for song in songs}
        self._catalog = catalog
        self._store = store
        self._output = output
        self._model = model
        self._known = match_songs(songs, catalog).known
        self._analyzed = self._read_analyzed()
        self._next_write = 0.0
        self._unreadable: list[str] = []

    @property
    def analyzed(self) -> Mapping[str, Analyzed]:
        """What is known of the songs so far, by URI."""
        return self._analyzed

    def remaining(self) -> list[Song]:
        """The songs to analyze: some known ones first, because they calibrate the estimates."""
        known = sorted(self._known, key=lambda uri: sha256(uri.encode(errors="replace")).digest())
        unknown = [uri for uri in self._songs if uri not in self._known]
        wanted = [*known[:MAX_KNOWN], *unknown]
        return [self._songs[uri] for uri in wanted if uri not in self._analyzed]

    def run(self, pace: Pace) -> Iterator[Progress]:
        """Analyze the remaining songs. Yields the progress after each song and in each pause.

        The last one is that of the finished analysis. The places are written at the beginning and
        the end of a pause, at the end, and from time to time. Raises MoodpiError if a file of the
        state folder cannot be written, or without FFmpeg.
        """
        for song in self.remaining():
            yield from self._pause(pace)
            self._analyze(song)
            progress = self._progress()
            yield self._written(progress) if time.monotonic() >= self._next_write else progress
        if self._unreadable:
            log.warning(
                "songs that cannot be read now, the next analysis tries again: %d, the first is %s",
                len(self._unreadable),
                self._unreadable[0],
            )
        yield self._written(self._progress(finished=not self.remaining()))

    def _pause(self, pace: Pace) -> Iterator[Progress]:
        """Wait until there is no reason to pause. The progress is written once: SD cards wear."""
        is_written = False
        while reason := pace.reason():
            progress = self._progress(pause_reason=reason)
            yield progress if is_written else self._written(progress)
            is_written = True
            # Without the reason, after the next song.
            self._next_write = 0.0
            pace.sleep(PAUSE_INTERVAL)

    def _read_analyzed(self) -> dict[str, Analyzed]:
        """The stored songs that have not changed. Those that were deleted are removed."""
        stored = self._store.read()
        self._store.remove(filter(_is_deleted, stored.keys() - self._songs.keys()))
        return {
            uri: stored[uri]
            for uri, song in self._songs.items()
            if uri in stored and stored[uri].revision == song.revision
        }

    def _analyze(self, song: Song) -> None:
        try:
            with error_boundary(song.uri):
                features = song_features(decode_middle(Path(song.uri)))
            analyzed = Analyzed(song.revision, features)
        except MoodpiError as error:
            if error.code in FATAL_CODES:
                raise
            if not _is_readable(Path(song.uri)):
                self._unreadable.append(song.uri)
                return
            log.warning("skipped %s: %s", song.uri, error)
            analyzed = Analyzed(song.revision, None, error.code or "", str(error))
        self._store.add(song.uri, analyzed)
        self._analyzed[song.uri] = analyzed

    def _progress(self, *, pause_reason: str = "", finished: bool = False) -> Progress:
        unknown = [song for uri, song in self._analyzed.items() if uri not in self._known]
        analyzed = sum(song.features is not None for song in unknown)
        return Progress(
            songs=len(self._songs),
            known=len(self._known),
            analyzed=analyzed,
            skipped=len(unknown) - analyzed,
            pause_reason=pause_reason,
            finished=finished,
        )

    def _written(self, progress: Progress) -> Progress:
        """Estimate the places of all songs so far, and write them."""
        songs = [*self._songs.values()]
        own = estimate_songs(songs, self._known, self._analyzed, self._catalog, self._model)
        replace(own, progress=progress).write(self._output)
        self._next_write = time.monotonic() + WRITE_INTERVAL
        return progress


def _is_deleted(uri: str) -> bool:
    """Whether a file is gone and its folder is not. A missing folder can be on a missing disk."""
    path = Path(uri)
    return not path.exists() and path.parent.is_dir()


def _is_readable(path: Path) -> bool:
    """Whether a file can be read: its disk can be gone."""
    try:
        with open_file(path) as stream:
            stream.read(1)
    except OSError:
        return False
    return True
