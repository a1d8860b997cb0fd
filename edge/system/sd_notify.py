"""What a service tells systemd of itself (sd_notify(3)); nothing where there is no systemd."""

from __future__ import annotations

import logging
import os
import socket
import time

log = logging.getLogger(__name__)

VARIABLE = "NOTIFY_SOCKET"
# The watchdog is fed this many times in the time it allows (sd_watchdog_enabled(3): at least 2).
MEALS = 4


class Notifier:
    """One datagram a message to the socket that systemd names in $NOTIFY_SOCKET.

    A message that cannot be sent is lost and never an error: the music matters more.
    """

    def __init__(self) -> None:
        address = os.environ.get(VARIABLE, "")
        # An @ stands for the zero byte of Linux's abstract socket names.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        allowed = os.environ.get("WATCHDOG_USEC", "")
        self._pause = int(allowed) / 1e6 / MEALS if allowed.isdecimal() else None
        self._last_meal = float("-inf")

    def ready(self, status: str) -> None:
        """All is loaded that the service needs to do its work."""
        self._send(f"READY=1\nSTATUS={status}")

    def status(self, words: str) -> None:
        """What `systemctl status` shows."""
        self._send(f"STATUS={words}")

    def alive(self) -> None:
        """The main loop turns; sent no more often than the watchdog wants to know."""
        now = time.monotonic()
        if self._pause is not None and now - self._last_meal >= self._pause:
            self._last_meal = now
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The service ends by itself or because it was asked to."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(message.encode(), self._address)
        except OSError as error:
            log.debug("systemd was not told '%s': %s", message, error)
