"""A thread that processes photos one at a time, behind a bounded number of uploads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from edge.frontends.web.errors import HttpError

# Concurrent uploads; each holds up to 10 MB in memory.
MAX_UPLOADS = 16
# Sent as Retry-After, in seconds.
RETRY_AFTER = 2
T = TypeVar("T")


class WorkerThread:
    """Runs functions one after another in a thread of its own."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="photos")
        self._uploads = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Reserve one of the MAX_UPLOADS slots. Raises HttpError "busy" if all are in use.

        Enter it before the upload is read, because each upload is held in memory.
        """
        if self._uploads >= MAX_UPLOADS:
            raise HttpError(
                "busy", "too many photos at once: try again in a moment", retry_after=RETRY_AFTER
            )
        self._uploads += 1
        try:
            yield
        finally:
            self._uploads -= 1

    async def run(self, function: Callable[[], T]) -> T:
        """Run `function` in the thread and return its result, or raise its exception."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Cancel what is queued and end the thread after the current function."""
        self._executor.shutdown(cancel_futures=True)
