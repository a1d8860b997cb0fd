"""Saved weights: exact, reproducible to the byte, and written atomically."""

from __future__ import annotations

import numpy as np
import pytest

from models.weights import as_float16, load_arrays, pack_arrays, save_arrays
from moodpi.files import write_atomic
from tests.full_disk import fill_disk
from tests.raising import raises

ARRAYS = {
    "conv/kernel": np.arange(12, dtype=np.float32).reshape(3, 4),
    "dense/bias": np.array([0.5], np.float32),
}


def test_loaded_arrays_equal_saved_arrays(tmp_path):
    save_arrays(tmp_path / "new folder" / "w.npz", ARRAYS)

    loaded = load_arrays(tmp_path / "new folder" / "w.npz")

    assert list(loaded) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert loaded[name].dtype == array.dtype
        assert np.array_equal(loaded[name], array)


def test_the_same_arrays_give_the_same_bytes():
    assert pack_arrays(ARRAYS) == pack_arrays({name: a.copy() for name, a in ARRAYS.items()})


@pytest.mark.parametrize(
    "content", [b"", b"no zip, but long enough to be read", pack_arrays(ARRAYS)[:200]]
)
def test_a_damaged_file_is_an_error(tmp_path, content):
    path = tmp_path / "w.npz"
    path.write_bytes(content)

    with raises("weights_damaged"):
        load_arrays(path)


def test_flipped_bits_inside_an_array_are_detected(tmp_path):
    content = bytearray(pack_arrays({"noise": np.random.default_rng(1).random(1000)}))
    content[2000] ^= 255
    (tmp_path / "w.npz").write_bytes(content)

    with raises("weights_damaged"):
        load_arrays(tmp_path / "w.npz")


def test_pickled_objects_are_never_loaded(tmp_path):
    np.savez(tmp_path / "w.npz", evil=np.array([{}], dtype=object))

    with raises("weights_damaged"):
        load_arrays(tmp_path / "w.npz")


def test_a_missing_file_and_a_folder_are_errors(tmp_path):
    with raises("no_such_file"):
        load_arrays(tmp_path / "nix.npz")
    with raises("weights_unreadable"):
        load_arrays(tmp_path)


def test_a_full_disk_leaves_every_file_as_it_was(tmp_path, monkeypatch):
    first, second = tmp_path / "a.bin", tmp_path / "b.bin"
    first.write_bytes(b"old")
    fill_disk(monkeypatch, "b.bin")

    with raises("cannot_write") as raised:
        write_atomic({first: b"new", second: b"new"})
    assert "b.bin: No space left on device" in str(raised.value)

    assert first.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "file").touch()

    with raises("cannot_write"):
        save_arrays(tmp_path / "file" / "w.npz", ARRAYS)


def test_float16_rejects_values_out_of_its_range():
    assert as_float16(ARRAYS)["conv/kernel"].dtype == np.float16
    for value in (np.nan, np.inf, 1e6):
        with raises("weights_not_finite"):
            as_float16({"dense/bias": np.array([value], np.float32)})
