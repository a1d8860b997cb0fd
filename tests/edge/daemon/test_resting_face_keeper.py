"""The resting face of a daemon: calibrated, learned, applied, refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edge.daemon.resting_face_keeper import MIN_SAVED, SAVE_INTERVAL, RestingFaceKeeper
from edge.mood.resting_calibration import DURATION
from edge.mood.resting_face_file import RestingFaceFile
from edge.vision.classified_face import ClassifiedFace
from edge.vision.frame_pipeline import FrameAnalysis, ScanMode
from edge.vision.model_identity import ModelIdentity
from models.emotions import EMOTIONS
from tests.edge.mood.test_resting_face import look, top
from tests.raising import raises

MODEL = ModelIdentity("simple_cnn int8.tflite", "a" * 64)
OTHER = ModelIdentity("resnet50v2 int8.tflite", "b" * 64)
SAD_AT_REST = {"sad": 0.5, "neutral": 0.35}
RATE = 5
BOX = (0, 0, 60, 60)


class Camera:
    """Feeds a keeper with looks, RATE times a second."""

    def __init__(self, keeper: RestingFaceKeeper) -> None:
        self.keeper = keeper
        self.time = 50.0

    def show(
        self, shares: dict[str, float] | None, seconds: float, *, faces: int = 1
    ) -> np.ndarray | None:
        """Show a look, None for no face; the last judgement of it."""
        found = (ClassifiedFace(BOX, look(shares)),) if shares else ()
        analysis = FrameAnalysis(found, ScanMode.TRACKED, faces if shares else 0)
        judged = None
        for _ in range(round(seconds * RATE)):
            self.time += 1 / RATE
            self.keeper.tick(paused=False, camera_error="")
            judged = self.keeper.judge(analysis, self.time)
        return judged


@pytest.fixture
def file(tmp_path: Path) -> RestingFaceFile:
    return RestingFaceFile(tmp_path / "resting-face.json")


@pytest.fixture
def camera(file: RestingFaceFile) -> Camera:
    return Camera(RestingFaceKeeper(file, MODEL, learn=False))


def outcome(camera: Camera) -> tuple[str, str]:
    calibration = camera.keeper.to_json()["calibration"]
    assert calibration is not None
    return calibration["state"], calibration["code"]


def calibrate(camera: Camera, shares: dict[str, float] = SAD_AT_REST) -> None:
    camera.show(shares, 1)
    camera.keeper.execute("start")
    camera.show(shares, DURATION + 0.5)
    assert outcome(camera) == ("done", "")


def test_what_was_calibrated_is_applied_and_kept(camera: Camera, file: RestingFaceFile) -> None:
    before = camera.show(SAD_AT_REST, 1)
    calibrate(camera)
    after = camera.show(SAD_AT_REST, 1)
    assert before is not None
    assert after is not None
    assert (top(before), top(after)) == ("sad", "neutral")
    again = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    kept = again.show(SAD_AT_REST, 1)
    assert kept is not None
    assert kept == pytest.approx(after, abs=1e-3)
    status = again.keeper.to_json()
    assert (status["origin"], status["applied"], status["why"]) == ("calibrated", True, "")


def test_the_status_shows_how_far_a_calibration_is(camera: Camera) -> None:
    camera.show(SAD_AT_REST, 1)
    assert camera.keeper.to_json()["calibration"] is None
    camera.keeper.execute("start")
    camera.show(SAD_AT_REST, DURATION / 2)
    calibration = camera.keeper.to_json()["calibration"]
    assert calibration is not None
    assert (calibration["state"], calibration["progress"]) == ("running", pytest.approx(0.5))
    with raises("already_calibrating"):
        camera.keeper.execute("start")


def test_without_a_face_it_does_not_start(camera: Camera) -> None:
    with raises("no_face"):
        camera.keeper.execute("start")
    camera.show(None, 1)
    with raises("no_face"):
        camera.keeper.execute("start")


def test_with_two_faces_it_does_not_start(camera: Camera) -> None:
    camera.show(SAD_AT_REST, 1, faces=2)
    with raises("several_faces"):
        camera.keeper.execute("start")


@pytest.mark.parametrize(
    ("paused", "camera_error", "code"),
    [(True, "", "paused"), (False, "the camera is unplugged", "camera_lost")],
)
def test_while_paused_or_without_a_camera_it_does_not_start(
    camera: Camera, paused: bool, camera_error: str, code: str
) -> None:
    camera.show(SAD_AT_REST, 1)
    camera.keeper.tick(paused=paused, camera_error=camera_error)
    with raises(code):
        camera.keeper.execute("start")


@pytest.mark.parametrize("code", ["no_face", "several_faces", "changing_expression"])
def test_what_the_camera_sees_can_end_it_and_the_old_face_stays(
    camera: Camera, file: RestingFaceFile, code: str
) -> None:
    calibrate(camera)
    before = file.path.read_bytes()
    camera.keeper.execute("start")
    camera.show({"neutral": 0.8}, DURATION / 2)
    if code == "no_face":
        camera.show(None, 2)
    elif code == "several_faces":
        camera.show({"neutral": 0.8}, 1, faces=3)
    else:
        camera.show({"happy": 0.9}, DURATION)
    assert outcome(camera) == ("refused", code)
    assert file.path.read_bytes() == before
    judged = camera.show(SAD_AT_REST, 1)
    assert judged is not None
    assert top(judged) == "neutral"


@pytest.mark.parametrize(
    ("paused", "camera_error", "code"),
    [(True, "", "paused"), (False, "the camera is unplugged", "camera_lost")],
)
def test_a_pause_or_a_lost_camera_ends_it(
    camera: Camera, file: RestingFaceFile, paused: bool, camera_error: str, code: str
) -> None:
    camera.show(SAD_AT_REST, 1)
    camera.keeper.execute("start")
    camera.keeper.tick(paused=paused, camera_error=camera_error)
    assert outcome(camera) == ("refused", code)
    assert not file.path.exists()


def test_a_full_disk_is_a_refusal_and_the_daemon_goes_on(
    camera: Camera, file: RestingFaceFile
) -> None:
    calibrate(camera)
    part = file.path.with_name(file.path.name + ".part")
    (part / "occupied").mkdir(parents=True)
    camera.keeper.execute("start")
    judged = camera.show({"neutral": 0.8}, DURATION + 1)
    assert judged is not None
    assert outcome(camera) == ("refused", "cannot_write")
    assert file.load() is not None


def test_delete_forgets_the_calibrated_face(camera: Camera, file: RestingFaceFile) -> None:
    calibrate(camera)
    camera.keeper.execute("delete")
    assert not file.path.exists()
    judged = camera.show(SAD_AT_REST, 1)
    assert judged is not None
    assert top(judged) == "sad"
    assert camera.keeper.to_json()["origin"] is None


def test_delete_ends_a_calibration(camera: Camera, file: RestingFaceFile) -> None:
    camera.show(SAD_AT_REST, 1)
    camera.keeper.execute("start")
    camera.keeper.execute("delete")
    camera.show(SAD_AT_REST, DURATION + 1)
    assert camera.keeper.to_json()["calibration"] is None
    assert not file.path.exists()


def test_the_face_of_another_model_is_kept_but_not_applied(
    camera: Camera, file: RestingFaceFile
) -> None:
    calibrate(camera)
    before = file.path.read_bytes()
    other = Camera(RestingFaceKeeper(file, OTHER, learn=True))
    judged = other.show(SAD_AT_REST, 2 * SAVE_INTERVAL)
    assert judged is not None
    assert top(judged) == "sad"
    status = other.keeper.to_json()
    assert (status["origin"], status["applied"]) == ("calibrated", False)
    assert MODEL.name in status["why"]
    assert file.path.read_bytes() == before


def test_a_damaged_file_is_no_resting_face(file: RestingFaceFile) -> None:
    file.path.write_bytes(b"\0" * 100)
    keeper = RestingFaceKeeper(file, MODEL, learn=False)
    assert keeper.to_json()["origin"] is None


def test_what_is_learned_is_saved_and_continued(file: RestingFaceFile) -> None:
    camera = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    camera.show(SAD_AT_REST, SAVE_INTERVAL - 10)
    assert not file.path.exists()
    camera.show(SAD_AT_REST, 20)
    first = json.loads(file.path.read_bytes())
    assert (first["origin"], first["seconds"]) == ("learned", pytest.approx(SAVE_INTERVAL, abs=1))
    again = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    again.show(SAD_AT_REST, SAVE_INTERVAL + 10)
    second = json.loads(file.path.read_bytes())
    assert second["seconds"] == pytest.approx(2 * SAVE_INTERVAL, abs=2)
    sad = [document["mean_log_probabilities"]["sad"] for document in (first, second)]
    assert sad[1] > sad[0]


def test_what_was_learned_since_is_saved_on_request(file: RestingFaceFile) -> None:
    camera = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    camera.show(SAD_AT_REST, MIN_SAVED / 2)
    camera.keeper.save_learned()
    assert not file.path.exists()
    camera.show(SAD_AT_REST, MIN_SAVED)
    camera.keeper.save_learned()
    assert json.loads(file.path.read_bytes())["seconds"] == pytest.approx(1.5 * MIN_SAVED, abs=1)
    file.path.unlink()
    camera.keeper.save_learned()
    assert not file.path.exists()


def test_a_calibrated_face_is_not_saved_on_request(camera: Camera, file: RestingFaceFile) -> None:
    calibrate(camera)
    before = file.path.read_bytes()
    camera.show({"happy": 0.9}, 2 * MIN_SAVED)
    camera.keeper.save_learned()
    assert file.path.read_bytes() == before


def test_what_another_model_learned_is_learned_from_the_start(file: RestingFaceFile) -> None:
    Camera(RestingFaceKeeper(file, OTHER, learn=True)).show(SAD_AT_REST, SAVE_INTERVAL + 10)
    camera = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    assert camera.keeper.to_json()["applied"] is False
    camera.show(SAD_AT_REST, SAVE_INTERVAL + 10)
    loaded = file.load()
    assert loaded is not None
    assert (loaded.model, loaded.seconds) == (MODEL, pytest.approx(SAVE_INTERVAL, abs=1))


def test_nothing_is_learned_if_switched_off_or_from_several_faces(file: RestingFaceFile) -> None:
    Camera(RestingFaceKeeper(file, MODEL, learn=False)).show(SAD_AT_REST, SAVE_INTERVAL + 10)
    camera = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    camera.show(SAD_AT_REST, SAVE_INTERVAL + 10, faces=2)
    assert not file.path.exists()


def test_what_was_learned_is_not_applied_once_learning_is_switched_off(
    file: RestingFaceFile,
) -> None:
    Camera(RestingFaceKeeper(file, MODEL, learn=True)).show(SAD_AT_REST, SAVE_INTERVAL + 10)
    assert RestingFaceKeeper(file, MODEL, learn=False).to_json()["origin"] is None
    assert RestingFaceKeeper(file, MODEL, learn=True).to_json()["origin"] == "learned"


def test_a_calibration_ends_the_learning(file: RestingFaceFile) -> None:
    camera = Camera(RestingFaceKeeper(file, MODEL, learn=True))
    calibrate(camera)
    before = file.path.read_bytes()
    camera.show({"happy": 0.9}, SAVE_INTERVAL + 10)
    assert file.path.read_bytes() == before


def test_every_judgement_is_a_distribution(camera: Camera) -> None:
    calibrate(camera)
    for emotion in EMOTIONS:
        judged = camera.show({emotion: 0.9}, 0.2)
        assert judged is not None
        assert judged.sum() == pytest.approx(1)
