"""The player for local files, with mpv."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.music.library.files import audio_files, unreadable_text
from edge.music.library.library import is_uri
from edge.music.library.tags import read_tags
from edge.players.mpv_process import MpvProcess
from edge.players.server_player import ServerPlayer
from edge.system.log_once import LogOnce
from moodpi.errors import ConfigurationError
from moodpi.paths import expand_home, state_folder
from moodpi.private_files import write_private

log = logging.getLogger(__name__)

# How often the folders are searched for new, changed and missing files, in seconds.
LIBRARY_CHECK_INTERVAL = 300.0


class MpvPlayer(ServerPlayer):
    """Plays the audio files in the folders of `player.music`."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.music:
            raise ConfigurationError(
                'player.music is empty: player.kind "mpv" requires folders, for example '
                '["/srv/music"]',
                code="no_music_folders",
            )
        # Analyzed songs and playlists have absolute paths.
        folders = [expand_home(folder).absolute() for folder in settings.music]
        super().__init__(settings, catalog, MpvServer(folders, settings.mpv_options))


class MpvServer(MpvProcess):
    """An mpv process that plays files. Its URIs are their paths."""

    lists_separately = True

    def __init__(self, folders: Sequence[Path], options: Sequence[str] = ()) -> None:
        super().__init__(options)
        self.name = "mpv"
        self.library_check_interval = LIBRARY_CHECK_INTERVAL
        self._folders = list(folders)
        # The time and size of every file, by path.
        self._revisions: dict[str, str] = {}
        self._warnings = LogOnce(log)
        self._unreadable = LogOnce(log)

    def library_version(self) -> str:
        """A digest of all files with their times and sizes."""
        errors: list[OSError] = []
        revisions = dict(audio_files(self._folders, errors.append))
        if errors:
            self._unreadable.warning("player.music: %s", unreadable_text(errors))
        else:
            self._unreadable.reset()
        self._revisions = {path: revision for path, revision in revisions.items() if is_uri(path)}
        if skipped := sorted(revisions.keys() - self._revisions.keys()):
            self._warnings.warning(
                "player.music: skipped %d files, their names have control characters: rename %s",
                len(skipped),
                skipped[0],
            )
        else:
            self._warnings.reset()
        content = json.dumps(sorted(self._revisions.items()))
        return hashlib.sha256(content.encode()).hexdigest()

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:
        """All audio files. Only new and changed files are read."""
        known = {song.uri: song for song in previous}
        for path, revision in sorted(self._revisions.items()):
            song = known.get(path)
            if song is None or song.revision != revision:
                song = read_tags(Path(path), revision)
            if song is not None:
                yield song

    def address(self, uri: str) -> str:
        return uri if Path(uri).is_file() else ""

    def save_playlist(self, name: str) -> None:
        uris = [entry.uri for entry in self.read_queue().entries]
        write_private({state_folder() / f"{name}.m3u": os.fsencode("\n".join([*uris, ""]))})
