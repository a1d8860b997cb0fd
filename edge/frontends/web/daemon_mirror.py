"""The daemon's current state in the web server, and its events for the open pages."""

from __future__ import annotations

from collections import deque

from edge.daemon.status import DaemonStatus
from edge.frontends.control.event_history import EventHistory, Message
from edge.frontends.web.sse import SseBroadcast, Subscription
from edge.system.hardware import celsius
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

# The number of status messages, one a second, over which the frame rate is measured.
FRAME_RATE_WINDOW = 5


class DaemonMirror:
    """The last status of the daemon and the events of the last hour.

    It must be used in the server's event loop only. status: None while no daemon runs.
    """

    def __init__(self) -> None:
        self.status: DaemonStatus | None = None
        self.why, self.code = "moodpi is not connected yet", ""
        # The fields of `moodpi status --json`, and `frame_rate` in frames per second.
        self._daemon: Message | None = None
        self._history = EventHistory()
        # (uptime in seconds, frames since the start)
        self._frame_counts: deque[tuple[float, int]] = deque(maxlen=FRAME_RATE_WINDOW)
        self._pages = SseBroadcast()

    def state(self) -> dict[str, object]:
        """The fields `temperature` and `daemon`; without a daemon, also why: `why`, `code`."""
        state: dict[str, object] = {"temperature": celsius(), "daemon": self._daemon}
        return state if self._daemon else {**state, "why": self.why, "code": self.code}

    def update(self, message: Message) -> None:
        """Handle one message of edge.frontends.control.EventStream.

        A message that this version does not understand disconnects; it is logged once.
        """
        try:
            with error_boundary("a message of the daemon"):
                self._update(message)
        except MoodpiError as error:
            self._disconnect(str(error), error.code)

    def _update(self, message: Message) -> None:
        kind = message["event"]
        if kind == "disconnected":
            self._disconnect(message["why"], message["code"])
        elif kind == "status":
            self._update_status(message)
        else:
            self._history.append(message)
            self._pages.publish(kind, message)

    def subscribe(self) -> Subscription:
        """A text/event-stream: the state, the history, then every event.

        Raises HttpError "busy" if there are too many subscribers.
        """
        snapshot = (("status", self.state()), ("history", self._history.to_json()))
        return self._pages.subscribe(snapshot)

    def close(self) -> None:
        """Disconnect all pages."""
        self._pages.close()

    def _update_status(self, message: Message) -> None:
        self.status = DaemonStatus.from_json(message)
        # Only the first status of a connection has a history.
        if "history" in message:
            self._history = EventHistory(message["history"])
            self._frame_counts.clear()
            self._pages.publish("history", self._history.to_json())
        self._frame_counts.append((self.status.uptime, self.status.counts.frames))
        (start, first), (now, last) = self._frame_counts[0], self._frame_counts[-1]
        rate = round((last - first) / (now - start), 1) if now > start else None
        fields = {k: v for k, v in message.items() if k not in ("event", "history")}
        self._daemon = {**fields, "frame_rate": rate}
        self._pages.publish("status", self.state())

    def _disconnect(self, why: str, code: str) -> None:
        self.status, self._daemon, self.why, self.code = None, None, why, code
        self._pages.publish("status", self.state())
