"""The interface of frame sources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self

from edge.config.settings import SourceSettings
from edge.frame import Frame


class FrameSource(ABC):
    """Delivers frames between `open` and `close`. A closed source can be opened again.

    live: whether frames arrive in real time, so that only the newest one is of use.
    """

    live: bool

    @abstractmethod
    def open(self) -> None:
        """Prepare for reading. Raises MoodpiError if the source is not available."""

    @abstractmethod
    def read(self) -> Frame | None:
        """The next frame; None at the normal end. Raises MoodpiError if the source fails."""

    @abstractmethod
    def close(self) -> None:
        """Release the camera or file. Does nothing if the source is not open."""

    def call_while_waiting(self, callback: Callable[[], None]) -> None:  # noqa: B027  # files
        """Call `callback` at least every STOP_POLL_INTERVAL while `read` waits for a live camera.

        Files do not wait, so the callback is not called for them.
        """

    @property
    def dropped(self) -> int:
        """Number of frames that were replaced before they were read, or were damaged."""
        return 0

    @property
    def error(self) -> str:
        """Why there are no frames at present; empty if there are."""
        return ""

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class SourceKind(FrameSource):
    """A kind of source that is created from its name in the configuration or after --source."""

    def __init__(self, text: str, settings: SourceSettings) -> None:
        self._text = text
        self._settings = settings

    @classmethod
    @abstractmethod
    def recognizes(cls, text: str) -> bool:
        """Whether `text` names a source of this kind."""
