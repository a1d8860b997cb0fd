"""The encoded pictures of a camera: those of one endless answer, or of one answer each."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import deque
from contextlib import closing

from edge.sources.http.client import HttpClient, HttpResponse
from edge.sources.http.jpeg_splitter import MAX_JPEG_BYTES, JpegSplitter
from moodpi.errors import MoodpiError

READ_BYTES = 65_536
# Damaged pictures in a row after which a stream is given up: each takes time to find.
MAX_DAMAGED_PICTURES = 1000


class EncodedPictures(ABC):
    """Receives pictures."""

    @property
    def damaged(self) -> int:
        """How many pictures were skipped."""
        return 0

    @abstractmethod
    def receive(self, timeout: float) -> bytes:
        """The next picture. timeout: in seconds.

        Raises TimeoutError; MoodpiError if the camera does not answer or ends the stream.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""


class StreamedPictures(EncodedPictures):
    """The JPEGs of an answer without an end. The headers of its parts are not read."""

    def __init__(self, client: HttpClient, response: HttpResponse) -> None:
        self._client = client
        self._response = response
        # Some cameras state a length, which a stream does not have.
        response.length = None
        self._splitter = JpegSplitter()
        self._ready: deque[bytes] = deque()

    @property
    def damaged(self) -> int:
        return self._splitter.damaged

    def receive(self, timeout: float) -> bytes:
        self._response.begin_picture(timeout)
        limit = self.damaged + MAX_DAMAGED_PICTURES
        while not self._ready:
            with self._client.connection_errors("stream_ended"):
                content = self._response.read1(READ_BYTES)
            if not content:
                self._splitter.finish()
                raise self._error(
                    "ended: check that the camera is on and reachable", "stream_ended"
                )
            self._ready.extend(self._splitter.feed(content))
            if self.damaged > limit:
                raise self._error("has only damaged pictures", "damaged_stream")
        return self._ready.popleft()

    def _error(self, problem: str, code: str) -> MoodpiError:
        return MoodpiError(f"the stream {self._client.shown} {problem}", code=code)

    def close(self) -> None:
        self._response.close()


class FetchedPictures(EncodedPictures):
    """A picture of any format that is requested again and again.

    frame_rate: the most requests per second.
    """

    def __init__(self, client: HttpClient, response: HttpResponse, frame_rate: float) -> None:
        self._client = client
        self._interval = 1 / frame_rate
        self._next_request = time.monotonic()
        # The answer to a request whose picture was not received yet.
        self._response: HttpResponse | None = response

    def receive(self, timeout: float) -> bytes:
        time.sleep(max(self._next_request - time.monotonic(), 0))
        self._next_request = max(self._next_request + self._interval, time.monotonic())
        response = self._response or self._client.get(timeout)
        self._response = None
        response.begin_picture(timeout)
        with self._client.connection_errors("stream_ended"), closing(response):
            length = response.length
            content = response.read(MAX_JPEG_BYTES + 1)
            if length is not None and len(content) < min(length, MAX_JPEG_BYTES):
                raise EOFError(f"{len(content)} of {length} bytes received")
        return content

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None
