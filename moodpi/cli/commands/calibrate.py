"""`moodpi calibrate`: measure, show or delete the resting face."""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE, MoodpiError
from moodpi.output import print_json, print_lines, print_progress

if TYPE_CHECKING:
    from edge.daemon.status import RestingFaceJson

# Seconds between two requests for the progress.
POLL_INTERVAL = 0.2


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--show", action="store_true", help="print the resting face only")
    action.add_argument(
        "--delete", action="store_true", help="delete the resting face, also a learned one"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Measure the resting face unless an option asks for something else, and print it."""
    from edge.frontends.control import is_running

    if arguments.show or arguments.delete:
        if not is_running():
            resting = _without_daemon(delete=arguments.delete)
        elif arguments.delete:
            resting = _ask("calibrate", action="delete")
        else:
            resting = _ask("status")
    else:
        resting = _measure()
    if arguments.json:
        print_json(resting)
    else:
        print_lines(*resting_face_lines(resting))
    return EXIT_DONE


def _measure() -> RestingFaceJson:
    """The measured resting face. Raises MoodpiError if the calibration was refused."""
    resting = _ask("calibrate")
    while calibration := resting["calibration"]:
        if calibration["state"] == "running":
            print_progress(f"Look at the camera as usual... {calibration['progress']:.0%}")
            time.sleep(POLL_INTERVAL)
            resting = _ask("status")
            continue
        print_progress("")
        if calibration["state"] == "refused":
            raise MoodpiError(calibration["error"], code=calibration["code"])
        return resting
    raise MoodpiError(
        "the calibration ended early, because the configuration was read again or the resting "
        "face deleted: calibrate again",
        code="calibration_interrupted",
    )


def _ask(command: str, **arguments: str) -> RestingFaceJson:
    """The resting face in the daemon's answer to a command."""
    from edge.daemon.status import DaemonStatus
    from edge.frontends.control import send_command

    resting = DaemonStatus.from_json(send_command(command, **arguments)).resting_face
    if resting is None:
        raise MoodpiError(
            "the running moodpi watches no camera: there is no resting face", code="no_camera"
        )
    return resting


def _without_daemon(*, delete: bool) -> RestingFaceJson:
    """The resting face in this user's own file."""
    from edge.config.load import load_config
    from edge.daemon.resting_face_keeper import resting_face_json
    from edge.mood.resting_face_file import RestingFaceFile
    from edge.vision.configured_artefact import find_configured_artefact
    from edge.vision.model_identity import ModelIdentity

    file = RestingFaceFile()
    if delete:
        file.delete()
    return resting_face_json(file.load(), ModelIdentity.of(find_configured_artefact(load_config())))


def resting_face_lines(resting: RestingFaceJson) -> list[str]:
    """The resting face for people: where it comes from, and its numbers."""
    means = resting["mean_log_probabilities"]
    if means is None or resting["time"] is None:
        return [f"No resting face: {resting['why']}."]
    when = datetime.fromtimestamp(resting["time"])
    seen = timedelta(seconds=round(resting["seconds"]))
    origin = f"{resting['origin']} {when:%Y-%m-%d %H:%M}"
    lines = [f"Resting face, {origin} with {resting['model']}, {seen} of face"]
    if resting["why"]:
        lines.append(f"Not applied: {resting['why']}.")
    ranked = sorted(means.items(), key=lambda item: -item[1])
    lines += [f"  {name:<9}{mean:7.2f}" for name, mean in ranked]
    return [*lines, "Mean log probabilities. `moodpi calibrate --delete` deletes them."]
