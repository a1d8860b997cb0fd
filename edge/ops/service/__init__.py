"""Installs moodpi as a systemd service, for the whole system or for one user, and removes it."""

from __future__ import annotations

from edge.ops.service.configuration import unmentioned_settings, upgrade_steps
from edge.ops.service.machine import machine_removal, machine_steps
from edge.ops.service.session import session_removal, session_steps
from edge.ops.service.steps import Step, execute_steps

__all__ = [
    "Step",
    "execute_steps",
    "machine_removal",
    "machine_steps",
    "session_removal",
    "session_steps",
    "unmentioned_settings",
    "upgrade_steps",
]
