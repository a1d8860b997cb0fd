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
    """Receives pictures. response: the first answer. frame_rate: the most requests per second."""

    def __init__(self, client: HttpClient, response: HttpResponse, frame_rate: float) -> None:
        self._client = client
        self._response = response
        self._interval = 1 / frame_rate
        self._next_request = time.monotonic() + self._interval

    @property
    def damaged(self) -> int:
        """How many pictures were skipped."""
        return 0

    @abstractmethod
    def receive(self, timeout: float) -> bytes:
        """The next picture. timeout: in seconds.

        Raises TimeoutError; MoodpiError if the camera does not answer or ends the stream.
        """

    def close(self) -> None:
        """Close the connection."""
        self._response.close()

    def _request_again(self, timeout: float) -> None:
        """Replace the answer, which has ended, by the next one."""
        self._response.close()
        time.sleep(max(self._next_request - time.monotonic(), 0))
        self._next_request = max(self._next_request + self._interval, time.monotonic())
        self._response = self._client.get(timeout)


class StreamedPictures(EncodedPictures):
    """The JPEGs of an answer without an end. The headers of its parts are not read.

    An answer that ends after one picture is a single picture in the form of a stream: the next one
    is requested.
    """

    def __init__(self, client: HttpClient, response: HttpResponse, frame_rate: float) -> None:
        super().__init__(client, response, frame_rate)
        self._splitter = JpegSplitter()
        self._ready: deque[bytes] = deque()
        # How many pictures the present answer has had.
        self._count = 0

    @property
    def damaged(self) -> int:
        return self._splitter.damaged

    def receive(self, timeout: float) -> bytes:
        self._response.begin_picture(timeout)
        limit = self.damaged + MAX_DAMAGED_PICTURES
        while not self._ready:
            # Some cameras state a length, which a stream does not have.
            self._response.length = None
            with self._client.connection_errors("stream_ended"):
                content = self._response.read1(READ_BYTES)
            if content:
                self._take(content)
            else:
                self._handle_end(timeout)
            if self.damaged > limit:
                raise self._error("has only damaged pictures", "damaged_stream")
        return self._ready.popleft()

    def _take(self, content: bytes) -> None:
        pictures = list(self._splitter.feed(content))
        self._ready.extend(pictures)
        self._count += len(pictures)

    def _handle_end(self, timeout: float) -> None:
        self._splitter.finish()
        if self._count != 1:
            raise self._error("ended: check that the camera is on and reachable", "stream_ended")
        self._request_again(timeout)
        self._count = 0

    def _error(self, problem: str, code: str) -> MoodpiError:
        return MoodpiError(f"the stream {self._client.shown} {problem}", code=code)


class FetchedPictures(EncodedPictures):
    """A picture of any format that is requested again and again."""

    # Whether the picture of the present answer was received.
    _is_received = False

    def receive(self, timeout: float) -> bytes:
        if self._is_received:
            self._request_again(timeout)
        self._is_received = True
        self._response.begin_picture(timeout)
        with self._client.connection_errors("stream_ended"), closing(self._response) as response:
            length = response.length
            content = response.read(MAX_JPEG_BYTES + 1)
            if length is not None and len(content) < min(length, MAX_JPEG_BYTES):
                raise EOFError(f"{len(content)} of {length} bytes received")
        return content
