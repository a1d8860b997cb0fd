"""An answer of http.client that is read with a deadline and a maximum of bytes."""

from __future__ import annotations

import io
import socket
from http.client import HTTPResponse
from typing import Any

from edge.system.bounded_input import BoundedInput

BUFFER_BYTES = 65_536


class BoundedResponse(HTTPResponse):
    """An answer that must be complete within the timeout that its connection was made with.

    The timeout of the socket alone would start again with each byte.

    Attributes:
        max_bytes: The most bytes of the answer, with its headers. Subclasses set it.
        input: Where the answer is read; its `begin` starts the time and the count again.
    """

    max_bytes: int

    def __init__(self, connection: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        # http.client closes the connection with the last file that was made from it.
        self._file = self.fp
        self.input = BoundedInput(connection, self.max_bytes)
        self.input.begin(connection.gettimeout() or 0.0)
        self.fp = io.BufferedReader(self.input, BUFFER_BYTES)

    def close(self) -> None:
        super().close()
        self._file.close()
