"""`moodpi library analyze` and `list`, on real files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from edge.music.library.files import audio_files
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR

NAMES = [b"\n.wav", b"two\nlines.wav", b"\xff.wav", b"\x1b[31m.wav", b"n" * 251 + b".wav"]


@pytest.mark.system
def test_songs_of_any_name_are_analyzed_and_listed(moodpi, tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    write_wav(tmp_path / "song.wav", chords(MAJOR, seconds=11))
    for name in NAMES:
        (folder / os.fsdecode(name)).symlink_to(tmp_path / "song.wav")
    analyzed = moodpi("library", "analyze", folder, "--json")
    assert analyzed.returncode == 0
    document = json.loads(analyzed.stdout)
    assert document["progress"]["analyzed"] == len(NAMES)
    assert len(document["songs"]) == len(NAMES)
    assert all(song["title"] for song in document["songs"])
    listed = moodpi("library", "list")
    assert len(listed.stdout.splitlines()) == len(NAMES) + 2
    assert "\x1b" not in listed.stdout


def test_links_to_folders_are_followed_once(tmp_path):
    music, disk = tmp_path / "music", tmp_path / "disk"
    Path(music, "album").mkdir(parents=True)
    disk.mkdir()
    for folder in (music, music / "album", disk):
        Path(folder, "song.mp3").touch()
    (music / "a link").symlink_to("album")
    (music / "album" / "back").symlink_to(music)
    (disk / "back").symlink_to(music)
    (music / "usb").symlink_to(disk)
    errors: list[OSError] = []
    found = [path for path, _ in audio_files([music, music / "album"], errors.append)]
    assert sorted(found) == [
        str(music / name) for name in ("album/song.mp3", "song.mp3", "usb/song.mp3")
    ]
    assert not errors


@pytest.mark.system
def test_only_skipped_songs_of_the_folders_are_named(moodpi, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        Path(folder, "damaged.wav").write_bytes(b"RIFF")
        done = moodpi("library", "analyze", folder)
        assert f"{done.stdout}{done.stderr}".count(f"{folder}/damaged.wav") == 1
    text = moodpi("library", "analyze", one).stdout
    assert str(one) in text
    assert str(other) not in text


def test_folders_and_songs_that_cannot_be_read_are_counted(moodpi, tmp_path):
    pytest.importorskip("mutagen")
    (tmp_path / "gone.mp3").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.ogg").symlink_to("loop.ogg")
    done = moodpi("library", "analyze", tmp_path)
    assert done.returncode == 0
    assert f"2 folders or songs cannot be read, the first is '{tmp_path}/gone.mp3'" in done.stderr
