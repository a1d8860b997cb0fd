"""`moodpi calibrate` with a real daemon, whose network camera shows the portrait."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.emotions import EMOTIONS
from tests.edge.portrait_camera import FakePerson
from tests.edge.running_daemon import RunningDaemon
from tests.waiting import wait_for


def resting_face(daemon: RunningDaemon) -> dict[str, Any]:
    document: dict[str, Any] = daemon.status()["resting_face"]
    return document


def refused(daemon: RunningDaemon, expected: str) -> None:
    """Calibrate, and expect one line on stderr that contains this text."""
    code, output, errors = daemon.run_command("calibrate")
    assert (code, output, errors.count("\n")) == (1, "", 1)
    assert expected in errors


def file_of(daemon: RunningDaemon) -> Path:
    return Path(daemon.environment["HOME"]) / ".local" / "state" / "moodpi" / "resting-face.json"


def test_calibrate_measures_shows_keeps_and_deletes(
    daemon: RunningDaemon, person: FakePerson
) -> None:
    code, output, errors = daemon.run_command("calibrate", "--show")
    assert (code, output) == (0, "No resting face: not calibrated yet.\n"), errors
    before = daemon.status()["mood"]["share"]
    code, output, errors = daemon.run_command("calibrate", "--json")
    assert code == 0, errors
    measured = json.loads(output)
    assert (measured["origin"], measured["applied"]) == ("calibrated", True)
    assert measured["calibration"]["state"] == "done"
    means = measured["mean_log_probabilities"]
    assert max(means, key=means.get) == "happy"
    # The smile is this person's resting face now. A small change is not reported, a new mood is.
    person.leave()
    wait_for(lambda: daemon.status()["mood"] is None, "no mood without a face")
    person.smile()
    wait_for(lambda: daemon.status()["mood"] is not None, "the mood")
    assert daemon.status()["mood"]["share"] < before - 0.02
    document = json.loads(file_of(daemon).read_bytes())
    assert document["mean_log_probabilities"] == means
    code, output, _ = daemon.run_command("calibrate", "--show")
    assert output.startswith("Resting face, calibrated ")
    assert len(output.splitlines()) == 9
    code, _, errors = daemon.run_command("calibrate", "--delete")
    assert (code, file_of(daemon).exists()) == (0, False), errors
    assert resting_face(daemon)["origin"] is None
    person.smile()


def test_a_calibration_is_refused_while_paused(daemon: RunningDaemon) -> None:
    daemon.status("pause")
    try:
        refused(daemon, "moodpi is paused")
    finally:
        daemon.status("resume")


def test_a_calibration_is_refused_with_two_people(
    daemon: RunningDaemon, person: FakePerson, portrait: Path, tmp_path: Path
) -> None:
    one = cv2.imread(str(portrait))
    cv2.imwrite(str(tmp_path / "both.jpg"), np.hstack([one, one]))
    (tmp_path / "both.jpg").replace(person.picture)
    try:
        wait_for(lambda: "faces in view" in daemon.run_command("calibrate")[2], "two faces")
    finally:
        person.smile()
    wait_for(lambda: daemon.status()["mood"] is not None, "the mood")


def test_a_changing_expression_is_refused_and_the_old_face_stays(
    daemon: RunningDaemon, person: FakePerson
) -> None:
    before = file_of(daemon).exists()
    timer = threading.Timer(5.0, person.frown)
    timer.start()
    try:
        refused(daemon, "the expression changed")
    finally:
        timer.join()
        person.smile()
    assert file_of(daemon).exists() == before


def test_a_calibration_is_refused_without_a_face(daemon: RunningDaemon, person: FakePerson) -> None:
    person.leave()
    wait_for(lambda: not daemon.status()["presence"]["present"], "an empty view")
    try:
        refused(daemon, "no face in view")
    finally:
        person.smile()


def test_the_face_of_another_model_is_named_by_doctor(daemon: RunningDaemon) -> None:
    document = {
        "origin": "calibrated",
        "model": "older_model int8.tflite",
        "sha256": "0" * 64,
        "time": 1_764_000_000.0,
        "seconds": 10.0,
        "mean_log_probabilities": dict.fromkeys(EMOTIONS, -1.9),
    }
    file_of(daemon).write_text(json.dumps(document))
    daemon.stop()
    _, output, _ = daemon.run_command("doctor")
    assert "--  resting face" in output
    assert "older_model int8.tflite" in output
    code, _, errors = daemon.run_command("calibrate")
    assert (code, errors.count("\n")) == (1, 1)
    assert "moodpi is not running" in errors
    code, output, _ = daemon.run_command("calibrate", "--show")
    assert "Not applied: " in output
    code, output, _ = daemon.run_command("calibrate", "--delete")
    assert (code, output) == (0, "No resting face: not calibrated yet.\n")
    assert not file_of(daemon).exists()
    daemon.start()


def test_a_damaged_file_is_one_line_and_the_daemon_runs(daemon: RunningDaemon) -> None:
    daemon.stop()
    file_of(daemon).write_bytes(np.random.default_rng(1).bytes(200))
    daemon.start()
    assert resting_face(daemon)["origin"] is None
    lines = [line for line in daemon.log.read_text().splitlines() if "is damaged" in line]
    assert len(lines) == 1
    assert "resting-face.json" in lines[0]
