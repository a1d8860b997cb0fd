"""systemd's notification protocol (sd_notify(3)); does nothing without systemd."""

from __future__ import annotations

import logging
import os
import re
import socket
import time

from moodpi.text import clean_text

log = logging.getLogger(__name__)

SOCKET_VARIABLE = "NOTIFY_SOCKET"
# Watchdog messages per watchdog timeout; sd_watchdog_enabled(3) recommends at least 2.
MESSAGES_PER_TIMEOUT = 4
MAX_STATUS_LENGTH = 200
MICROSECONDS = re.compile(r"[0-9]{1,15}")


class SystemdNotifier:
    """Sends the state of the service to systemd, one datagram a message.

    A message that cannot be sent is dropped and is never an error.
    """

    def __init__(self) -> None:
        address = os.environ.get(SOCKET_VARIABLE, "")
        # "@" stands for the zero byte of an abstract socket's name on Linux.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        timeout = MICROSECONDS.fullmatch(os.environ.get("WATCHDOG_USEC", ""))
        self._watchdog_interval = int(timeout[0]) / 1e6 / MESSAGES_PER_TIMEOUT if timeout else None
        self._last_watchdog = float("-inf")

    def ready(self, status: str) -> None:
        """Report that the service has started."""
        self._send(f"READY=1\nSTATUS={_one_line(status)}")

    def status(self, text: str) -> None:
        """Set the status text that `systemctl status` shows."""
        self._send(f"STATUS={_one_line(text)}")

    def watchdog(self) -> None:
        """Report that the main loop runs, at most once per watchdog interval."""
        now = time.monotonic()
        if self._watchdog_interval is None:
            return
        if now - self._last_watchdog >= self._watchdog_interval:
            self._last_watchdog = now
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Report that the service shuts down."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                # The main loop does not wait for a systemd that does not read.
                sender.sendto(message.encode(), socket.MSG_DONTWAIT, self._address)
        except OSError as error:
            log.debug("cannot send '%s' to systemd: %s", message, error)


def _one_line(status: str) -> str:
    """A line break would begin another message."""
    return clean_text(status, MAX_STATUS_LENGTH)
