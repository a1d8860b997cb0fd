"""`moodpi doctor --sound`: a test tone through the output of the configured player."""

from __future__ import annotations

import json
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from edge.ops.doctor.tone import FREQUENCY, RATE, SECONDS, tone

# mpv's file in the format of the tone, without a header.
RAW = ("--ao-pcm-waveheader=no", "--audio-format=s16", "--audio-channels=mono")
needs_mpv = pytest.mark.skipif(
    shutil.which("mpv") is None, reason="not applicable: mpv is not installed"
)


def strongest_frequency(samples: bytes) -> float:
    spectrum = np.abs(np.fft.rfft(np.frombuffer(samples, np.int16).astype(float)))
    return float(spectrum.argmax() * RATE / (len(samples) // 2))


PLAYERS = {
    "mpv": 'music = ["/srv"]',
    "subsonic": 'subsonic = "http://me@127.0.0.1:9"\nsubsonic_password = "word"',
}


def configure(folder: Path, kind: str, *options: str) -> None:
    file = folder / ".config" / "moodpi" / "moodpi.toml"
    file.parent.mkdir(parents=True)
    listed = json.dumps(options)
    file.write_text(f'[player]\nkind = "{kind}"\n{PLAYERS[kind]}\nmpv_options = {listed}\n')


def test_the_tone_is_quiet_and_starts_and_ends_in_silence(tmp_path: Path) -> None:
    (tmp_path / "tone.wav").write_bytes(tone())
    with wave.open(str(tmp_path / "tone.wav")) as file:
        assert file.getnframes() == RATE * SECONDS
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    assert abs(int(samples[0])) < 50
    assert abs(int(samples[-1])) < 50
    assert 4_000 < int(np.abs(samples).max()) < 12_000
    assert strongest_frequency(samples.tobytes()) == pytest.approx(FREQUENCY, abs=2)


@needs_mpv
@pytest.mark.system
@pytest.mark.parametrize("kind", PLAYERS)
def test_mpv_plays_it_with_the_configured_options(moodpi, tmp_path: Path, kind: str) -> None:
    heard = tmp_path / "heard.raw"
    configure(tmp_path, kind, "--ao=pcm", f"--ao-pcm-file={heard}", *RAW)
    done = moodpi("doctor", "--sound", "--json")
    results = {result["subject"]: result for result in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert results["test tone"]["status"] == "ok"
    assert strongest_frequency(heard.read_bytes()) == pytest.approx(FREQUENCY, abs=2)


@needs_mpv
@pytest.mark.system
def test_an_output_that_does_not_exist_is_a_failed_check(moodpi, tmp_path: Path) -> None:
    configure(tmp_path, "mpv", "--ao=alsa", "--audio-device=alsa/hw:31")
    done = moodpi("doctor", "--sound")
    assert done.returncode == 1
    assert "!!  test tone" in done.stdout


def test_with_mpd_it_states_what_to_do(moodpi, tmp_path: Path) -> None:
    file = tmp_path / ".config" / "moodpi" / "moodpi.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[player]\nkind = "mpd"\n')
    done = moodpi("doctor", "--sound")
    assert "mpc outputs" in done.stdout
