"""The sandbox of the process that decodes photos, entered in a process of its own."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from edge.photos.seccomp import ARCHITECTURES

# Each action runs after enter_sandbox(max_memory=50 MB, open_descriptors=3).
PROBE = """
import ctypes, errno, json, mmap, os, resource, socket, subprocess, sys, threading
from edge.photos.sandbox import enter_sandbox
has_filter = enter_sandbox(50_000_000, 3)
def attempt(action):
    try:
        action()
    except (OSError, RuntimeError, MemoryError, ValueError) as error:
        return type(error).__name__
    return "done"
actions = {
    "open": lambda: open("/etc/passwd"),
    "create": lambda: open("/tmp/moodpi-sandbox", "w"),
    "unlink": lambda: os.unlink("/tmp/moodpi-sandbox"),
    "socket": lambda: socket.socket(),
    "duplicate": lambda: os.dup(0),
    "memory file": lambda: os.memfd_create("x"),
    "fork": os.fork,
    "thread": lambda: threading.Thread(target=print).start(),
    "execute": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "own limit": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    "executable memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "40 MB": lambda: bytearray(40_000_000),
    "60 MB": lambda: bytearray(60_000_000),
}
results = {name: attempt(action) for name, action in actions.items()}
sys.stdout.write(json.dumps({"has_filter": has_filter, **results}))
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module")
def results() -> dict[str, object]:
    finished = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
    )
    results = json.loads(finished.stdout)
    if not results["has_filter"]:
        assert platform.machine() not in ARCHITECTURES, "the kernel has no system call filter"
        pytest.skip("no system call filter for this processor")
    return results


@pytest.mark.parametrize(
    "action",
    ["open", "create", "unlink", "socket", "duplicate", "memory file", "fork", "execute"],
)
def test_nothing_can_be_opened_or_started(results: dict[str, object], action: str) -> None:
    assert results[action] in {"PermissionError", "OSError"}


@pytest.mark.parametrize("action", ["kill", "own limit", "executable memory"])
def test_nothing_else_can_be_reached(results: dict[str, object], action: str) -> None:
    assert results[action] in {"PermissionError", "OSError", "ValueError"}


def test_no_thread_can_be_started(results: dict[str, object]) -> None:
    assert results["thread"] == "RuntimeError"


def test_memory_is_limited(results: dict[str, object]) -> None:
    assert (results["40 MB"], results["60 MB"]) == ("done", "MemoryError")
