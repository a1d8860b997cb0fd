"""Talking to the daemon that runs: a Unix socket, one JSON object a line. A command has one answer;
`events` has a line for whatever happens, for as long as one listens.
"""

from __future__ import annotations

from edge.frontends.control.address import find_socket, own_socket
from edge.frontends.control.client import ask, runs
from edge.frontends.control.following import EventStream
from edge.frontends.control.server import ControlServer

__all__ = ["ControlServer", "EventStream", "ask", "find_socket", "own_socket", "runs"]
