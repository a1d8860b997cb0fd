"""The status of an imaginary daemon."""

from __future__ import annotations

from typing import Any

from edge.daemon.status import DaemonStatus
from edge.events import RunCounts


def daemon_status(**fields: Any) -> dict[str, Any]:
    """A status message as the control socket sends it, with other values for some fields."""
    status = DaemonStatus(
        uptime=0.0,
        counts=RunCounts(frames=0, scanned=0, tracked=0, skipped=0, dropped=0, faces=0, changes=0),
        analysis_seconds=0.0,
        presence=None,
        mood=None,
        tracks=None,
        playing=None,
        ratings={},
        paused=False,
        pause_reason="",
        strategy="match",
        source="picamera2",
        player="print",
        songs=None,
        player_error="",
        camera_error="",
        song_analysis="",
        resting_face=None,
        preview=None,
    )
    return {"event": "status", "time": 0.0, **status.to_json(), **fields}
