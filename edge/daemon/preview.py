"""Shows the camera's picture to one viewer for a minute, by a link that works once."""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from typing import Literal

import cv2

from edge.daemon.camera_check import FRAME_TIMEOUT
from edge.daemon.frame_tap import FrameTap
from edge.daemon.status import Answer, PreviewJson, Request
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How long a link can be opened, and how long its viewer sees pictures, in seconds.
OPENING_TIME = VIEWING_TIME = 60.0
# The pictures: their longest side in pixels, and the quality of the JPEG, 0..100.
LONGEST_SIDE, QUALITY = 320, 70


class Preview:
    """Makes links, and the pictures for the viewer. Any thread can use it.

    Args:
        tap: The source of the pictures.
        allowed: privacy.preview.
        page_enabled: web.enabled.
    """

    def __init__(self, tap: FrameTap, *, allowed: bool, page_enabled: bool) -> None:
        self._tap = tap
        self._allowed = allowed
        self._page_enabled = page_enabled
        self._lock = threading.Lock()
        self._page: str | None = None
        # The state, its token and its end in seconds of time.monotonic.
        self._state: Literal["link", "watched"] = "link"
        self._token = ""
        self._end = 0.0

    def page_served(self, address: str) -> None:
        """The page is served now. address: With a slash at the end; empty if it is not private."""
        self._page = address

    def answer(self, _request: Request) -> Answer:
        """A new link, which replaces one that was not opened: `link` and `seconds`.

        Raises MoodpiError with what to do if there can be none.
        """
        if not self._allowed:
            raise _error("the preview is off: set preview = true under [privacy]", "preview_off")
        if not self._page_enabled:
            raise _error(
                "the preview needs the page of `moodpi run`: set enabled = true under [web]",
                "no_page",
            )
        if self._page is None:
            raise _error("the page is not served: the log of moodpi says why", "no_page")
        if not self._page:
            raise _error(
                "the page is served to other machines only, without TLS: set tls_cert and tls_key "
                'under [web], or host = "127.0.0.1"',
                "not_private",
            )
        with self._lock:
            if self._state == "watched" and (left := self._left()):
                raise _error(f"somebody watches: wait {left:.0f} s", "being_watched")
            self._state, self._token = "link", secrets.token_urlsafe(24)
            self._end = time.monotonic() + OPENING_TIME
            return {"link": f"{self._page}preview#{self._token}", "seconds": OPENING_TIME}

    def watch(self, token: str) -> Viewing:
        """What the viewer with this token sees; the token cannot be used again.

        Raises MoodpiError unless it is that of the current link.
        """
        with self._lock:
            is_link = self._state == "link" and bool(self._left())
            if not is_link or not hmac.compare_digest(
                token.encode("utf-8", "surrogatepass"), self._token.encode()
            ):
                raise _error(
                    "this link was opened before, or is older than "
                    f"{OPENING_TIME:.0f} s: run `moodpi look --preview` again",
                    "wrong_link",
                )
            self._state, self._token = "watched", secrets.token_urlsafe(24)
            self._end = time.monotonic() + VIEWING_TIME
            log.info("somebody watches the picture of the camera for up to %.0f s", VIEWING_TIME)
            return Viewing(self, self._token)

    def to_json(self) -> PreviewJson | None:
        """The field `preview` of the status; None while there is neither a link nor a viewer."""
        with self._lock:
            left = self._left()
            return {"state": self._state, "seconds": round(left, 1)} if left else None

    def close(self) -> None:
        """End it, with its viewer."""
        with self._lock:
            self._end = 0.0

    def seconds_left(self, viewing: str) -> float:
        """How long this viewing lasts; 0 after its end."""
        with self._lock:
            return self._left() if viewing == self._token else 0.0

    def end(self, viewing: str) -> None:
        """End this viewing, unless it has ended."""
        with self._lock:
            if viewing == self._token:
                self._end = 0.0

    def picture(self) -> bytes | None:
        """The next frame as a small JPEG with the boxes of the faces; None without a frame."""
        frame = self._tap.take(FRAME_TIMEOUT)
        if frame is None:
            return None
        scale = min(1.0, LONGEST_SIDE / max(frame.grey.shape))
        small = cv2.resize(frame.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for face in frame.faces:
            x, y, width, height = (round(scale * side) for side in face)
            cv2.rectangle(small, (x, y), (x + width, y + height), 255, 2)
        _, jpeg = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
        return jpeg.tobytes()

    def _left(self) -> float:
        return max(0.0, self._end - time.monotonic())


class Viewing:
    """One viewer; it ends when it is left. seconds_left: 0 after its end."""

    def __init__(self, preview: Preview, name: str) -> None:
        self._preview = preview
        self._name = name

    def __enter__(self) -> Viewing:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._preview.end(self._name)

    @property
    def seconds_left(self) -> float:
        return self._preview.seconds_left(self._name)

    def picture(self) -> bytes | None:
        """See Preview.picture."""
        return self._preview.picture()


def _error(message: str, code: str) -> MoodpiError:
    return MoodpiError(message, code=code)
