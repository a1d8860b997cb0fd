"""What a process that decodes photos may do: use a bounded amount of memory, and little else."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

from edge.photos.seccomp import filter_system_calls

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38

PAGE_SIZE = resource.getpagesize()
# Columns of /proc/self/statm, in pages.
TOTAL_SIZE = 0
DATA_SIZE = 5


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends.

    Ends the process now if `parent`, a process id, is no longer its parent.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def enter_sandbox(max_memory: int, open_descriptors: int, *, with_threads: bool = False) -> bool:
    """Give up everything that decoding does not need; it cannot be regained.

    Libraries must be loaded. Descriptors from `open_descriptors` on are closed, and no other one
    can be opened. The process may allocate `max_memory` bytes more than it uses now. It writes no
    file and no core dump, starts no process, and gains no privileges.

    with_threads: whether it may start threads, which it may only with a filter of system calls: the
    limit of processes is one of threads, too.

    Returns whether system calls are filtered: not every kernel and processor supports it.
    """
    _limit_memory(max_memory)
    os.closerange(open_descriptors, os.sysconf("SC_OPEN_MAX"))
    _limit(resource.RLIMIT_NOFILE, open_descriptors)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    if not with_threads:
        _limit(resource.RLIMIT_NPROC, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_DUMPABLE, 0)
    has_filter = filter_system_calls(with_threads=with_threads)
    if not has_filter:
        _limit(resource.RLIMIT_NPROC, 0)
    return has_filter


def _limit_memory(more: int) -> None:
    sizes = [int(pages) * PAGE_SIZE for pages in Path("/proc/self/statm").read_text().split()]
    _limit(resource.RLIMIT_DATA, sizes[DATA_SIZE] + more)
    _limit(resource.RLIMIT_AS, sizes[TOTAL_SIZE] + more)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
