import subprocess
import tracemalloc

import numpy as np
import pytest

from edge.audio import decoder
from edge.audio.decoder import WINDOW_SECONDS, decode_middle
from edge.audio.spectrum import SAMPLE_RATE
from moodpi.errors import MoodpiError
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR

pytestmark = pytest.mark.system


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    write_wav(path, chords(MAJOR, seconds=12))
    return path


def generate(path, source, *options):
    command = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options, str(path))
    subprocess.run(command, check=True)
    return path


def test_a_short_song_is_decoded_completely(song):
    signal = decode_middle(song)
    assert len(signal) == 12 * SAMPLE_RATE
    np.testing.assert_allclose(signal, chords(MAJOR, seconds=12), atol=1e-3)


def test_the_middle_of_a_long_song_is_decoded(tmp_path):
    # Silent but for the middle third.
    volume = "sine=d=300,volume='between(t,100,200)':eval=frame"
    signal = decode_middle(generate(tmp_path / "long.flac", volume))
    assert abs(len(signal) / SAMPLE_RATE - WINDOW_SECONDS) < 0.1
    assert (np.abs(signal).reshape(90, -1).max(axis=1) > 0.01).all()


@pytest.mark.parametrize(
    "name", ["-song.mp3", "concat:a|b.ogg", "a\nb.m4a", "%d.opus", b"\xff.flac"]
)
def test_any_name_and_format_is_decoded(name, song, tmp_path):
    path = tmp_path / (name if isinstance(name, str) else name.decode(errors="surrogateescape"))
    encoded = tmp_path / f"encoded{path.suffix}"
    subprocess.run(("ffmpeg", "-v", "error", "-i", song, encoded), check=True)
    encoded.rename(path)
    assert abs(len(decode_middle(path)) / SAMPLE_RATE - 12) < 0.2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no sound" * 1000,
        b"ffconcat version 1.0\nfile 'song.wav'\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsong.wav\n#EXT-X-ENDLIST\n",
    ],
)
@pytest.mark.usefixtures("song")
def test_other_files_and_playlists_are_damaged_songs(content, tmp_path):
    path = tmp_path / "other.mp3"
    path.write_bytes(content)
    with pytest.raises(MoodpiError) as error:
        decode_middle(path)
    assert error.value.code == "song_damaged"


def test_a_file_of_hours_is_too_long(tmp_path):
    path = generate(tmp_path / "hours.mp3", "anullsrc=r=8000:cl=mono", "-t", "10800", "-b:a", "8k")
    with pytest.raises(MoodpiError) as error:
        decode_middle(path)
    assert error.value.code == "song_too_long"


@pytest.mark.parametrize("name", ["song.m4a", "a: b\nc.m4a"])
def test_the_reason_is_ffmpeg_s_first_message_without_the_name(name, song, tmp_path):
    path = tmp_path / name
    subprocess.run(("ffmpeg", "-v", "error", "-i", song, path), check=True)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(MoodpiError, match=r"\(FFmpeg: moov atom not found\)"):
        decode_middle(path)
    path.with_suffix(".flac").write_bytes(b"fLaC\0\0\0\x22")
    with pytest.raises(MoodpiError, match=r"\(FFmpeg: [^:]+\)"):
        decode_middle(path.with_suffix(".flac"))


def test_a_flood_of_sound_and_of_messages_takes_no_memory():
    flood = "head -c 20000000 /dev/zero >&2; head -c 20000000 /dev/zero"
    tracemalloc.start()
    output = decoder._run(("sh", "-c", flood), 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert output == bytes(1000)
    assert peak < 1_000_000


def test_ffmpeg_is_stopped_after_its_time(song, monkeypatch):
    monkeypatch.setattr(decoder, "TIMEOUT", 0.0)
    with pytest.raises(MoodpiError) as error:
        decode_middle(song)
    assert error.value.code == "song_too_slow"


def test_ffmpeg_cannot_use_much_memory(song, monkeypatch):
    monkeypatch.setattr(decoder, "MAX_DATA_BYTES", 4096)
    with pytest.raises(MoodpiError) as error:
        decode_middle(song)
    assert error.value.code == "song_damaged"


def test_without_ffmpeg_the_error_names_the_package(song, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MoodpiError) as error:
        decode_middle(song)
    assert error.value.code == "no_ffmpeg"
