"""Talking to the daemon that runs: a Unix socket, one JSON object a line, one answer each."""

from __future__ import annotations

from edge.control.address import find_socket, own_socket
from edge.control.client import ask
from edge.control.server import ControlServer

__all__ = ["ControlServer", "ask", "find_socket", "own_socket"]
