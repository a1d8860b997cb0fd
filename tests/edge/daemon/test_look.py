"""`moodpi look`: of a film, and of a running daemon over its control socket."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from edge.daemon.frame_tap import FrameTap, SeenFrame
from moodpi.cli.commands.look import WORDS
from tests.conftest import environment
from tests.edge.footage import portrait_film, video
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Path:
    return portrait_film(tmp_path_factory.mktemp("film") / "film.avi", portrait, 180, 5.0)


def test_a_source_is_judged_in_words(moodpi, film: Path) -> None:
    done = moodpi("look", "--source", film, "--once")
    assert (done.returncode, done.stderr) == (0, "")
    assert "face found, " in done.stdout
    assert done.stdout.endswith(" pixels, good\n")


def test_json_has_one_object_a_line_until_the_end_of_the_film(moodpi, tmp_path: Path) -> None:
    done = moodpi("look", "--source", video(tmp_path / "grey.avi", 25, 10.0), "--json")
    views = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert 1 <= len(views) <= 2
    assert all(set(view["findings"]) <= set(WORDS) and view["faces"] == [] for view in views)


def test_a_film_of_one_frame_is_judged(moodpi, tmp_path: Path) -> None:
    done = moodpi("look", "--source", video(tmp_path / "short.avi", 1), "--json")
    (view,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert view["findings"]


def test_a_missing_camera_is_one_line(moodpi) -> None:
    done = moodpi("look", "--source", "/dev/video97")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_ctrl_c_is_the_usual_end(film: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "moodpi", "look", "--source", film],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_the_running_daemon_judges_its_own_camera(tmp_path: Path, film: Path) -> None:
    daemon = RunningDaemon(tmp_path / "home", str(film), FAST_MOODS, ["--realtime"])
    with daemon:
        code, output, errors = daemon.run_command("look", "--once", "--json")
        assert (code, errors) == (0, "")
        view = json.loads(output)
        assert view["findings"] == []
        assert len(view["faces"]) == 1
        # Programs that ask at the same time get the same judgement.
        outputs: list[str] = []
        threads = [
            threading.Thread(target=lambda: outputs.append(daemon.run_command("look", "--once")[1]))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all("face found" in text for text in outputs)
        assert len(outputs) == 3


def test_the_daemon_judges_by_its_configuration_of_now(tmp_path: Path, portrait: Path) -> None:
    film = portrait_film(tmp_path / "long.avi", portrait, 900, 5.0)
    daemon = RunningDaemon(tmp_path / "home", str(film), FAST_MOODS, ["--realtime"])

    def least_face(*options: str) -> tuple[int, str]:
        code, output, errors = daemon.run_command("look", "--once", "--json", *options)
        assert code == 0, errors
        return json.loads(output)["least_face"], errors

    with daemon:
        before, said = least_face()
        assert said == ""
        daemon.configuration.write_text(f"{FAST_MOODS}[faces]\nmin_face_size = 80\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: least_face()[0] > before, "the new configuration")
        other = tmp_path / "other.toml"
        other.write_text("")
        after, said = least_face("--config", str(other))
        assert after > before
        assert said.count("\n") == 1
        assert "--config is not used" in said


def test_the_daemon_without_a_picture_says_why(tmp_path: Path) -> None:
    # The first frame is due at once, the second one after the test.
    slow = video(tmp_path / "slow.avi", 3, 0.01)
    daemon = RunningDaemon(tmp_path / "home", str(slow), FAST_MOODS, ["--realtime"])
    daemon.start()
    try:
        code, output, errors = daemon.run_command("look", "--once")
        assert (code, output) == (1, "")
        assert errors.startswith("moodpi: no picture from the camera")
        # Programs that ask at the same time wait for one picture, not one after another.
        asked = [daemon.popen("look", "--once") for _ in range(6)]
        assert [each.wait(30) for each in asked] == [1] * 6
        assert daemon.log.read_text().count("no picture from the camera") == 6
    finally:
        daemon.stop()


def test_a_frame_is_copied_only_for_a_thread_that_waits() -> None:
    tap, grey = FrameTap(), np.zeros((4, 4), np.uint8)
    tap.offer(grey, ())
    assert tap.take(0.01) is None
    taken: list[SeenFrame | None] = []
    thread = threading.Thread(target=lambda: taken.append(tap.take(10)))
    thread.start()
    while not taken and thread.is_alive():
        tap.offer(grey, ((0, 0, 2, 2),))
    thread.join()
    assert taken[0] is not None
    assert taken[0].faces == ((0, 0, 2, 2),)
    assert taken[0].grey is not grey


def test_a_request_without_a_frame_is_forgotten() -> None:
    class Uncopied(np.ndarray):
        def copy(self, *_: object) -> NoReturn:
            raise AssertionError("nobody waits for a copy")

    tap = FrameTap()
    assert tap.take(0.001) is None
    tap.offer(np.zeros((4, 4), np.uint8).view(Uncopied), ())
