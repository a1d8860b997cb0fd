"""Installs moodpi as a systemd service, for the whole system or for one user, and removes it."""

from __future__ import annotations

from edge.ops.service.configuration import unmentioned_settings, upgrade_keys, upgrade_steps
from edge.ops.service.pages import PAGES
from edge.ops.service.steps import Step, execute_steps, run_clean
from edge.ops.service.system_service import system_install_steps, system_removal_steps
from edge.ops.service.user_service import user_install_steps, user_removal_steps

__all__ = [
    "PAGES",
    "Step",
    "execute_steps",
    "run_clean",
    "system_install_steps",
    "system_removal_steps",
    "unmentioned_settings",
    "upgrade_keys",
    "upgrade_steps",
    "user_install_steps",
    "user_removal_steps",
]
