"""What works on this machine, what does not, and how to mend it; needs no root."""

from __future__ import annotations

from edge.ops.doctor.cameras import cameras
from edge.ops.doctor.condition import heat, room
from edge.ops.doctor.data import catalogue, configuration, models
from edge.ops.doctor.finding import Finding
from edge.ops.doctor.music import music
from edge.ops.doctor.software import pictures, python, runtimes, system
from edge.ops.doctor.sound import sound
from edge.ops.doctor.unit import unit

__all__ = ["Finding", "examine"]

LOOKS = (
    *(system, python, pictures, runtimes),
    *(models, catalogue, configuration, music),
    *(cameras, sound, unit, heat, room),
)


def examine() -> list[Finding]:
    """FrameAnalysis at everything, in the order a person would."""
    return [finding for look in LOOKS for finding in look()]
