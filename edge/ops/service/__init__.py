"""moodpi as a systemd service: what is put where, how it is removed, how it is doing."""

from __future__ import annotations

from edge.ops.service.machine import machine_removal, machine_steps
from edge.ops.service.session import session_removal, session_steps
from edge.ops.service.steps import Step, carry_out

__all__ = [
    "Step",
    "carry_out",
    "machine_removal",
    "machine_steps",
    "session_removal",
    "session_steps",
]
