"""`moodpi run` on real video, with the real model and catalogue."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.own_songs import OwnSong, OwnSongs
from tests.conftest import ROOT
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR
from tests.edge.footage import portrait_film

PORTRAIT = ROOT / "tests" / "data" / "eileen_collins.jpg"


@pytest.fixture(scope="module")
def needs_model() -> None:
    if not (ROOT / "models" / "simple_cnn" / "int8.tflite").exists():
        pytest.skip("the trained model is not in this checkout")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of the portrait."""
    return portrait_film(tmp_path_factory.mktemp("film") / "portrait.avi", PORTRAIT)


@pytest.mark.usefixtures("needs_model")
def test_a_video_of_a_portrait_becomes_a_mood_and_five_tracks(moodpi, film):
    done = moodpi("run", "--source", film, "--seed", 1, "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "affect"]
    assert kinds == ["presence", "mood", "tracks", "status"]
    mood, tracks, status = events[1], events[2], events[-1]
    assert mood["emotion"] == "happy"
    assert mood["time"] <= 2.0
    assert len({track["id"] for track in tracks["tracks"]}) == 5
    assert all(track["url"].endswith(track["id"]) for track in tracks["tracks"])
    assert (status["frames"], status["dropped"]) == (30, 0)
    assert status["faces"] >= 25
    assert [line for line in done.stderr.splitlines() if not line.startswith("frames 30 (")] == []


@pytest.mark.usefixtures("needs_model")
def test_once_waits_for_the_program_that_plays(moodpi, film, tmp_path):
    program = "import sys, time; sys.stdin.read(); time.sleep(1); open(sys.argv[1], 'w').close()"
    command = json.dumps([sys.executable, "-c", program, str(tmp_path / "played")])
    config = tmp_path / "moodpi.toml"
    config.write_text(f'[player]\nkind = "command"\ncommand = {command}\n')
    done = moodpi("run", "--config", config, "--source", film, "--once")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "played").exists()


@pytest.mark.system
@pytest.mark.usefixtures("needs_model")
def test_once_waits_for_the_last_song_of_the_list(moodpi, film, tmp_path):
    pytest.importorskip("mutagen")
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")
    music = tmp_path / "music"
    music.mkdir()
    paths = [music / f"Song {number}.wav" for number in range(2)]
    for path in paths:
        write_wav(path, chords(MAJOR, seconds=4))
    songs = [OwnSong(str(path), path.stem, "", 0.6, 0.6) for path in paths]
    OwnSongs(songs, (0.8, 0.7)).write(tmp_path / ".local/state/moodpi/own_songs.json")
    config = tmp_path / "moodpi.toml"
    player = f'kind = "mpv"\nmusic = ["{music}"]\nmpv_options = ["--ao=null"]\npause_after = 1\n'
    config.write_text(f"[player]\n{player}")
    # A film can end before the player has listed its songs.
    assert moodpi("playlist", "--emotion", "happy", "--config", config).returncode == 0
    done = moodpi("run", "--config", config, "--source", film, "--once", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    played = [event["track"]["title"] for event in events if event.get("track")]
    assert sorted(played) == ["Song 0", "Song 1"]
    assert len([event for event in events if event["event"] == "tracks"]) == 1


@pytest.mark.usefixtures("needs_model")
def test_the_text_output_has_the_same_events(moodpi, film):
    done = moodpi("run", "--source", film, "--once")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "Somebody in view" in lines[0]
    assert "happy" in lines[1]
    assert "first mood" in lines[1]
    assert sum("https://open.spotify.com/track/" in line for line in lines) == 5
    assert "changes of mood" in done.stderr


@pytest.mark.usefixtures("needs_model")
def test_frame_limit_and_number_of_tracks(moodpi, film):
    done = moodpi("run", "--source", film, "--json", "--max-frames", 16, "-n", 3)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[-1]["frames"] == 16
    assert [len(event["tracks"]) for event in events if event["event"] == "tracks"] == [3]


@pytest.mark.usefixtures("needs_model")
def test_options_override_the_configuration(moodpi, film, tmp_path):
    config = tmp_path / "mine.toml"
    config.write_text(f'[source]\ndevice = "{film}"\n[recommend]\ncount = 2\n')
    done = moodpi("run", "--config", config, "--json", "--once")
    tracks = [json.loads(line) for line in done.stdout.splitlines()][2]["tracks"]
    assert len(tracks) == 2
    done = moodpi("run", "--config", config, "--json", "--once", "-n", 4)
    tracks = [json.loads(line) for line in done.stdout.splitlines()][2]["tracks"]
    assert len(tracks) == 4


@pytest.mark.usefixtures("needs_model")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_its_status(film, tmp_path, number):
    process = subprocess.Popen(
        [sys.executable, "-m", "moodpi", "run", "--source", film, "--realtime", "--json"],
        cwd=ROOT,
        env={
            **os.environ,
            "MOODPI_CONFIG": str(ROOT / "systemd" / "moodpi.toml"),
            "STATE_DIRECTORY": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert json.loads(process.stdout.readline())["event"] == "presence"
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0, err
    assert json.loads(out.splitlines()[-1])["event"] == "status"
    assert "Traceback" not in err


@pytest.mark.usefixtures("needs_model")
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/dev/video97", "moodpi: no camera at /dev/video97: "),
        (
            "http://127.0.0.1:9/video",
            "moodpi: no picture from http://127.0.0.1:9/video (Connection refused): ",
        ),
    ],
)
def test_a_missing_camera_is_one_line(moodpi, source, said):
    done = moodpi("run", "--source", source, "--json")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(said)


@pytest.mark.parametrize(
    "arguments", [["run", "--source", "holiday.jpg"], ["recommend", "holiday.jpg"]]
)
def test_a_missing_file_is_the_same_error_in_every_command(moodpi, arguments):
    done = moodpi(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("moodpi: no such file")


@pytest.mark.usefixtures("needs_model")
def test_a_damaged_video_is_one_line(moodpi, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 500)
    done = moodpi("run", "--source", broken)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"moodpi: {broken} cannot be read as a video")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "holiday"], "no source 'holiday': no such file"),
        (["--source", PORTRAIT], "is a single picture: "),
        (["--source", "0", "--player", "prnt"], "did you mean 'print'?"),
        (["--source", "0", "--strategy", "lfit"], "did you mean 'lift'?"),
        (["--source", "0", "-n", "0"], "'0': expected a whole number from 1"),
        (["--once", "--max-frames", "3"], "not allowed with argument"),
        (["--sorce", "0"], "did you mean '--source'?"),
    ],
)
def test_wrong_usage_is_one_line(moodpi, arguments, said):
    done = moodpi("run", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[player]\nkind = "prnt"',
            'player.kind = "prnt": expected one of "print", "mpd", "mpv", "subsonic", "command", ',
        ),
        ('[source]\ndevice = "picamera"', "source.device: no source 'picamera'"),
        ("[player\n", "is not valid TOML: "),
    ],
)
def test_a_wrong_configuration_has_its_own_exit_code(moodpi, tmp_path, text, said):
    config = tmp_path / "wrong.toml"
    config.write_text(text)
    done = moodpi("run", "--config", config)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith(f"moodpi: {config}")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("needs_model")
def test_an_unknown_model_in_the_configuration_is_the_configurations_error(moodpi, tmp_path):
    config = tmp_path / "wrong.toml"
    config.write_text('[model]\nname = "simple_cn"\n')
    done = moodpi("run", "--config", config, "--source", "0")
    assert done.returncode == 78
    assert "model.name: unknown model 'simple_cn': did you mean 'simple_cnn'?" in done.stderr
