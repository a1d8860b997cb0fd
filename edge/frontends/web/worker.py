"""One thread that looks at pictures, and a short queue in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from edge.frontends.web.errors import HttpError

# Uploads that may be under way at once; each holds up to 10 MB.
SEATS = 16
RETRY_AFTER = 2
T = TypeVar("T")


class WorkerThread:
    """Runs one piece of work after the other in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._taken = 0

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """A place in the queue, to be had before an upload is read. HttpError 429 if full."""
        if self._taken >= SEATS:
            raise HttpError(
                429, "busy", "too many pictures at once: try again in a moment", RETRY_AFTER
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def do(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the thread once what it does is done."""
        self._thread.shutdown(cancel_futures=True)
