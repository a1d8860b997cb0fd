"""Reading files of unknown size and kind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from moodpi.files import read_limited
from tests.raising import raises


def test_reads_a_file_up_to_the_limit(tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_limited(path, 5) == b"12345"
    with raises("file_too_large"):
        read_limited(path, 4)


def test_an_endless_file_is_too_large() -> None:
    with raises("file_too_large"):
        read_limited(Path("/dev/zero"), 100)


def test_a_named_pipe_does_not_block(tmp_path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OSError, match="named pipe"):
        read_limited(path, 100)
