"""Decodes photos in a process of its own, in which a hostile photo can do no harm."""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.photos.check import check_photo
from edge.photos.errors import (
    FORMATS,
    DecoderUnavailableError,
    DecodingTimeoutError,
    HeifError,
    PhotoTooLargeError,
    UndecodableError,
)
from edge.photos.header import PhotoHeader
from edge.photos.limits import PhotoLimits
from edge.photos.worker_process import WorkerProcess, WorkerStartError

log = logging.getLogger(__name__)

# libjpeg decodes the beginning of a truncated photo only up to a marker that ends it.
END_OF_JPEG = b"\xff\xd9"
# Attempts to reach a worker: an idle one may have been killed, for example for want of memory.
MAX_ATTEMPTS = 2


class PhotoDecoder:
    """Decodes photos one at a time, in a child process that it starts and replaces.

    The process has no access to files, network or other processes (see edge/photos/sandbox.py). It
    has a limit of memory and of time. One that fails costs the photo at hand only. The first HEIC
    photo replaces the process by one that decodes HEIC, too; that needs a filter of system calls.

    `decode` may be called from several threads. The process ends with the thread that started it.

    Args:
        limits: What a photo may cost.
        idle_timeout: Seconds after the last photo at which the process ends; None: only at `close`.

    """

    def __init__(self, limits: PhotoLimits, idle_timeout: float | None = None) -> None:
        self.limits = limits
        self.idle_timeout = idle_timeout
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._last_use = 0.0
        self._timer: threading.Timer | None = None

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker; None if there is none."""
        worker = self._worker
        return None if worker is None else worker.pid

    def start(self) -> None:
        """Start the process ahead of the first photo. Does not wait until it is ready.

        Raises DecoderUnavailableError.
        """
        with self._lock:
            self._running_worker()

    def check(self, content: bytes, name: str) -> PhotoHeader:
        """The header of a photo that can be decoded within the limits. No process is needed.

        Raises PhotoTooLargeError, or the errors of check_photo.
        """
        if len(content) > self.limits.max_bytes:
            limit = f"{self.limits.max_bytes / 1e6:.0f} MB"
            raise PhotoTooLargeError(f"{name} is larger than {limit}: make it smaller")
        return check_photo(content, name, self.limits.max_pixels, self.limits.max_memory)

    def decode(self, content: bytes, header: PhotoHeader, name: str) -> NDArray[np.uint8]:
        """Decode a photo to uint8 [h, w], grey 0..255, rotated according to its EXIF orientation.

        16-bit, alpha, CMYK and palette images are converted. WebP is rotated only by OpenCV 4.12
        and later.

        Args:
            content: The bytes of the file.
            header: What `check` returned for the content.
            name: What error messages call the photo.

        Raises:
            UndecodableError: The photo is damaged, or the decoder crashes on it.
            DecodingTimeoutError: Decoding takes too long.
            DecoderUnavailableError: The process cannot be started.
            HeifError: The photo is in HEIC format, and system calls cannot be filtered.

        """
        if not header.complete:
            content += END_OF_JPEG
        with self._lock:
            self._stop_timer()
            try:
                return self._decode(content, header, name)
            finally:
                self._start_timer()

    def close(self) -> None:
        """End the process. It starts again for another photo."""
        with self._lock:
            self._stop_timer()
            self._end_worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _decode(self, content: bytes, header: PhotoHeader, name: str) -> NDArray[np.uint8]:
        for _ in range(MAX_ATTEMPTS):
            worker = self._running_worker(has_heif=header.kind == "HEIC")
            try:
                grey = self._decode_with(worker, content, header, name)
            except MemoryError:
                limit = f"{self.limits.max_memory / 1e6:.0f} MB of memory"
                raise UndecodableError(f"{name} needs more than {limit}: make it smaller") from None
            except TimeoutError:
                self._end_worker()
                raise _timeout(name) from None
            except (WorkerStartError, OSError) as error:
                log.debug("photo decoder %d: %s", worker.pid, error)
                self._end_worker()
                continue
            except EOFError:
                exit_code = self._end_worker()
                log.debug("photo decoder %d: exit code %s", worker.pid, exit_code)
                if exit_code == -signal.SIGXCPU:
                    raise _timeout(name) from None
                raise _undecodable(name) from None
            if grey is None:
                raise _undecodable(name)
            return grey
        raise DecoderUnavailableError(f"{name} cannot be decoded: the decoder does not start")

    def _decode_with(
        self, worker: WorkerProcess, content: bytes, header: PhotoHeader, name: str
    ) -> NDArray[np.uint8] | None:
        worker.wait_until_ready()
        if worker.has_heif and not worker.has_filter:
            self._end_worker()
            raise HeifError(name)
        return worker.decode(content, header)

    def _running_worker(self, *, has_heif: bool = False) -> WorkerProcess:
        """The worker, started or replaced if needed. One that decodes HEIC decodes all formats."""
        if self._worker is not None and self._worker.exit_code is not None:
            log.debug("photo decoder %d: exit code %s", self._worker.pid, self._worker.exit_code)
            self._end_worker()
        if has_heif and self._worker is not None and not self._worker.has_heif:
            self._end_worker()
        if self._worker is None:
            try:
                self._worker = WorkerProcess(self.limits, has_heif=has_heif)
            except OSError as error:
                reason = error.strerror or str(error)
                message = f"photos cannot be decoded at present: {reason}"
                raise DecoderUnavailableError(message) from error
        return self._worker

    def _end_worker(self) -> int | None:
        """End the worker; return its exit code."""
        worker, self._worker = self._worker, None
        return None if worker is None else worker.close()

    def _start_timer(self) -> None:
        self._last_use = time.monotonic()
        if self.idle_timeout is not None:
            self._timer = threading.Timer(self.idle_timeout, self._close_if_idle)
            self._timer.daemon = True
            self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close_if_idle(self) -> None:
        with self._lock:
            # A photo may have come while this thread waited for the lock.
            if time.monotonic() - self._last_use >= (self.idle_timeout or 0.0):
                self._end_worker()


def _undecodable(name: str) -> UndecodableError:
    return UndecodableError(
        f"{name} cannot be decoded: save it as {FORMATS}, 8 or 16 bits a channel"
    )


def _timeout(name: str) -> DecodingTimeoutError:
    return DecodingTimeoutError(f"decoding of {name} takes too long: make it smaller")
