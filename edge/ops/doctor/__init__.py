"""Checks of the system, the installation and the configuration, without root."""

from __future__ import annotations

from dataclasses import replace

from edge.ops.doctor.cameras import check_cameras
from edge.ops.doctor.data import check_catalogue, check_configuration, check_models
from edge.ops.doctor.player import check_player
from edge.ops.doctor.resources import check_memory_and_disk, check_temperature_and_power
from edge.ops.doctor.result import CheckResult
from edge.ops.doctor.service import check_service
from edge.ops.doctor.software import (
    check_image_libraries,
    check_python,
    check_runtimes,
    check_system,
)
from edge.ops.doctor.sound import check_sound
from moodpi.redaction import redact

__all__ = ["CheckResult", "run_checks"]

CHECKS = (
    check_system,
    check_python,
    check_image_libraries,
    check_runtimes,
    check_models,
    check_catalogue,
    check_configuration,
    check_player,
    check_cameras,
    check_sound,
    check_service,
    check_temperature_and_power,
    check_memory_and_disk,
)


def run_checks() -> list[CheckResult]:
    """The results of all checks, in the order of CHECKS, without secrets in URLs."""
    results = [result for check in CHECKS for result in check()]
    return [replace(result, detail=redact(result.detail)) for result in results]
