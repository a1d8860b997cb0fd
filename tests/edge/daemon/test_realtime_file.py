"""A film and a folder with `--realtime`: the daemon behaves as it does with a camera."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from tests.edge.footage import portrait_film
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Path:
    """Longer than any test needs."""
    return portrait_film(tmp_path_factory.mktemp("film") / "film.avi", portrait, 180, 5.0)


@pytest.fixture
def daemon(tmp_path: Path, film: Path) -> Iterator[RunningDaemon]:
    with RunningDaemon(tmp_path / "home", str(film), FAST_MOODS, ["--realtime"]) as daemon:
        yield daemon


def test_the_daemon_answers_its_commands(daemon: RunningDaemon) -> None:
    status = daemon.status()
    assert status["mood"]["emotion"] == "happy"
    assert abs(time.time() - status["mood"]["time"]) < 600
    first = status["tracks"]["tracks"]
    assert daemon.status("next")["tracks"]["tracks"] != first
    assert daemon.status("pause")["paused"]
    assert daemon.run_command("run", "--source", "film.avi", "--realtime")[0] == 1
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(10) == 0
    assert daemon.run_command("status")[0] == 1


@pytest.mark.system
def test_the_page_and_mqtt_follow_the_film(tmp_path: Path, film: Path) -> None:
    httpx = pytest.importorskip("httpx")
    pytest.importorskip("paho.mqtt")
    from tests.edge.frontends.mqtt.mosquitto import PROGRAM, Mosquitto, MqttClient

    if PROGRAM is None:
        pytest.skip("Debian's mosquitto is not installed")
    with Mosquitto(tmp_path, "allow_anonymous true") as broker:
        settings = (
            f"{FAST_MOODS}[web]\nenabled = true\nport = 0\n"
            f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nid = "kitchen"\n'
        )
        with (
            RunningDaemon(tmp_path / "home", str(film), settings, ["--realtime"]) as daemon,
            MqttClient(broker) as home,
        ):
            assert home.until("moodpi/kitchen/mood", "happy")
            wait_for(lambda: "moodpi is at " in daemon.log.read_text(), "the page")
            url = re.search(r"moodpi is at (\S+)/", daemon.log.read_text())[1]
            with httpx.stream("GET", f"{url}/api/events", timeout=20) as stream:
                data = (line for line in stream.iter_lines() if line.startswith("data: {"))
                states = (json.loads(line.removeprefix("data: ")) for line in data)
                state = next(state for state in states if state.get("daemon"))
            assert state["daemon"]["mood"]["emotion"] == "happy"


def test_the_end_of_a_film_is_the_end_of_the_run(moodpi, tmp_path: Path, portrait: Path) -> None:
    film = portrait_film(tmp_path / "film.avi", portrait)
    done = moodpi("run", "--source", film, "--realtime", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "affect"] == [
        "presence",
        "mood",
        "tracks",
        "status",
    ]
    assert abs(time.time() - events[0]["time"]) < 600
    assert events[-1]["frames"] + events[-1]["dropped"] == 30


def test_a_looped_film_goes_on_as_if_it_were_longer(moodpi, tmp_path: Path, portrait: Path) -> None:
    film = portrait_film(tmp_path / "film.avi", portrait, 2)
    done = moodpi("run", "--source", film, "--loop", "--max-frames", "50", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "affect"]
    assert kinds == ["presence", "mood", "tracks", "status"]
    assert events[-1]["frames"] == 50


def test_a_folder_is_paced_too(moodpi, tmp_path: Path, portrait: Path) -> None:
    (tmp_path / "album").mkdir()
    picture = cv2.imread(str(portrait))
    for number in range(30):
        cv2.imwrite(str(tmp_path / "album" / f"{number}.jpg"), picture)
    begin = time.monotonic()
    done = moodpi("run", "--source", "album", "--realtime", "--json")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begin >= 5.8
    moods = [json.loads(line) for line in done.stdout.splitlines() if '"mood"' in line]
    assert [mood["emotion"] for mood in moods] == ["happy"]
