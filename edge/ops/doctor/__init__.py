"""Checks of the system, the installation and the configuration, without root."""

from __future__ import annotations

from dataclasses import replace

from edge.ops.doctor.cameras import check_cameras_and_source, check_source
from edge.ops.doctor.data import check_catalogue, check_configuration, check_models
from edge.ops.doctor.page import check_page
from edge.ops.doctor.player import check_player
from edge.ops.doctor.resources import check_memory_and_disk, check_temperature_and_power
from edge.ops.doctor.resting_face import check_resting_face
from edge.ops.doctor.result import CheckResult
from edge.ops.doctor.service import check_service
from edge.ops.doctor.software import (
    check_image_libraries,
    check_python,
    check_runtimes,
    check_system,
)
from edge.ops.doctor.sound import check_sound
from edge.ops.doctor.tone import check_tone
from moodpi.redaction import redact

__all__ = ["CheckResult", "run_checks"]

SOFTWARE_CHECKS = (
    check_system,
    check_python,
    check_image_libraries,
    check_runtimes,
    check_models,
    check_catalogue,
    check_configuration,
)
OTHER_CHECKS = (
    check_player,
    check_cameras_and_source,
    check_sound,
    check_page,
    check_resting_face,
    check_service,
    check_temperature_and_power,
    check_memory_and_disk,
)

SOUND_CHECKS = (check_sound, check_tone)
# What music needs.
SUMMARY_CHECKS = (check_source, check_sound, check_player, check_page)
SCOPES = {
    "all": SOFTWARE_CHECKS + OTHER_CHECKS,
    "software": SOFTWARE_CHECKS,
    "sound": SOUND_CHECKS,
    "summary": SUMMARY_CHECKS,
}


def run_checks(scope: str = "all") -> list[CheckResult]:
    """The results of the checks of a scope in their order, without secrets in URLs.

    scope: A key of SCOPES. "sound" plays a test tone.
    """
    checks = SCOPES[scope]
    results = [result for check in checks for result in check()]
    return [replace(result, detail=redact(result.detail)) for result in results]
