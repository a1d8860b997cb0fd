"""Judges looks against the resting face, measures it on request, and learns it otherwise."""

from __future__ import annotations

import logging
import time

import numpy as np
from numpy.typing import NDArray

from edge.daemon.status import CalibrationJson, RestingFaceJson
from edge.mood.resting_calibration import RestingCalibration
from edge.mood.resting_face import RestingFace
from edge.mood.resting_face_file import Origin, RestingFaceFile, RestingFaceRecord
from edge.mood.resting_learner import RestingLearner
from edge.system.log_once import LogOnce
from edge.vision.frame_pipeline import FrameAnalysis
from edge.vision.model_identity import ModelIdentity
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# What was learned is used and saved whenever a face was in view for so many seconds more, and at
# the end of a run for the lesser number.
SAVE_INTERVAL, MIN_SAVED = 600.0, 60.0


class RestingFaceKeeper:
    """The resting face of a running daemon. Used only in the main loop.

    A calibrated face is kept until another calibration or `delete`. Without one, what the camera
    sees most is learned, unless that is switched off.

    Args:
        file: Where the resting face is kept.
        model: The model that classifies; the resting face of another one is not applied.
        learn: Whether to learn without a calibration.
    """

    def __init__(self, file: RestingFaceFile, model: ModelIdentity, *, learn: bool) -> None:
        self._file = file
        self._model = model
        self._learn = learn
        self._warnings = LogOnce(log)
        self._calibration: RestingCalibration | None = None
        self._outcome: CalibrationJson | None = None
        self._faces = 0
        self._last_frame = 0.0
        self._obstacle: MoodpiError | None = None
        self._use(file.load())

    def tick(self, *, paused: bool, camera_error: str) -> None:
        """Note what prevents a calibration, and end the running one if something does.

        paused: Whether a person paused the music. camera_error: Why there are no frames, or empty.
        """
        self._obstacle = None
        if paused:
            self._obstacle = MoodpiError(
                "moodpi is paused: `moodpi resume`, then calibrate", code="paused"
            )
        elif camera_error:
            self._obstacle = MoodpiError(camera_error, code="camera_lost")
        if self._obstacle is not None and self._calibration is not None:
            self._refuse(self._obstacle)

    def execute(self, action: str) -> None:
        """Execute the command `calibrate` with this action. Raises MoodpiError if it fails."""
        if action == "delete":
            self.delete()
        else:
            self.start_calibration()

    def start_calibration(self) -> None:
        """Begin to measure.

        Raises MoodpiError if that is not possible; see `tick` and `_check_faces` for the codes.
        """
        if self._calibration is not None:
            raise MoodpiError(
                "a calibration is running: wait until it ends", code="already_calibrating"
            )
        if self._obstacle is not None:
            raise self._obstacle
        if self._faces == 0:
            raise MoodpiError(
                "no face in view: look at the camera and calibrate again", code="no_face"
            )
        self._check_faces()
        self._calibration = RestingCalibration(self._last_frame)

    def delete(self) -> None:
        """Delete the resting face, also a learned one, and end a calibration that runs.

        Raises MoodpiError if that fails.
        """
        self._file.delete()
        self._calibration = self._outcome = None
        self._use(None)

    def judge(self, analysis: FrameAnalysis, now: float) -> NDArray[np.float32] | None:
        """The probabilities of a frame, float32 [7], judged against the resting face.

        None without a face. now: The time of the frame, in seconds on the source's clock.
        """
        probabilities = analysis.probabilities
        self._faces, self._last_frame = analysis.visible, now
        if self._calibration is not None:
            self._calibrate(self._calibration, probabilities, now)
        if self._learner is not None:
            self._learner.add(probabilities if self._faces == 1 else None, now)
            if self._learner.seconds >= self._next_save:
                self._keep_learned(self._learner)
        if probabilities is None or self._applied is None:
            return probabilities
        return self._applied.judge(probabilities)

    def save_learned(self) -> None:
        """Save what was learned since the last time: the run ends, or the file is read again."""
        if self._learner is not None:
            since = self._next_save - SAVE_INTERVAL
            if self._learner.seconds - since >= MIN_SAVED:
                self._keep_learned(self._learner)

    def to_json(self) -> RestingFaceJson:
        """The field `resting_face` of the daemon's status."""
        calibration = self._outcome
        if self._calibration is not None:
            progress = round(self._calibration.progress, 3)
            calibration = {"state": "running", "progress": progress, "error": "", "code": ""}
        return {**resting_face_json(self._record, self._model), "calibration": calibration}

    def _use(self, record: RestingFaceRecord | None) -> None:
        """Judge looks against a record from now on, and learn unless it was calibrated."""
        if record is not None and record.origin == "learned" and not self._learn:
            record = None
        self._record = record
        self._applied: RestingFace | None = None
        self._learner: RestingLearner | None = None
        mine = record is not None and record.model.sha256 == self._model.sha256
        if record is not None and mine:
            self._applied = RestingFace(record.mean_log_probabilities)
        if self._learn and (record is None or record.origin == "learned"):
            self._learner = (
                RestingLearner(record.mean_log_probabilities, record.seconds)
                if record is not None and mine
                else RestingLearner()
            )
            self._next_save = self._learner.seconds + SAVE_INTERVAL

    def _check_faces(self) -> None:
        if self._faces > 1:
            raise MoodpiError(
                f"{self._faces} faces in view: only one person can calibrate, with nobody else in "
                "the picture",
                code="several_faces",
            )

    def _calibrate(
        self,
        calibration: RestingCalibration,
        probabilities: NDArray[np.float32] | None,
        now: float,
    ) -> None:
        try:
            self._check_faces()
            calibration.add(probabilities, now)
            if calibration.progress < 1:
                return
            means = calibration.mean()
            record = self._new_record("calibrated", calibration.seconds, means)
            self._file.save(record)
        except MoodpiError as error:
            self._refuse(error)
            return
        self._calibration = None
        self._outcome = {"state": "done", "progress": 1.0, "error": "", "code": ""}
        self._use(record)
        log.info("the resting face was calibrated")

    def _refuse(self, error: MoodpiError) -> None:
        self._calibration = None
        self._outcome = {
            "state": "refused",
            "progress": 0.0,
            "error": str(error),
            "code": error.code,
        }
        log.warning("the resting face was not calibrated: %s", error)

    def _keep_learned(self, learner: RestingLearner) -> None:
        record = self._new_record("learned", learner.seconds, learner.mean_log_probabilities)
        self._record, self._applied = record, RestingFace(record.mean_log_probabilities)
        self._next_save = learner.seconds + SAVE_INTERVAL
        try:
            self._file.save(record)
        except MoodpiError as error:
            self._warnings.warning("the learned resting face is not saved: %s", error)
        else:
            self._warnings.reset()

    def _new_record(
        self, origin: Origin, seconds: float, means: NDArray[np.float64]
    ) -> RestingFaceRecord:
        return RestingFaceRecord(origin, self._model, time.time(), seconds, means)


def resting_face_json(record: RestingFaceRecord | None, model: ModelIdentity) -> RestingFaceJson:
    """A record as the daemon's status shows it, while `model` classifies."""
    if record is None:
        return {
            "origin": None,
            "applied": False,
            "why": "not calibrated yet",
            "model": None,
            "time": None,
            "seconds": 0.0,
            "mean_log_probabilities": None,
            "calibration": None,
        }
    applied = record.model.sha256 == model.sha256
    why = f"it was measured with another model, {record.model.name}: calibrate again"
    return {
        "origin": record.origin,
        "applied": applied,
        "why": "" if applied else why,
        "model": record.model.name,
        "time": round(record.time, 3),
        "seconds": round(record.seconds, 1),
        "mean_log_probabilities": record.means_by_emotion(),
        "calibration": None,
    }
