"""Warnings that are not repeated on every retry."""

from __future__ import annotations

import logging

# Distinct warnings between two resets. Further ones are not logged: a peer can cause any number.
MAX_DISTINCT = 50


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
        if text not in self._logged and len(self._logged) < MAX_DISTINCT:
            self._logged.add(text)
            self._logger.warning("%s", text)

    def reset(self) -> None:
        """Forget what was logged: the same failure is logged again after a recovery."""
        self._logged.clear()
