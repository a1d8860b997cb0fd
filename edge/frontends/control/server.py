"""The server of the control socket: threads receive requests, the main loop answers them."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from edge.daemon.command_handler import RequestQueue
from edge.daemon.commands import find_command
from edge.daemon.status import Answer, Request
from edge.frontends.control.event_broadcast import (
    MAX_SUBSCRIBERS,
    EventBroadcast,
    Subscription,
)
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError, UsageError

log = logging.getLogger(__name__)

# The request that subscribes to events: one line for each event, and the status in between.
EVENTS: Request = {"command": "events"}
STATUS: Request = {"command": "status"}
# The group that may connect, in addition to the daemon's user.
GROUP = "moodpi"
MAX_REQUEST_BYTES = 1000
# Connections beyond these are closed at once. Each has a thread and a descriptor.
MAX_CONNECTIONS = 2 * MAX_SUBSCRIBERS
# The shortest time between two connections, in seconds. It leaves most of a processor to the main
# loop, however fast clients connect.
ACCEPT_INTERVAL = 0.005
# The time after which a turn of the main loop answers no further request, in seconds. One frame of
# a camera takes about 0.1.
TURN_TIMEOUT = 0.02
# The longest time for a client to send its request or to receive a line, in seconds.
IO_TIMEOUT = 2.0
# The longest time for the main loop to answer, in seconds.
ANSWER_TIMEOUT = 9.0
# The delay after the system had no descriptor or thread left for a client, in seconds.
RETRY_DELAY = 0.5
# The longest time between two statuses for a subscriber, in seconds.
STATUS_INTERVAL = 1.0


@dataclass
class _PendingRequest:
    """A request that awaits its answer.

    subscription: Subscribe this queue to events before answering. abandoned: Nobody waits for the
    answer any more.
    """

    request: Request
    subscription: Subscription | None = None
    abandoned: bool = False
    answer: queue.Queue[Answer] = field(default_factory=lambda: queue.Queue(1))


class ControlServer(RequestQueue):
    """Listens at the socket while it is entered.

    A socket that a killed daemon left is replaced. Raises MoodpiError if a daemon still listens.

    Attributes:
        broadcast: The reporter that sends events to subscribers.

    Args:
        path: The socket.
        background: The commands that take long, and what answers each in the client's thread.
    """

    def __init__(
        self, path: Path, background: Mapping[str, Callable[[Request], Answer]] | None = None
    ) -> None:
        self._path = path
        self._background = background or {}
        self.broadcast = EventBroadcast()
        self._pending: queue.Queue[_PendingRequest] = queue.Queue()
        self._pending_statuses: queue.Queue[_PendingRequest] = queue.Queue()
        self._connections = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._closing = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._accept, name="control", daemon=True)

    def __enter__(self) -> ControlServer:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_stale_socket()
            self._socket.bind(str(self._path))
            # At once: a client that finds the socket before is refused.
            self._socket.listen()
            with suppress(LookupError, PermissionError):
                shutil.chown(self._path, group=GROUP)
            self._path.chmod(0o660)
        except OSError as error:
            # Music can play without it.
            log.warning("no control socket, so commands do not work: %s: %s", self._path, error)
            return self
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._path.unlink(missing_ok=True)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self.broadcast.close()
        self._socket.close()

    def answer_pending(self, answer: Callable[[Request], Answer]) -> None:
        deadline = time.monotonic() + TURN_TIMEOUT
        # A status takes no time, therefore it does not wait for other requests.
        for pending in _taken(self._pending_statuses):
            pending.answer.put(self._answer_in_loop(pending, answer))
        for pending in _taken(self._pending):
            pending.answer.put(self._answer_in_loop(pending, answer))
            if time.monotonic() >= deadline:
                return

    def _answer_in_loop(
        self, pending: _PendingRequest, answer: Callable[[Request], Answer]
    ) -> Answer:
        try:
            with error_boundary(f"the command {pending.request['command']}"):
                document = answer(pending.request)
                if pending.subscription is None:
                    return document
                history = self.broadcast.subscribe(pending.subscription)
                return {**document, "history": history}
        except MoodpiError as error:
            return _error(error)

    def _remove_stale_socket(self) -> None:
        if not self._path.is_socket():
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)
                return
        raise MoodpiError(
            f"moodpi is already running and listens at {self._path}: stop it first "
            "(`sudo systemctl stop moodpi`)",
            code="already_running",
        )

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed, or no descriptor is left
                self._closing.wait(RETRY_DELAY)
                continue
            if self._connections.acquire(blocking=False):
                self._start_thread(connection)
            else:
                _refuse(connection)
            self._closing.wait(ACCEPT_INTERVAL)

    def _start_thread(self, connection: socket.socket) -> None:
        thread = threading.Thread(
            target=self._serve, args=(connection,), name="control-client", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            connection.close()
            self._connections.release()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with (
                suppress(MoodpiError),
                error_boundary("the control socket"),
                connection,
                suppress(OSError),
            ):
                request = _parse(_receive_line(connection))
                connection.settimeout(IO_TIMEOUT)
                if request == EVENTS:
                    self._send_events(connection)
                else:
                    _send(connection, self._answer(request))
        finally:
            self._connections.release()

    def _send_events(self, connection: socket.socket) -> None:
        """Send the status, then events and statuses, until either side closes the connection."""
        subscription = Subscription()
        try:
            first = _PendingRequest(STATUS, subscription)
            document: Answer | None = _status_event(self._await_answer(first))
            while document is not None and "error" not in document:
                _send(connection, document)
                is_status = document["event"] == "status"
                try:
                    document = subscription.get(timeout=STATUS_INTERVAL if is_status else 0)
                except queue.Empty:
                    document = _status_event(self._await_answer(_PendingRequest(STATUS)))
            if document is not None:
                _send(connection, document)
        finally:
            self.broadcast.unsubscribe(subscription)

    def _answer(self, request: Request) -> Answer:
        """The answer to one request, or the error."""
        try:
            _validate(request)
            if answer := self._background.get(request["command"]):
                with error_boundary(f"the command {request['command']}"):
                    return answer(request)
        except MoodpiError as error:
            return _error(error)
        return self._await_answer(_PendingRequest(request))

    def _await_answer(self, pending: _PendingRequest) -> Answer:
        (self._pending_statuses if pending.request == STATUS else self._pending).put(pending)
        try:
            return pending.answer.get(timeout=ANSWER_TIMEOUT)
        except queue.Empty:
            pending.abandoned = True
            return _error(MoodpiError("moodpi is busy: try again", code="busy"))


def _taken(requests: queue.Queue[_PendingRequest]) -> Iterator[_PendingRequest]:
    """The requests that await an answer, removed from the queue."""
    with suppress(queue.Empty):
        while True:
            pending = requests.get_nowait()
            if not pending.abandoned:
                yield pending


def _receive_line(connection: socket.socket) -> bytes:
    """The first line that a client sends, cut to MAX_REQUEST_BYTES.

    Raises TimeoutError if it takes longer than IO_TIMEOUT as a whole.
    """
    deadline = time.monotonic() + IO_TIMEOUT
    received = b""
    while b"\n" not in received and len(received) < MAX_REQUEST_BYTES:
        connection.settimeout(max(deadline - time.monotonic(), 1e-3))
        part = connection.recv(MAX_REQUEST_BYTES - len(received))
        if not part:
            break
        received += part
    return received.partition(b"\n")[0]


def _parse(line: bytes) -> Request:
    """The request on a line of UTF-8; empty if the line is not a JSON object."""
    try:
        request = json.loads(line.decode())
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def _validate(request: Request) -> None:
    """Raise UsageError unless the request is a valid command."""
    if "command" not in request:
        example = json.dumps(STATUS)
        raise UsageError(f"expected one line such as {example}", code="invalid_request")
    arguments = {name: value for name, value in request.items() if name != "command"}
    find_command(request["command"]).validate(arguments)


def _error(error: MoodpiError) -> Answer:
    return {"error": str(error), "code": error.code}


def _refuse(connection: socket.socket) -> None:
    error = MoodpiError(
        f"moodpi has {MAX_CONNECTIONS} connections already: try again", code="too_many_connections"
    )
    with connection, suppress(OSError):
        connection.settimeout(0)
        _send(connection, _error(error))


def _status_event(status: Answer) -> Answer:
    return {"event": "status", "time": round(time.time(), 3), **status}


def _send(connection: socket.socket, document: Answer) -> None:
    # With escapes: a path in it can have bytes that are not UTF-8.
    connection.sendall(json.dumps(document).encode() + b"\n")
