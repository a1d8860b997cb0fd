"""What a program wrote and whom it spoke to, from strace's account of it."""

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


class Account:
    """The calls that succeeded or go on (EINPROGRESS): name and arguments as strace writes them.

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
            # A call during which another thread was seen is told in two parts.
            resumed = re.sub(r"^\d+ +<\.\.\. \w+ resumed>", "", line)
            whole = line if resumed == line else begun.pop(thread) + resumed
            if (call := CALL.match(whole)) and (call[3] != "-1" or call[4] == "EINPROGRESS"):
                self._calls.append((call[1], call[2]))

    def _of(self, names: set[str]) -> list[str]:
        return [arguments for name, arguments in self._calls if name in names]

    def opened_to_write(self) -> set[str]:
        """The paths that were opened to be written, or made by that."""
        return {_quoted(call) for call in self._of(OPENS) if TO_WRITE.search(call)}

    def made(self) -> set[str]:
        """The paths that came to be, or were renamed or cut, in any other way."""
        return {_quoted(call) for call in self._of(MAKES)}

    def started(self) -> int:
        """How many programs were started, itself included."""
        return len(self._of(STARTS))

    def written_to(self) -> set[str]:
        """The files by their paths, pipes and sockets as `pipe:[1234]`, that bytes went to."""
        return {call.split("<", 1)[1].split(">", 1)[0] for call in self._of(WRITES)}

    def called(self) -> set[str]:
        """The addresses of whom it called, without their families."""
        return {call.split("port=", 1)[-1].split("}", 1)[0] for call in self._of({"connect"})}

    def sent(self) -> list[str]:
        """The beginning of each message on a socket."""
        return [_quoted(call) for call in self._of(SENDS)]


def _quoted(arguments: str) -> str:
    """The first text in quotes, its own quotes as strace escapes them."""
    found = re.search(r'"((?:[^"\\]|\\.)*)"', arguments)
    return found[1] if found else arguments
