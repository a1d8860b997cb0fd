"""HEIC photos: decoding, rotation, limits, damage, and what their process may do."""

from __future__ import annotations

import io
import json
import platform
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from edge.photos import check
from edge.photos.check import check_photo
from edge.photos.decoder import PhotoDecoder
from edge.photos.header import PhotoHeader
from edge.photos.limits import UPLOAD_LIMITS
from edge.photos.messages import Ready
from edge.photos.photo import read_photo
from edge.photos.seccomp import ARCHITECTURES
from moodpi.errors import MoodpiError
from tests.edge.photos.mutations import mutated
from tests.raising import raises

pillow_heif = pytest.importorskip("pillow_heif", reason="needs moodpi[heif]")
if not pillow_heif.libheif_info()["encoders"]:
    pytest.skip("this pillow-heif encodes no HEIC", allow_module_level=True)

SEED = 16
MUTATIONS = 300
ORIENTATION = 0x0112
MAX_PIXELS = 40_000_000
CODES = {"undecodable", "too_many_pixels", "not_an_image", "heic", "decoding_timeout"}
# Each action runs in the sandbox of a process that decodes HEIC.
PROBE = """
import ctypes, json, os, signal, subprocess, sys, threading
from edge.photos.sandbox import enter_sandbox
has_filter = enter_sandbox(50_000_000, 3, with_threads=True)
libc = ctypes.CDLL(None, use_errno=True)
def attempt(action):
    try:
        return action() or "done"
    except (OSError, RuntimeError) as error:
        return type(error).__name__
def thread():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
def clone(flags):
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    pid = libc.syscall(number, flags, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return "refused" if pid < 0 else "done"
actions = {
    "thread": thread,
    "fork": os.fork,
    "clone as fork": lambda: clone(signal.SIGCHLD),
    "clone as vfork": lambda: clone(0x4100 | signal.SIGCHLD),
    "clone with a namespace": lambda: clone(0x10000000 | signal.SIGCHLD),
    "execute": lambda: os.execv("/bin/true", ["true"]),
    "open": lambda: open("/etc/passwd"),
    "program": lambda: subprocess.run(["/bin/true"]),
}
results = {name: attempt(action) for name, action in actions.items()}
sys.stdout.write(json.dumps({"has_filter": has_filter, **results}))
sys.stdout.flush()
os._exit(0)
"""


def heic(image: Image.Image, **options: object) -> bytes:
    """The content that pillow-heif writes."""
    stream = io.BytesIO()
    file = pillow_heif.from_pillow(image)
    file.save(stream, enc_params={"preset": "ultrafast"}, **options)
    return stream.getvalue()


@pytest.fixture(scope="module")
def photo(portrait: Path) -> Image.Image:
    return Image.open(portrait).convert("RGB").resize((160, 120))


@pytest.fixture(scope="module")
def decoder() -> Iterator[PhotoDecoder]:
    with PhotoDecoder(UPLOAD_LIMITS) as decoder:
        yield decoder


def decoded(content: bytes, decoder: PhotoDecoder) -> np.ndarray:
    return decoder.decode(content, decoder.check(content, "a photo"), "a photo")


def difference(grey: np.ndarray, image: Image.Image) -> float:
    return float(np.abs(grey.astype(int) - np.asarray(image.convert("L")).astype(int)).mean())


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_every_mode_becomes_grey(photo: Image.Image, mode: str, decoder: PhotoDecoder) -> None:
    grey = decoded(heic(photo.convert(mode)), decoder)
    assert (grey.dtype, grey.shape) == (np.uint8, (120, 160))
    assert difference(grey, photo) < 4


@pytest.mark.parametrize("mode", ["RGB;16", "L;16"])
def test_deep_pictures_are_converted(photo: Image.Image, mode: str, decoder: PhotoDecoder) -> None:
    deep = np.asarray(photo.convert(mode.partition(";")[0])).astype(np.uint16) * 257
    stream = io.BytesIO()
    pillow_heif.encode(mode, photo.size, deep.tobytes(), stream)
    assert difference(decoded(stream.getvalue(), decoder), photo) < 4


@pytest.mark.parametrize(("width", "height"), [(65, 63), (101, 300), (64, 64)])
def test_odd_sizes_are_decoded(
    photo: Image.Image, width: int, height: int, decoder: PhotoDecoder
) -> None:
    small = photo.resize((width, height))
    grey = decoded(heic(small), decoder)
    assert grey.shape == (height, width)
    assert difference(grey, small) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_rotated_once(
    photo: Image.Image, orientation: int, decoder: PhotoDecoder
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stream = io.BytesIO()
    photo.save(stream, "JPEG", exif=exif, quality=95)
    jpeg = Image.open(stream)
    coded = io.BytesIO()
    # As a phone does: the pixels as they are, the EXIF orientation, and a property of the picture.
    pillow_heif.encode(jpeg.mode, jpeg.size, jpeg.tobytes(), coded, exif=exif.tobytes())
    content = coded.getvalue()
    assert (orientation > 1) == (b"irot" in content or b"imir" in content)
    grey = decoded(content, decoder)
    upright = ImageOps.exif_transpose(jpeg)
    assert grey.shape == upright.size[::-1]
    assert difference(grey, upright) < 4
    assert difference(grey, ImageOps.mirror(upright)) > 8


def test_a_photo_of_a_phone_is_decoded_within_the_limits_of_the_page(
    photo: Image.Image, decoder: PhotoDecoder
) -> None:
    large = photo.resize((4032, 3024))
    grey = decoded(heic(large, tile_size=512), decoder)
    assert grey.shape == (3024, 4032)
    assert difference(cv2.resize(grey, photo.size, interpolation=cv2.INTER_AREA), photo) < 6


def test_a_file_is_read_by_its_content(
    tmp_path: Path, photo: Image.Image, decoder: PhotoDecoder
) -> None:
    (tmp_path / "photo.jpg").write_bytes(heic(photo))
    assert read_photo(tmp_path / "photo.jpg", decoder).shape == (120, 160)


def test_the_header_is_that_of_the_primary_picture(photo: Image.Image) -> None:
    file = pillow_heif.from_pillow(photo)
    file.add_from_pillow(photo.resize((64, 48)))
    for primary, size in ((0, (160, 120)), (1, (64, 48))):
        stream = io.BytesIO()
        file.save(stream, primary_index=primary)
        header = check_photo(stream.getvalue(), "a photo", MAX_PIXELS)
        assert (header.kind, header.width, header.height) == ("HEIC", *size)


def test_one_process_decodes_both_kinds(photo: Image.Image, portrait: Path) -> None:
    with PhotoDecoder(UPLOAD_LIMITS) as decoder:
        decoded(portrait.read_bytes(), decoder)
        first = decoder.worker_pid
        decoded(heic(photo), decoder)
        second = decoder.worker_pid
        decoded(portrait.read_bytes(), decoder)
        assert first != second == decoder.worker_pid


def with_size(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"ispe") + 8
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return content[:at] + size + content[at + 8 :]


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [(7000, 6000, "too_many_pixels"), (5000, 4000, "too_many_pixels"), (0, 120, "undecodable")],
)
def test_the_size_is_limited(photo: Image.Image, width: int, height: int, code: str) -> None:
    with raises(code):
        check_photo(
            with_size(heic(photo), width, height), "a photo", MAX_PIXELS, UPLOAD_LIMITS.max_memory
        )


def test_a_picture_of_another_size_than_stated_is_undecodable(
    photo: Image.Image, decoder: PhotoDecoder
) -> None:
    with raises("undecodable"):
        decoded(with_size(heic(photo), 32, 32), decoder)


def test_a_truncated_photo_is_refused(photo: Image.Image) -> None:
    whole = heic(photo)
    for length in (len(whole) - 1, len(whole) // 2, 200, 40):
        with raises("undecodable") as error:
            check_photo(whole[:length], "a photo", MAX_PIXELS)
        assert str(error.value).startswith("a photo cannot be decoded: ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "0 boxes with metadata"),
        (b"\0\0\0\x08moov", "a sequence"),
        (b"\0\0\0\x08free" * 5000, "more than 4000 boxes"),
        (b"\xff\xff\xff\xf0meta", "a box has 4294967280 bytes"),
        (b"\0\0\0\x01meta\0\0\0\0\0\0\0\x05", "a box has 5 bytes"),
        (b"\0\0\0\x0cmeta\0\0\0\0", "its box pitm is missing"),
    ],
)
def test_the_reason_is_stated(content: bytes, reason: str) -> None:
    with raises("undecodable") as error:
        check_photo(b"\0\0\0\x10ftypheic\0\0\0\0" + content, "a photo", MAX_PIXELS)
    assert reason in str(error.value)


def test_damaged_photos_are_errors(photo: Image.Image, decoder: PhotoDecoder) -> None:
    contents = [heic(photo), heic(photo, tile_size=64)]
    outcomes = set()
    for number in range(MUTATIONS):
        generator = random.Random(f"{SEED}-{number}")
        content = mutated(generator, generator.choice(contents), contents[0])
        try:
            decoded(content, decoder)
        except MoodpiError as error:
            outcomes.add(error.code)
        else:
            outcomes.add("decoded")
    assert {"decoded", "undecodable"} <= outcomes <= CODES | {"decoded"}
    assert decoded(contents[0], decoder).shape == (120, 160)


def test_without_the_library_the_message_names_it(
    photo: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "HEIF_PACKAGE", "no_such_package")
    with raises("heic") as error:
        check_photo(heic(photo), "a photo", MAX_PIXELS)
    message = str(error.value)
    assert "install 'moodpi[heif]'" in message
    assert "Most Compatible" in message
    assert "\n" not in message


def test_avif_is_refused(photo: Image.Image) -> None:
    coded = heic(photo)
    for content in (coded.replace(b"hvc1", b"av01"), coded.replace(b"ftypheic", b"ftypavif")):
        with raises("heic") as error:
            check_photo(content, "a photo", MAX_PIXELS)
        assert "moodpi[heif]" not in str(error.value)


def test_without_a_filter_it_is_refused(
    photo: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ready, "unpack", lambda _: Ready(has_filter=False))
    with PhotoDecoder(UPLOAD_LIMITS) as decoder, raises("heic"):
        decoded(heic(photo), decoder)


def test_a_lack_of_memory_costs_one_photo(photo: Image.Image) -> None:
    """The memory of libde265 and its thread is limited, also if a header states less."""
    width, height = 4000, 3000
    large = heic(photo.resize((width, height)), quality=1)
    with PhotoDecoder(replace(UPLOAD_LIMITS, max_memory=20_000_000)) as decoder:
        with raises("undecodable"):
            decoder.decode(large, PhotoHeader("HEIC", width, height, scratch_bytes=0), "a photo")
        assert decoded(heic(photo), decoder).shape == (120, 160)


def test_the_sandbox_allows_threads_and_no_processes() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
    )
    results = json.loads(finished.stdout)
    if not results.pop("has_filter"):
        assert platform.machine() not in ARCHITECTURES, "the kernel has no system call filter"
        pytest.skip("no system call filter for this processor")
    assert results.pop("thread") == "done"
    assert set(results.values()) <= {"PermissionError", "OSError", "refused"}
