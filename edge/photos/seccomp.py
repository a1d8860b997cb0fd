"""A filter of system calls for the running thread (seccomp mode 2), without libseccomp.

The filter allows the calls of a process that computes, allocates memory and reads and writes its
open descriptors, and optionally starts threads. Every other call fails with EPERM. See seccomp(2)
and the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
# Actions: linux/seccomp.h.
ALLOW = 0x7FFF0000
FAIL = 0x00050000
REFUSE = FAIL | errno.EPERM
# Operations of the classic Berkeley Packet Filter: linux/bpf_common.h.
LOAD_WORD = 0x20
JUMP_IF_EQUAL = 0x15
JUMP_IF_ANY_BIT = 0x45
RETURN = 0x06
# Offsets in struct seccomp_data. Arguments are 64 bits wide; these are the low words.
NUMBER = 0
ARCHITECTURE = 4
FIRST_ARGUMENT = 16
THIRD_ARGUMENT = 32

PROT_EXEC = 4
# The flags of clone(2) with which glibc starts a thread: CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD,
# _SYSVSEM, _SETTLS, _PARENT_SETTID and _CHILD_CLEARTID. No process is started with them.
THREAD_FLAGS = 0x3D0F00
# The flags of clone3 are in memory, which a filter cannot read. glibc tries clone after ENOSYS.
CLONE3 = 435


@dataclass(frozen=True)
class Architecture:
    """An AUDIT_ARCH value and the numbers of the allowed calls.

    mapping: calls whose third argument is a memory protection; PROT_EXEC is refused. threads: the
    calls of a new thread. clone: the call that starts one.
    """

    audit: int
    calls: dict[str, int]
    mapping: dict[str, int]
    threads: dict[str, int]
    clone: int


X86_64 = Architecture(
    0xC000003E,
    {
        "read": 0,
        "write": 1,
        "close": 3,
        "munmap": 11,
        "brk": 12,
        "rt_sigprocmask": 14,
        "rt_sigreturn": 15,
        "sched_yield": 24,
        "mremap": 25,
        "madvise": 28,
        "exit": 60,
        "futex": 202,
        "restart_syscall": 219,
        "clock_gettime": 228,
        "exit_group": 231,
        "getrandom": 318,
    },
    {"mmap": 9, "mprotect": 10},
    {"gettid": 186, "sched_getaffinity": 204, "set_robust_list": 273, "rseq": 334},
    56,
)
AARCH64 = Architecture(
    0xC00000B7,
    {
        "close": 57,
        "read": 63,
        "write": 64,
        "exit": 93,
        "exit_group": 94,
        "futex": 98,
        "clock_gettime": 113,
        "sched_yield": 124,
        "restart_syscall": 128,
        "rt_sigprocmask": 135,
        "rt_sigreturn": 139,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "madvise": 233,
        "getrandom": 278,
    },
    {"mmap": 222, "mprotect": 226},
    {"set_robust_list": 99, "sched_getaffinity": 123, "gettid": 178, "rseq": 293},
    220,
)
ARCHITECTURES = {"x86_64": X86_64, "aarch64": AARCH64}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def filter_system_calls(*, with_threads: bool) -> bool:
    """Install the filter; False if the kernel or the processor does not support it.

    It cannot be removed. PR_SET_NO_NEW_PRIVS must be set, and the process must have one thread.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return False
    instructions = _instructions(architecture, with_threads=with_threads)
    program = _Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0


def _instructions(architecture: Architecture, *, with_threads: bool) -> bytes:
    """The program as an array of struct sock_filter. A process of another ABI may do nothing."""
    lines = [
        (LOAD_WORD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, architecture.audit),
        (RETURN, 0, 0, REFUSE),
        (LOAD_WORD, 0, 0, NUMBER),
    ]
    calls = [*architecture.calls.values(), *(architecture.threads.values() if with_threads else ())]
    for number in calls:
        lines += _if_equal(number, [(RETURN, 0, 0, ALLOW)])
    if with_threads:
        lines += _if_equal(CLONE3, [(RETURN, 0, 0, FAIL | errno.ENOSYS)])
        lines += _if_equal(
            architecture.clone,
            [
                (LOAD_WORD, 0, 0, FIRST_ARGUMENT),
                (JUMP_IF_EQUAL, 0, 1, THREAD_FLAGS),
                (RETURN, 0, 0, ALLOW),
                (RETURN, 0, 0, REFUSE),
            ],
        )
    for number in architecture.mapping.values():
        lines += _if_equal(
            number,
            [
                (LOAD_WORD, 0, 0, THIRD_ARGUMENT),
                (JUMP_IF_ANY_BIT, 0, 1, PROT_EXEC),
                (RETURN, 0, 0, REFUSE),
                (RETURN, 0, 0, ALLOW),
            ],
        )
    lines.append((RETURN, 0, 0, REFUSE))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


Line = tuple[int, int, int, int]


def _if_equal(number: int, block: Iterable[Line]) -> list[Line]:
    """The block, which is skipped unless the loaded number is equal. It must end in RETURN."""
    lines = list(block)
    return [(JUMP_IF_EQUAL, 0, len(lines), number), *lines]
