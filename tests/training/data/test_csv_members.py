"""The CSV files in archives: which are found, and archives that are refused."""

from __future__ import annotations

import gzip
import io
import os
import resource
import tarfile
import zipfile
import zlib

import numpy as np
import pytest

from tests.raising import raises
from tests.training.data.archives import FORMS, csv_bytes, tar_bytes, zip_bytes
from training.data import csv_members as module
from training.data.fer2013_csv import load_fer2013

CSV = csv_bytes("3,{grey},Training", "4,{grey},PublicTest")


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(content: bytes, name: str = "fer2013.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_the_same(write, caplog, form):
    name, packed = FORMS[form]

    splits = load_fer2013(write(packed(CSV), name))

    assert {split: faces.labels.tolist() for split, faces in splits.items()} == {
        "Training": [3],
        "PublicTest": [4],
    }
    assert np.all(splits["Training"].images == 7)
    assert caplog.messages == []


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_tar_files_are_read(write, kind):
    folder = "/".join(["folder" * 4] * 9)
    path = write(tar_bytes({f"{folder}/fer2013.csv": CSV}, kind), "a.tar")

    with module.reading(path):
        assert [member.name for member in module.csv_members(path)] == [f"{folder}/fer2013.csv"]


@pytest.mark.parametrize("pack", [tar_bytes, zip_bytes])
def test_of_several_csvs_the_one_with_the_columns_is_read(write, caplog, pack):
    kaggle = {
        "example_submission.csv": b"Id,Prediction\n",
        "train.csv": csv_bytes(*["5,{grey}"] * 3, header="emotion,pixels"),
        "icml_face_data.csv": CSV,
        "test.csv": b"pixels\n",
    }

    splits = load_fer2013(write(pack(kaggle)))

    assert [len(faces) for faces in splits.values()] == [1, 1]
    (message,) = caplog.messages
    assert "icml_face_data.csv is read" in message
    assert all(name in message for name in kaggle)


@pytest.mark.parametrize("pack", [tar_bytes, zip_bytes])
def test_an_archive_without_the_csv_names_what_it_holds(write, pack):
    with raises("missing_columns") as caught:
        load_fer2013(write(pack({"a.csv": b"Id,Prediction\n", "b.csv": b"pixels\n"})))
    assert "a.csv: Id, Prediction; b.csv: pixels" in str(caught.value)

    with raises("no_csv") as caught:
        load_fer2013(write(pack({"train/happy/1.jpg": b"x"})))
    assert "train/happy/1.jpg" in str(caught.value)

    with raises("no_csv") as caught:
        load_fer2013(write(zip_bytes({}), "empty.zip"))
    assert "holds no file" in str(caught.value)


# An archive contains the time, and the processes of a parallel run must agree on the ids.
@pytest.mark.parametrize(
    "content",
    [b"PK nothing", b"PK\3\4 nothing", zip_bytes({"a.csv": CSV})[:99]],
    ids=["no header", "no entry", "cut off"],
)
def test_a_damaged_zip_says_so(write, content):
    with raises("not_an_archive"):
        load_fer2013(write(content, "f.zip"))


@pytest.mark.parametrize("form", ["gzip", "tar", "tar.gz"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_is_cut_off_says_so(write, form, share):
    name, packed = FORMS[form]
    whole = packed(CSV * 2)
    end = int(share * (whole.rindex(b"\n") if form == "tar" else len(whole)))

    with raises("unreadable_file") as caught:
        load_fer2013(write(whole[:end], name))
    assert name in str(caught.value)


def test_compression_and_encryption_that_zipfile_lacks_say_so(write):
    encrypted = bytearray(zip_bytes({"fer2013.csv": CSV}))
    encrypted[6] |= 1  # the flags of the local header, and in the directory
    encrypted[encrypted.rindex(b"PK\1\2") + 8] |= 1
    for content in (encrypted, zip_bytes({"fer2013.csv": CSV}, zipfile.ZIP_LZMA)):
        with raises("unreadable_file") as caught:
            load_fer2013(write(content, "f.zip"))
        assert "unpack it" in str(caught.value)


def test_names_are_never_paths(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for pack in (tar_bytes, zip_bytes):
        path = write(pack({"../../outside.csv": CSV, "/etc/x\x1b[31m.csv": b"pixels\n"}))
        assert len(load_fer2013(path)) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_links_and_devices_in_a_tar_file_are_no_csv(write):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)):
            member = tarfile.TarInfo(f"{number}.csv")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)

    with raises("no_csv"):
        load_fer2013(write(buffer.getvalue()))


def test_a_named_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with raises("unreadable_file"):
        load_fer2013(tmp_path / "pipe")


def zeros(count: int) -> bytes:
    """Gzip of many zeros, without the memory for them."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*parts, packer.flush()])


def header_of(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"", "missing_columns"),
        (b"emotion,pixels,Usage\n", "file_too_large"),
        (header_of("a.csv", 1 << 32), "file_too_large"),
        (header_of("README", 1 << 32), "file_too_large"),
        (header_of("longname", 1 << 32, tarfile.GNUTYPE_LONGNAME), "file_too_large"),
        (header_of("pax", 1 << 32, tarfile.XHDTYPE), "file_too_large"),
        (header_of("sparse", 1 << 32, tarfile.GNUTYPE_SPARSE), "file_too_large"),
    ],
)
def test_a_decompression_bomb_is_refused_in_little_memory(write, monkeypatch, start, code):
    monkeypatch.setattr(module, "MAX_BYTES", 64 << 20)
    path = write(gzip.compress(start) + zeros(72 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with raises(code):
        load_fer2013(path)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 << 10  # KiB


def test_endless_members_are_refused(write, monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMBERS", 100)
    members = {f"{number}.txt": b"" for number in range(101)}

    for pack in (tar_bytes, zip_bytes):
        with raises("too_many_files"):
            load_fer2013(write(pack(members)))


def test_an_archive_of_many_csv_files_is_refused(write, monkeypatch):
    monkeypatch.setattr("training.data.csv_table.MAX_CSV_FILES", 3)

    for pack in (tar_bytes, zip_bytes):
        with raises("too_many_files"):
            load_fer2013(write(pack({f"{number}.csv": CSV for number in range(4)})))


def test_a_large_directory_of_a_zip_archive_is_refused_before_it_is_read(write, monkeypatch):
    monkeypatch.setattr(module, "MAX_ZIP_DIRECTORY", 1000)
    path = write(zip_bytes({f"{number}.txt": b"" for number in range(100)}))
    monkeypatch.setattr("zipfile.ZipFile", lambda *_: pytest.fail("directory read"))

    with raises("too_many_files"):
        load_fer2013(path)
