"""The parent's side of edge.photos.worker."""

from __future__ import annotations

import logging
import mmap
import os
import resource
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from edge.photos.header import PhotoHeader
from edge.photos.limits import PhotoLimits
from edge.photos.messages import Outcome, Ready, Reply, Request
from edge.photos.shared_memory import (
    RETAINED_BYTES,
    SharedMemory,
    create_block,
    read_only,
    whole_pages,
)

log = logging.getLogger(__name__)

# Until the worker has loaded its libraries; a Pi's card is slow after the boot. In seconds.
START_TIMEOUT = 60.0
# For one photo: processor time, and time on the clock. A Pi Zero 2 W decodes a JPEG of 12
# megapixels in about one second; HEIC takes about ten times as long.
MAX_CPU_SECONDS = 3
MAX_HEIF_CPU_SECONDS = 10
DECODING_TIMEOUT = 15.0
# Of the worker's heap, for the next photo: twice the pixels of a photo of 12 megapixels.
RETAINED_HEAP = 25_000_000
# linux/posix-timers_types.h
CPUCLOCK_SCHED = 2
# Where libraries are, for a Python outside the usual folders. The worker needs nothing else.
INHERITED_VARIABLES = ("LD_LIBRARY_PATH", "PYTHONHOME")


class WorkerStartError(Exception):
    """The worker ended, or was silent, before it was ready."""


class WorkerProcess:
    """A process that decodes photos. Raises OSError if it cannot start.

    It ends with the thread that starts it, even if that is killed.

    has_heif: whether it decodes HEIC, too. It may then start threads, and uses more memory. Once it
    is ready, has_filter states whether its system calls are filtered.
    """

    def __init__(self, limits: PhotoLimits, *, has_heif: bool = False) -> None:
        self._is_ready = False
        self.has_heif = has_heif
        self.has_filter = False
        content_size, pixels_size = map(whole_pages, (limits.max_bytes, limits.max_pixels))
        with ExitStack() as descriptors, ExitStack() as resources:
            content = descriptors.enter_context(create_block(content_size))
            pixels = descriptors.enter_context(create_block(pixels_size))
            self._content = resources.enter_context(SharedMemory(content, content_size))
            self._pixels = resources.enter_context(SharedMemory(pixels, pixels_size))
            self._channel, channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            resources.enter_context(self._channel)
            descriptors.enter_context(channel)
            readable = descriptors.enter_context(read_only(content))
            blocks = (readable, content_size, pixels, pixels_size)
            self._process = _start(limits, channel, blocks, has_heif=has_heif)
            self._resources = resources.pop_all()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while the process runs; the negative number of the signal that killed it."""
        return self._process.poll()

    def wait_until_ready(self) -> None:
        """Wait until the libraries are loaded. Raises WorkerStartError if that fails."""
        if self._is_ready:
            return
        try:
            ready = Ready.unpack(self._receive(Ready.layout.size, START_TIMEOUT))
        except (OSError, EOFError) as error:
            raise WorkerStartError(f"it does not start: {error!r}") from error
        log.debug("decoding photos in process %d, system call filter: %s", self.pid, ready)
        self.has_filter = ready.has_filter
        self._is_ready = True

    def decode(self, content: bytes, header: PhotoHeader) -> NDArray[np.uint8] | None:
        """Decode a photo to uint8 [h, w]; None if it is damaged.

        Raises:
            ConnectionError: The process ended before it received the photo.
            EOFError: It ended while it decoded.
            MemoryError: It needs more memory than it may use.
            TimeoutError: It takes longer than DECODING_TIMEOUT.

        """
        self._content.array[: len(content)] = np.frombuffer(content, np.uint8)
        pixels, is_heif = header.pixels, header.kind == "HEIC"
        self._limit_processor_time(MAX_HEIF_CPU_SECONDS if is_heif else MAX_CPU_SECONDS)
        try:
            self._channel.sendall(Request(len(content), pixels, is_heif).pack())
            reply = Reply.unpack(self._receive(Reply.layout.size, DECODING_TIMEOUT))
            if reply.outcome == Outcome.OUT_OF_MEMORY:
                raise MemoryError
            if reply.outcome != Outcome.DECODED or reply.height * reply.width != pixels:
                return None
            grey = _allocate(reply.height, reply.width)
            grey.reshape(-1)[:] = self._pixels.array[:pixels]
            return grey
        finally:
            self._content.release()
            self._pixels.release()

    def close(self) -> int:
        """End the process; return its exit code."""
        self._resources.close()
        self._process.kill()
        return self._process.wait()

    def _receive(self, size: int, timeout: float) -> bytes:
        self._channel.settimeout(timeout)
        packet = self._channel.recv(size)
        if len(packet) != size:
            raise EOFError
        return packet

    def _limit_processor_time(self, seconds: int) -> None:
        """Have the kernel end the process if the next photo takes longer."""
        # Not from /proc, in which a service cannot see processes that it must not trace.
        soft = int(time.clock_gettime(_processor_clock(self.pid))) + 1 + seconds
        resource.prlimit(self.pid, resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _start(
    limits: PhotoLimits,
    channel: socket.socket,
    blocks: tuple[int, int, int, int],
    *,
    has_heif: bool,
) -> subprocess.Popen[bytes]:
    """blocks: descriptor and size of the content's block, then of the pixels'."""
    arguments = (os.getpid(), limits.max_memory + RETAINED_HEAP, int(has_heif), *blocks)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "edge.photos.worker", *map(str, arguments)],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(blocks[0], blocks[2]),
        env=_environment(limits.max_pixels),
        # Ctrl-C is for this process, which closes the worker.
        process_group=0,
    )


def _processor_clock(pid: int) -> int:
    """The clock of a process's processor time: MAKE_PROCESS_CPUCLOCK of linux/posix-timers.h."""
    return ~pid << 3 | CPUCLOCK_SCHED


def _allocate(height: int, width: int) -> NDArray[np.uint8]:
    """A new picture uint8 [h, w]. A large one goes back to the system with its last reference.

    The heap would retain it, for the rest of the process's life.
    """
    size = height * width
    if size <= RETAINED_BYTES:
        return np.empty((height, width), np.uint8)
    return np.frombuffer(mmap.mmap(-1, size), np.uint8).reshape(height, width)


def _environment(max_pixels: int) -> dict[str, str]:
    """The variables of the worker; none of this process's own, which may hold secrets."""
    inherited = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    return {
        **inherited,
        # Import from where this process imports.
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OPENBLAS_NUM_THREADS": "1",
        # A thread of its own heap would reserve 64 MB of the address space, which is limited.
        "MALLOC_ARENA_MAX": "1",
        # Return large blocks to the system, and retain so much of the heap for the next photo.
        "MALLOC_MMAP_THRESHOLD_": str(RETAINED_BYTES),
        "MALLOC_TRIM_THRESHOLD_": str(RETAINED_HEAP),
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(max_pixels),
        "OPENCV_IO_MAX_IMAGE_WIDTH": str(max_pixels),
        "OPENCV_IO_MAX_IMAGE_HEIGHT": str(max_pixels),
    }
