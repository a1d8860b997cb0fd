"""The control socket of a running daemon: a Unix socket with one JSON object per line.

A command gets one answer. The request `events` subscribes to the daemon's events.
"""

from __future__ import annotations

from edge.frontends.control.client import is_running, send_command
from edge.frontends.control.event_history import EventHistory
from edge.frontends.control.event_stream import EventStream
from edge.frontends.control.server import ControlServer
from edge.frontends.control.socket_path import find_socket, own_socket_path

__all__ = [
    "ControlServer",
    "EventHistory",
    "EventStream",
    "find_socket",
    "is_running",
    "own_socket_path",
    "send_command",
]
