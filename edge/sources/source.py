"""What every source of frames can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from edge.config.settings import SourceSettings
from edge.frame import Frame


class FrameSource(ABC):
    """Gives frames between `open` and `close`; a closed source can be opened again.

    live: whether frames come at their own pace and an old one is worth nothing.
    """

    live: bool

    @abstractmethod
    def open(self) -> None:
        """Make ready to read; raises MoodpiError when there is nothing to read from."""

    @abstractmethod
    def read(self) -> Frame | None:
        """The next frame; None is the normal end. Raises MoodpiError when the source fails."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the camera or file; harmless when it was never opened."""

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken since the source was opened."""
        return 0

    @property
    def trouble(self) -> str:
        """Why no picture comes, for people; empty while they do."""
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
    """One kind of source, made from what it is called in the configuration or after --source."""

    def __init__(self, text: str, settings: SourceSettings) -> None:
        self._text = text
        self._settings = settings

    @classmethod
    @abstractmethod
    def recognises(cls, text: str) -> bool:
        """Whether `text` names a source of this kind."""
