"""Warnings that are not repeated on every retry."""

from __future__ import annotations

import logging


class LogOnce:
    """Logs each distinct warning once until `reset`, which a recovery calls."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._logged: set[str] = set()

    @property
    def logged(self) -> bool:
        """Whether anything was logged since the last reset."""
        return bool(self._logged)

    def warning(self, message: str, *arguments: object) -> None:
        """Log a warning (%-format and its arguments) unless the same text was logged before."""
        text = message % arguments if arguments else message
        if text not in self._logged:
            self._logged.add(text)
            self._logger.warning("%s", text)

    def reset(self) -> None:
        """Forget what was logged: the same failure is logged again after a recovery."""
        self._logged.clear()
