"""The process that decodes photos: what it holds, how it fails and how it is replaced."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge.photos import worker_process
from edge.photos.check import check_photo
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import FILE_LIMITS, PhotoLimits
from moodpi.errors import MoodpiError
from tests.grey_picture import grey_picture
from tests.processes import STOPPED, ZOMBIE, process_state
from tests.raising import raises
from tests.waiting import wait_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into the process")


@pytest.fixture(scope="module")
def shared_decoder() -> Iterator[PhotoDecoder]:
    with PhotoDecoder(FILE_LIMITS) as decoder:
        yield decoder


@pytest.fixture
def decoder() -> Iterator[PhotoDecoder]:
    with PhotoDecoder(FILE_LIMITS) as decoder:
        yield decoder


def decode(decoder: PhotoDecoder, content: bytes) -> np.ndarray:
    return decoder.decode(content, decoder.check(content, "the photo"), "the photo")


def worker_of(decoder: PhotoDecoder) -> int:
    assert decoder.worker_pid is not None
    return decoder.worker_pid


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    shape = (height, width) if mode == "L" else (height, width, len(mode))
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, np.uint8), mode)


SMALL = encoded(noise(64, 48), "JPEG")


@pytest.fixture(scope="module")
def slow() -> bytes:
    """A photo that takes more than a second to decode."""
    return encoded(Image.new("RGB", (10_999, 10_000)), "PNG", compress_level=1)


def turned(orientation: int) -> dict[str, object]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return {"exif": exif}


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGB", "JPEG", {}),
        ("RGB", "JPEG", {"progressive": True}),
        *[("RGB", "JPEG", turned(orientation)) for orientation in range(1, 9)],
        ("CMYK", "JPEG", {}),
        ("L", "PNG", {}),
        ("RGBA", "PNG", turned(6)),
        ("RGB", "WEBP", {"quality": 80}),
        ("RGBA", "WEBP", {"lossless": True}),
        ("RGB", "BMP", {}),
        ("RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("CMYK", "TIFF", {}),
    ],
)
def test_pixels_are_those_of_a_decoder_in_process(
    tmp_path: Path, shared_decoder: PhotoDecoder, mode: str, kind: str, options: dict[str, object]
) -> None:
    content = encoded(noise(96, 64).convert(mode), kind, **options)
    (tmp_path / "photo").write_bytes(content)
    assert np.array_equal(decode(shared_decoder, content), grey_picture(tmp_path / "photo"))


def test_the_portrait_has_the_same_pixels(shared_decoder: PhotoDecoder, portrait: Path) -> None:
    assert np.array_equal(decode(shared_decoder, portrait.read_bytes()), grey_picture(portrait))


@as_root
def test_the_process_holds_only_its_socket(shared_decoder: PhotoDecoder) -> None:
    decode(shared_decoder, SMALL)
    descriptors = list(Path(f"/proc/{worker_of(shared_decoder)}/fd").iterdir())
    assert [path.name for path in descriptors] == ["0"]
    assert str(descriptors[0].readlink()).startswith("socket:")


@as_root
def test_the_process_does_not_receive_secrets(
    decoder: PhotoDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPD_PASSWORD", "hunter2")
    decode(decoder, SMALL)
    assert b"hunter2" not in Path(f"/proc/{worker_of(decoder)}/environ").read_bytes()


def test_an_idle_process_that_is_killed_is_replaced(decoder: PhotoDecoder) -> None:
    decode(decoder, SMALL)
    first = worker_of(decoder)
    os.kill(first, signal.SIGKILL)
    # The kernel ends it a little later. Before that it could still receive the photo.
    wait_for(lambda: process_state(first) == ZOMBIE, "the worker to end")
    assert decode(decoder, SMALL).shape == (48, 64)
    assert decoder.worker_pid != first
    assert process_state(first) is None


def test_a_photo_that_was_not_received_is_sent_again(decoder: PhotoDecoder) -> None:
    decode(decoder, SMALL)
    pid = worker_of(decoder)
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: process_state(pid) == STOPPED, "the worker to stop")
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
    assert decode(decoder, SMALL).shape == (48, 64)


def test_a_process_that_dies_while_it_decodes_is_replaced(
    decoder: PhotoDecoder, slow: bytes
) -> None:
    decode(decoder, SMALL)
    pid = worker_of(decoder)
    before = processor_ticks(pid)

    def kill() -> None:
        wait_for(lambda: processor_ticks(pid) > before + 5, "decoding")
        os.kill(pid, signal.SIGSEGV)

    killer = threading.Thread(target=kill)
    killer.start()
    with raises("undecodable"):
        decode(decoder, slow)
    killer.join()
    assert decode(decoder, SMALL).shape == (48, 64)


def test_processor_time_is_limited(
    decoder: PhotoDecoder, slow: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less than one second, of which the import of the libraries took a part, or all.
    with monkeypatch.context() as limits, raises("decoding_timeout"):
        limits.setattr(worker_process, "MAX_CPU_SECONDS", -1)
        decode(decoder, slow)
    assert decode(decoder, SMALL).shape == (48, 64)


def test_the_time_on_the_clock_is_limited(
    decoder: PhotoDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode(decoder, SMALL)
    stopped = worker_of(decoder)
    os.kill(stopped, signal.SIGSTOP)
    monkeypatch.setattr(worker_process, "DECODING_TIMEOUT", 0.2)
    with raises("decoding_timeout"):
        decode(decoder, SMALL)
    assert process_state(stopped) is None
    monkeypatch.undo()
    assert decode(decoder, SMALL).shape == (48, 64)


def test_memory_is_limited() -> None:
    large = encoded(Image.new("L", (9_000, 9_000)), "PNG")
    header = check_photo(large, "the photo", FILE_LIMITS.max_pixels, FILE_LIMITS.max_memory)
    with PhotoDecoder(PhotoLimits(1_000_000, 100_000_000, 20_000_000)) as decoder:
        with raises("undecodable") as error:
            decoder.decode(large, header, "the photo")
        assert "20 MB of memory" in str(error.value)
        assert decode(decoder, SMALL).shape == (48, 64)


def test_memory_is_the_same_after_many_photos(decoder: PhotoDecoder) -> None:
    photos = [SMALL, encoded(noise(800, 600, "L"), "PNG"), encoded(noise(640, 480), "WEBP")]

    def megabytes_after(count: int) -> float:
        for number in range(count):
            decode(decoder, photos[number % len(photos)])
        return resident_megabytes(worker_of(decoder))

    before = megabytes_after(6)
    assert megabytes_after(94) < before + 3


def test_an_idle_process_ends() -> None:
    with PhotoDecoder(FILE_LIMITS, idle_timeout=0.3) as decoder:
        decode(decoder, SMALL)
        first = worker_of(decoder)
        wait_for(lambda: process_state(first) is None, "the end of the process")
        assert decoder.worker_pid is None
        assert decode(decoder, SMALL).shape == (48, 64)


def test_closing_leaves_no_process() -> None:
    with PhotoDecoder(FILE_LIMITS) as decoder:
        decoder.start()
        worker = worker_of(decoder)
    assert process_state(worker) is None


def test_the_process_ends_with_a_parent_that_is_killed() -> None:
    code = (
        "import time; from edge.photos.decoder import PhotoDecoder\n"
        "from edge.photos.limits import FILE_LIMITS\n"
        "decoder = PhotoDecoder(FILE_LIMITS); decoder.start()\n"
        "decoder._running_worker().wait_until_ready()\n"
        "print(decoder.worker_pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: process_state(worker) in {None, ZOMBIE}, "the end of the process")


def test_a_full_table_of_descriptors_is_an_error(decoder: PhotoDecoder) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with raises("no_decoder") as error:
            decode(decoder, SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Too many open files" in str(error.value)
    assert decode(decoder, SMALL).shape == (48, 64)


@pytest.mark.system
@as_root
def test_a_service_that_sees_only_its_own_processes_decodes(portrait: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from edge.photos.decoder import PhotoDecoder\n"
        "from edge.photos.limits import FILE_LIMITS; from edge.photos.photo import read_photo\n"
        "with PhotoDecoder(FILE_LIMITS) as decoder:\n"
        "    print(read_photo(Path(sys.argv[1]), decoder).shape)"
    )
    # ProtectProc=invisible, and no capabilities.
    hide = "mount -t proc -o hidepid=invisible proc /proc && exec"
    drop = "setpriv --regid=12345 --clear-groups --bounding-set=-all --inh-caps=-all"
    command = [sys.executable, "-c", code, str(portrait)]
    finished = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f'{hide} {drop} "$@"', "sh", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.stdout, finished.stderr) == ("(512, 512)\n", "")


def test_every_error_is_one_that_the_command_line_prints(shared_decoder: PhotoDecoder) -> None:
    for content in (b"", b"text", SMALL[:100], bytes(FILE_LIMITS.max_bytes + 1)):
        with pytest.raises(MoodpiError):
            decode(shared_decoder, content)


def processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def resident_megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
