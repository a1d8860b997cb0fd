"""The process that decodes photos: `python -m edge.photos.worker`, started by WorkerProcess.

It decodes one photo at a time from one block of shared memory to another. Requests and replies are
packets on a socket, which is its standard input and its only descriptor.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.photos.messages import Outcome, Ready, Reply, Request
from edge.photos.sandbox import end_with_parent, enter_sandbox
from edge.photos.shared_memory import SharedMemory
from edge.system.library_pages import release_library_pages

Decode = Callable[[NDArray[np.uint8]], NDArray[np.uint8] | None]

CHANNEL = 0
# OpenCV prepares each decoder at its first use, for which it may read files.
WARM_UP_SIZE = (8, 8)
WARM_UP_FORMATS = (".jpg", ".png", ".webp", ".bmp", ".tiff")


def main() -> None:
    """Decode photos until the other end of the socket is closed."""
    parent, max_memory, has_heif, *blocks = map(int, sys.argv[1:])
    content_descriptor, content_size, pixels_descriptor, pixels_size = blocks
    end_with_parent(parent)
    content = SharedMemory(content_descriptor, content_size, writable=False)
    pixels = SharedMemory(pixels_descriptor, pixels_size, writable=True)
    cv2.setNumThreads(1)
    _warm_up()
    heif = _load_heif() if has_heif else _decode_grey
    release_library_pages()
    threads = len(list(Path("/proc/self/task").iterdir()))
    has_filter = enter_sandbox(max_memory, CHANNEL + 1, with_threads=bool(has_heif))
    # The filter is that of one thread. An emulator has threads of its own, and no filter.
    if has_filter and threads > 1:
        raise SystemExit("the sandbox is for a single thread")
    os.write(CHANNEL, Ready(has_filter).pack())
    while packet := os.read(CHANNEL, Request.layout.size):
        request = Request.unpack(packet)
        decode = heif if request.is_heif else _decode_grey
        reply = _reply(request, decode, content.array, pixels.array)
        os.write(CHANNEL, reply.pack())
    os._exit(0)


def _warm_up() -> None:
    picture = np.zeros(WARM_UP_SIZE, np.uint8)
    for suffix in WARM_UP_FORMATS:
        cv2.imdecode(cv2.imencode(suffix, picture)[1], cv2.IMREAD_GRAYSCALE)


def _load_heif() -> Decode:
    from edge.photos.heif_decoder import decode_heif  # optional: pillow-heif

    return decode_heif


def _decode_grey(content: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    return cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]


def _reply(
    request: Request, decode: Decode, content: NDArray[np.uint8], pixels: NDArray[np.uint8]
) -> Reply:
    try:
        grey = decode(content[: request.size])
    except MemoryError:
        return Reply(Outcome.OUT_OF_MEMORY)
    except cv2.error as error:
        is_memory = error.code == cv2.Error.StsNoMem
        return Reply(Outcome.OUT_OF_MEMORY if is_memory else Outcome.UNDECODABLE)
    if grey is None or grey.size != request.pixels:
        return Reply(Outcome.UNDECODABLE)
    pixels[: grey.size] = grey.reshape(-1)
    return Reply(Outcome.DECODED, *grey.shape)


if __name__ == "__main__":
    main()
