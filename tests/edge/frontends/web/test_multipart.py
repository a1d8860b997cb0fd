"""Multipart forms of 10 MB take little processor time and no memory of their own."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.errors import HttpError
from edge.frontends.web.multipart import MAX_FIELD_BYTES, MAX_PARTS, parse_form
from tests.raising import raises

SIZE = 10_000_000
# A form of 10 MB took 4 to 9 s without limits.
MAX_PROCESSOR_TIME = 2.0
MAX_MEMORY = 3 * SIZE
NAMED = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
PHOTO = NAMED % (b"image", b"photo")
END = b"--b--\r\n"


def repeated(piece: bytes) -> bytes:
    return piece * (SIZE // len(piece))


HUGE_FORMS: dict[str, Callable[[], bytes]] = {
    "parts": lambda: b"".join(NAMED % (b"a%d" % number, b"") for number in range(180_000)),
    "parts without headers": lambda: repeated(b"--b\r\n\r\n\r\n"),
    "boundaries": lambda: repeated(b"--b\r\n"),
    "a header": lambda: b"--b\r\nX: " + bytes(SIZE),
    "a header's name": lambda: b"--b\r\n" + b"X" * SIZE,
    "headers": lambda: b"--b\r\n" + repeated(b"a: b\r\n"),
    "empty headers": lambda: b"--b\r\n" + repeated(b"a:\r\n"),
    "a name": lambda: NAMED % (b"a" * SIZE, b""),
    "parameters": lambda: b"--b\r\nContent-Disposition: form-data; " + repeated(b"a=b; "),
    "escaped quotes": lambda: NAMED % (repeated(b'\\"'), b""),
    "a field": lambda: PHOTO + NAMED % (b"model", b"a" * SIZE),
    "line ends before it begins": lambda: repeated(b"\r\n") + PHOTO,
    "bytes after its end": lambda: PHOTO + END + b"a" * SIZE,
}
PHOTOS = {
    "line ends": b"\r\n",
    "carriage returns": b"\r",
    "beginnings of a boundary": b"\r\n--",
    "boundaries of other forms": b"\r\n--c",
}


@pytest.mark.parametrize("make", HUGE_FORMS.values(), ids=HUGE_FORMS)
def test_a_huge_form_costs_little(make: Callable[[], bytes]) -> None:
    form = make()
    tracemalloc.start()
    before = time.process_time()
    with suppress(HttpError):
        parse_form(form, b"b")
    spent, (_, peak) = time.process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < MAX_PROCESSOR_TIME
    assert peak < MAX_MEMORY


@pytest.mark.parametrize("piece", PHOTOS.values(), ids=PHOTOS)
def test_a_photo_of_line_ends_is_parsed(piece: bytes) -> None:
    content = repeated(piece)
    before = time.process_time()
    assert parse_form(NAMED % (b"image", content) + END, b"b").content == content
    assert time.process_time() - before < MAX_PROCESSOR_TIME


def test_the_limits_are_inclusive() -> None:
    fields = {f"a{number}": "a" * MAX_FIELD_BYTES for number in range(MAX_PARTS - 1)}
    parts = b"".join(NAMED % (n.encode(), t.encode()) for n, t in fields.items())
    upload = parse_form(PHOTO + parts + END, b"b")
    assert (upload.content, upload.fields) == (b"photo", fields)
    with raises("bad_form"):
        parse_form(PHOTO + parts + NAMED % (b"b", b"") + END, b"b")
    with raises("bad_form"):
        parse_form(PHOTO + NAMED % (b"a", b"a" * (MAX_FIELD_BYTES + 1)) + END, b"b")
