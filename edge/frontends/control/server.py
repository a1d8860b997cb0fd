"""The daemon's ear: a thread takes requests from the socket, the main loop answers them."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from edge.daemon.command_handler import RequestQueue
from edge.daemon.commands import find_command
from edge.daemon.status import Answer, Request
from edge.frontends.control.broadcast import Broadcast, Ear
from moodpi.errors import MoodpiError, UsageError

log = logging.getLogger(__name__)

# Subscribes to events: it gets a line for each event, and the status in between.
EVENTS = "events"
GROUP = "moodpi"
# A request is short and comes at once; whoever is slower than this is hung up on, in seconds.
LONGEST_REQUEST = 1000
PATIENCE = 2.0
# The longest that the main loop may take until it answers, in seconds.
ANSWER_PATIENCE = 9.0
# The wait when there are more clients than the system has descriptors or threads for, in seconds.
CROWDED = 0.5
# A listener hears the status at least this often, in seconds.
STATUS_EVERY = 1.0

STATUS: Request = {"command": "status"}


@dataclass
class _Waiting:
    """ear: of who wants the events from now on. given_up: nobody waits for the answer any more."""

    request: Request
    ear: Ear | None = None
    given_up: bool = False
    answer: queue.Queue[Answer] = field(default_factory=lambda: queue.Queue(1))


class ControlServer(RequestQueue):
    """Listens at the socket while it is entered.

    Its threads receive requests, and the main loop answers them with `answer_pending`. A socket
    file that a killed daemon left is replaced. Raises MoodpiError if a daemon still answers at it.

    Attributes:
        broadcast: The reporter that sends events to subscribers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.broadcast = Broadcast()
        self._waiting: queue.Queue[_Waiting] = queue.Queue()
        self._ending = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._listen, name="control", daemon=True)

    def __enter__(self) -> ControlServer:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._replace_stale()
            self._socket.bind(str(self._path))
            with suppress(LookupError, PermissionError):
                shutil.chown(self._path, group=GROUP)
            self._path.chmod(0o660)
            self._socket.listen()
        except OSError as error:
            # The music does not need it.
            log.warning("moodpi cannot be spoken to while it runs: %s: %s", self._path, error)
            return self
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._path.unlink(missing_ok=True)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self.broadcast.close()
        self._socket.close()

    def answer_pending(self, answer: Callable[[Request], Answer]) -> None:
        while True:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return
            if waiting.given_up:
                continue
            try:
                said = answer(waiting.request)
                if waiting.ear is not None:
                    said = {**said, "history": self.broadcast.join(waiting.ear)}
            except MoodpiError as error:
                said = error_json(error)
            waiting.answer.put(said)

    def _replace_stale(self) -> None:
        if not self._path.is_socket():
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)
                return
        raise MoodpiError(
            f"a moodpi already runs and listens at {self._path}: `moodpi status` shows it; end it "
            "first (`systemctl stop moodpi`)"
        )

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._socket.accept()
                threading.Thread(
                    target=self._serve, args=(connection,), name="control-client", daemon=True
                ).start()
            except (OSError, RuntimeError):  # closed, or no descriptor or thread is left
                self._ending.wait(CROWDED)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            with connection.makefile("rb") as stream:
                request = _request(stream.readline(LONGEST_REQUEST))
            if request == {"command": EVENTS}:
                self._tell(connection)
            else:
                _send(connection, self._answer(request))

    def _tell(self, connection: socket.socket) -> None:
        """What happens, and how it stands after that, until either side ends it."""
        ear: Ear = queue.SimpleQueue()
        try:
            said: Answer | None = _status(self._ask(_Waiting(STATUS, ear)))
            while said is not None and "error" not in said:
                _send(connection, said)
                try:
                    said = ear.get(timeout=STATUS_EVERY if said["event"] == "status" else 0)
                except queue.Empty:
                    said = _status(self._ask(_Waiting(STATUS)))
            if said is not None:
                _send(connection, said)
        finally:
            self.broadcast.leave(ear)

    def _answer(self, request: Request) -> Answer:
        """The answer to one request, or the error."""
        if "command" not in request:
            return error_json(
                UsageError(
                    'expected one line such as {"command": "status"}', code="invalid_request"
                )
            )
        try:
            arguments = {name: value for name, value in request.items() if name != "command"}
            find_command(request["command"]).validate(arguments)
        except UsageError as error:
            return error_json(error)
        return self._ask(_Waiting(request))

    def _ask(self, waiting: _Waiting) -> Answer:
        self._waiting.put(waiting)
        try:
            return waiting.answer.get(timeout=ANSWER_PATIENCE)
        except queue.Empty:
            waiting.given_up = True
            return error_json(MoodpiError("moodpi is busy: try again", code="busy"))


def _request(line: bytes) -> Request:
    """The request on a line; empty if the line is not a JSON object."""
    try:
        request = json.loads(line)
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def error_json(error: MoodpiError) -> Answer:
    """The answer that reports an error."""
    return {"error": str(error), "code": error.code}


def _status(answer: Answer) -> Answer:
    return {"event": "status", "time": round(time.time(), 3), **answer}


def _send(connection: socket.socket, said: Answer) -> None:
    connection.sendall(json.dumps(said, ensure_ascii=False).encode() + b"\n")
