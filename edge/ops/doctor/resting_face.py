"""Check of the resting face: whether looks are judged against it."""

from __future__ import annotations

from datetime import datetime

from edge.ops.doctor.result import CheckResult
from moodpi.errors import MoodpiError

SUBJECT = "resting face"
FIX = "moodpi calibrate, while moodpi runs, alone in front of the camera"


def check_resting_face() -> list[CheckResult]:
    """The resting face of the running daemon, or else of this user; none without a configuration.

    Without a resting face nothing is reported: most people need none.
    """
    from edge.config.load import load_config
    from edge.daemon.resting_face_keeper import resting_face_json
    from edge.daemon.status import RestingFaceJson
    from edge.frontends.control import is_running, send_command
    from edge.mood.resting_face_file import RestingFaceFile
    from edge.vision.configured_artefact import find_configured_artefact
    from edge.vision.model_identity import ModelIdentity

    resting: RestingFaceJson | None
    try:
        if is_running():
            resting = send_command("status").get("resting_face")
        else:
            model = ModelIdentity.of(find_configured_artefact(load_config()))
            resting = resting_face_json(RestingFaceFile().load(), model)
    except (MoodpiError, OSError):  # a failed check of the configuration or of the models
        return []
    if resting is None or resting["time"] is None:
        return []
    if resting["why"]:
        return [CheckResult(SUBJECT, "missing", f"not applied: {resting['why']}", FIX)]
    when = datetime.fromtimestamp(resting["time"])
    detail = f"{resting['origin']} {when:%Y-%m-%d %H:%M} with {resting['model']}"
    return [CheckResult(SUBJECT, "ok", detail)]
