"""The end of the process while a thread is blocked in a native library."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import atexit, sys, threading, time
from moodpi.cli.main import main
atexit.register(print, "Python shuts down")
if BLOCKED:
    threading.Thread(target=time.sleep, args=(60,), name="camera", daemon=True).start()
sys.argv = ["moodpi", *ARGUMENTS]
sys.exit(main())
"""


@pytest.mark.parametrize("blocked", [True, False])
@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["nonsense"], 2)])
def test_python_does_not_shut_down_with_a_blocked_thread(
    blocked: bool, arguments: list[str], code: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"BLOCKED = {blocked}; ARGUMENTS = {arguments}\n{CODE}"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == code
    assert ("Python shuts down" in done.stdout) is not blocked
    assert "moodpi" in done.stdout + done.stderr
