"""Reading files of unknown size and kind."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from moodpi.files import descriptor_name, read_limited
from tests.hostile_folder import make_hostile_folder
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


def test_a_descriptor_names_a_file_of_any_name(tmp_path) -> None:
    path = make_hostile_folder(tmp_path) / "file"
    path.write_bytes(b"12345")
    with descriptor_name(path) as name:
        assert re.fullmatch(r"/proc/self/fd/[0-9]+", name)
        path.rename(tmp_path / "elsewhere")
        assert Path(name).read_bytes() == b"12345"
    assert not Path(name).exists()


@pytest.mark.parametrize("create", [os.mkfifo, lambda _path: None])
def test_a_descriptor_needs_a_file(tmp_path, create) -> None:
    create(tmp_path / "file")
    with raises("unreadable_file"), descriptor_name(tmp_path / "file"):
        pass
