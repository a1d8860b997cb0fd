"""The files and connections of a program, read from strace's output."""

from __future__ import annotations

import re
from pathlib import Path

MAKES = {"creat", "mkdir", "mkdirat", "mknod", "mknodat", "link", "linkat", "symlink", "symlinkat"}
MAKES |= {"rename", "renameat", "renameat2", "truncate", "memfd_create"}
OPENS = {"open", "openat", "openat2", "open_by_handle_at"}
STARTS = {"execve", "execveat"}
SENDS = {"sendto", "sendmsg", "sendmmsg"}
WRITES = {"write", "writev", "pwrite64", "pwritev", "pwritev2", "sendfile", "splice", "tee"}
WRITES |= {"vmsplice", "copy_file_range", "io_uring_enter"}
TRACED = ",".join(sorted({"connect"} | MAKES | OPENS | STARTS | SENDS | WRITES))

CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<.*>)?(?: (E[A-Z]+))?.*$")
TO_WRITE = re.compile(r"\b(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND)\b")


class SystemCalls:
    """The calls that succeeded or are in progress (EINPROGRESS).

    trace: the output of `strace -f -y -e trace=TRACED`.
    """

    def __init__(self, trace: Path) -> None:
        self._calls: list[tuple[str, str]] = []
        begun: dict[str, str] = {}
        for line in trace.read_text(errors="replace").splitlines():
            thread = line.split(" ", 1)[0]
            if line.endswith(" <unfinished ...>"):
                begun[thread] = line.removesuffix(" <unfinished ...>")
                continue
            # strace splits a call in two lines when another thread runs in between.
            resumed = re.sub(r"^\d+ +<\.\.\. \w+ resumed>", "", line)
            whole = line if resumed == line else begun.pop(thread) + resumed
            if (call := CALL.match(whole)) and (call[3] != "-1" or call[4] == "EINPROGRESS"):
                self._calls.append((call[1], call[2]))

    def _of(self, names: set[str]) -> list[str]:
        return [arguments for name, arguments in self._calls if name in names]

    def opened_to_write(self) -> set[str]:
        """The paths opened for writing or created by opening."""
        return {_quoted(call) for call in self._of(OPENS) if TO_WRITE.search(call)}

    def made(self) -> set[str]:
        """The paths created, renamed or truncated in any other way."""
        return {_quoted(call) for call in self._of(MAKES)}

    def started(self) -> int:
        """The number of programs started, the traced one included."""
        return len(self._of(STARTS))

    def written_to(self) -> set[str]:
        """The paths, or `pipe:[1234]` for pipes and sockets, that bytes were written to."""
        return {call.split("<", 1)[1].split(">", 1)[0] for call in self._of(WRITES)}

    def called(self) -> set[str]:
        """The addresses connected to, without the address family."""
        return {call.split("port=", 1)[-1].split("}", 1)[0] for call in self._of({"connect"})}

    def sent(self) -> list[str]:
        """The start of each message sent on a socket."""
        return [_quoted(call) for call in self._of(SENDS)]


def _quoted(arguments: str) -> str:
    """The first quoted string, with strace's escapes."""
    found = re.search(r'"((?:[^"\\]|\\.)*)"', arguments)
    return found[1] if found else arguments
