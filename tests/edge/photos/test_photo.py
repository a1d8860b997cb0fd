"""Decoding of photos in every common format, and the errors for the others."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import FILE_LIMITS
from edge.photos.photo import read_photo
from tests.process_memory import run_measured
from tests.raising import raises


@pytest.fixture(scope="module")
def decoder() -> Iterator[PhotoDecoder]:
    with PhotoDecoder(FILE_LIMITS) as decoder:
        yield decoder


def colours() -> Image.Image:
    ramp = np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (32, 1))
    return Image.fromarray(np.dstack([ramp, ramp, ramp]))


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("rgb.png", "RGB"),
        ("alpha.png", "RGBA"),
        ("palette.png", "P"),
        ("grey.png", "L"),
        ("cmyk.jpg", "CMYK"),
        ("cmyk.tif", "CMYK"),
        ("rgb.webp", "RGB"),
        ("rgb.bmp", "RGB"),
    ],
)
def test_every_format_becomes_the_same_grey(
    tmp_path: Path, name: str, mode: str, decoder: PhotoDecoder
) -> None:
    colours().convert(mode).save(tmp_path / name)
    grey = read_photo(tmp_path / name, decoder)
    assert (grey.dtype, grey.shape) == (np.uint8, (32, 64))
    middle = grey[16].astype(int)
    assert middle[0] < 16
    assert middle[-1] > 239
    assert abs(middle[32] - 129) < 30  # CMYK without a profile and a palette are only close


def test_16_bit_images_keep_their_range(tmp_path: Path, decoder: PhotoDecoder) -> None:
    deep = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    grey = read_photo(tmp_path / "deep.png", decoder)
    assert grey.dtype == np.uint8
    assert (int(grey.min()), int(grey.max())) == (0, 255)


def test_exif_orientation_is_applied(tmp_path: Path, decoder: PhotoDecoder) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by a quarter
    colours().save(tmp_path / "turned.jpg", exif=exif)
    grey = read_photo(tmp_path / "turned.jpg", decoder)
    assert grey.shape == (64, 32)
    assert grey[0].mean() < 32
    assert grey[-1].mean() > 223


def test_a_single_pixel_is_an_image(tmp_path: Path, decoder: PhotoDecoder) -> None:
    Image.new("L", (1, 1), 7).save(tmp_path / "dot.png")
    assert read_photo(tmp_path / "dot.png", decoder).tolist() == [[7]]


def test_a_file_that_does_not_exist(tmp_path: Path, decoder: PhotoDecoder) -> None:
    with raises("no_such_file"):
        read_photo(tmp_path / "absent.jpg", decoder)


@pytest.mark.parametrize(
    "content", [b"", b"not a picture at all\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8"]
)
def test_a_file_that_is_not_an_image(tmp_path: Path, content: bytes, decoder: PhotoDecoder) -> None:
    (tmp_path / "text.jpg").write_bytes(content)
    with raises("not_an_image"):
        read_photo(tmp_path / "text.jpg", decoder)


def test_a_header_without_pixels_cannot_be_decoded(tmp_path: Path, decoder: PhotoDecoder) -> None:
    colours().save(tmp_path / "whole.png")
    (tmp_path / "head.png").write_bytes((tmp_path / "whole.png").read_bytes()[:33])
    with raises("undecodable"):
        read_photo(tmp_path / "head.png", decoder)


def test_a_folder_is_not_an_image(tmp_path: Path, decoder: PhotoDecoder) -> None:
    with raises("not_a_file"):
        read_photo(tmp_path, decoder)


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path, decoder: PhotoDecoder) -> None:
    Image.new("L", (12_001, 10_000)).save(tmp_path / "huge.png")
    whole = (tmp_path / "huge.png").read_bytes()
    (tmp_path / "header.png").write_bytes(whole[:64])  # nothing there to decode
    with raises("too_many_pixels") as error:
        read_photo(tmp_path / "header.png", decoder)
    assert "12001 x 10000 pixels" in str(error.value)


def test_the_limit_depends_on_the_content_instead_of_the_name(
    tmp_path: Path, decoder: PhotoDecoder
) -> None:
    Image.new("RGB", (9_000, 9_000)).save(tmp_path / "renamed.jpg", format="WEBP")
    with raises("too_many_pixels") as webp:
        read_photo(tmp_path / "renamed.jpg", decoder)
    assert "expected at most 55" in str(webp.value)
    progressive_photo = Image.new("RGB", (7_000, 7_000))
    progressive_photo.save(tmp_path / "progressive.jpg", progressive=True, subsampling=0)
    with raises("too_many_pixels") as progressive:
        read_photo(tmp_path / "progressive.jpg", decoder)
    assert "expected at most 31" in str(progressive.value)


def test_a_name_that_is_not_utf_8_is_accepted(tmp_path: Path, decoder: PhotoDecoder) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    with path.open("wb") as stream:
        colours().save(stream, format="PNG")
    assert read_photo(path, decoder).shape == (32, 64)


def test_a_pipe_is_refused_at_once(tmp_path: Path, decoder: PhotoDecoder) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with raises("not_a_file"):
        read_photo(tmp_path / "pipe.jpg", decoder)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_truncated_photo_is_decoded_without_output_on_stderr(
    tmp_path: Path, capfd, decoder: PhotoDecoder, progressive: bool
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.jpg", progressive=progressive)
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    expected = read_photo(tmp_path / "whole.jpg", decoder)
    grey = read_photo(tmp_path / "cut.jpg", decoder)
    assert grey.shape == (200, 200)
    # Half of the rows, or the coarse half of all rows; the rest has no content of its own.
    assert np.corrcoef(grey[:80].ravel(), expected[:80].ravel())[0, 1] > 0.5
    assert progressive or grey[-40:].std() < 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "width", "height", "how"),
    [
        ("large.png", 10_999, 10_000, {}),
        ("large.jpg", 10_999, 10_000, {}),
        ("progressive.jpg", 5_600, 5_600, {"progressive": True, "subsampling": 0}),
        ("large.webp", 7_400, 7_400, {"quality": 20, "method": 0}),
    ],
)
def test_just_below_the_limit_is_decoded_within_400_mb(
    tmp_path: Path, name: str, width: int, height: int, how: dict[str, Any]
) -> None:
    Image.new("RGB", (width, height), (90, 90, 90)).save(tmp_path / name, **how)
    command = [sys.executable, "-m", "moodpi", "classify", "--json", str(tmp_path / name)]
    finished = run_measured(command)
    assert json.loads(finished.stdout)[0]["faces"] == []
    assert finished.peak_megabytes < 400
