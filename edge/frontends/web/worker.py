"""A thread that processes photos one at a time, and limits for requests that wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from edge.frontends.web.errors import HttpError

# Concurrent uploads, and the bytes that they hold in memory.
MAX_UPLOADS = 16
MAX_UPLOAD_MEMORY = 40 * 1000 * 1000
# Concurrent comparisons of all models. Each takes seconds of the thread.
MAX_COMPARISONS = 4
# Concurrent requests to the daemon, and of feedback; each takes a thread for as long as it lasts.
MAX_COMMANDS = 8
# Sent as Retry-After, in seconds.
RETRY_AFTER = 2
T = TypeVar("T")


class Slots:
    """Limits concurrent requests. It must be used in the server's event loop only.

    max_requests: the number of requests. max_bytes: of all of them together.
    """

    def __init__(self, max_requests: int, max_bytes: int = 0) -> None:
        self._max_requests = max_requests
        self._max_bytes = max_bytes
        self._requests = 0
        self._bytes = 0

    @contextmanager
    def reserve(self, size: int = 0) -> Iterator[None]:
        """Reserve one slot and `size` bytes. Raises HttpError "busy" if there is no room.

        Enter it before the request is read.
        """
        if self._requests >= self._max_requests or self._bytes + size > self._max_bytes:
            raise HttpError(
                "busy", "too many requests at once: try again in a moment", retry_after=RETRY_AFTER
            )
        self._requests += 1
        self._bytes += size
        try:
            yield
        finally:
            self._requests -= 1
            self._bytes -= size


class WorkerThread:
    """Runs functions one after another in a thread of its own."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="photos")

    async def run(self, function: Callable[[], T]) -> T:
        """Run `function` in the thread and return its result, or raise its exception."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Cancel what is queued and end the thread after the current function."""
        self._executor.shutdown(cancel_futures=True)
