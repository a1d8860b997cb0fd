"""The listening socket of the page. It limits connections when it accepts them."""

from __future__ import annotations

import resource
import socket
import sys
from collections.abc import Collection
from weakref import WeakKeyDictionary

from edge.frontends.web.addresses import Network, client_key, is_in, parse_address

MAX_CONNECTIONS = 200
MAX_CONNECTIONS_PER_CLIENT = 64
# Descriptors that connections of the page never use: cameras, players, files and other sockets.
RESERVED_DESCRIPTORS = 128
# Unsent or unacknowledged data for this long closes the connection (RFC 5482); in seconds.
SEND_TIMEOUT = 20
# Bytes of kernel memory for each direction of a connection. Without them Linux uses megabytes.
SEND_BUFFER_BYTES = 64 * 1024
RECEIVE_BUFFER_BYTES = 128 * 1024


class LimitedListener(socket.socket):
    """A TCP socket that closes a connection beyond a limit when it accepts it.

    At most MAX_CONNECTIONS are open, MAX_CONNECTIONS_PER_CLIENT of one client, and none has one of
    the last RESERVED_DESCRIPTORS that the process may open. proxies: not limited per client,
    because each stands for many.
    """

    def __init__(self, family: int, proxies: Collection[Network] = ()) -> None:
        # asyncio sets TCP_NODELAY only on sockets whose protocol is IPPROTO_TCP.
        super().__init__(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._proxies = proxies
        # asyncio closes the accepted sockets; they have the file number -1 then.
        self._accepted: WeakKeyDictionary[socket.socket, str] = WeakKeyDictionary()
        # Accepted sockets inherit these options.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SEND_TIMEOUT * 1000)

    def accept(self) -> tuple[socket.socket, tuple[object, ...]]:
        """The next connection and its address.

        Raises ConnectionAbortedError for one that was closed, after which asyncio handles other
        events before it accepts again.
        """
        connection, address = super().accept()
        host = str(address[0])
        if not self._has_room_for(connection, host):
            connection.close()
            raise ConnectionAbortedError("too many connections")
        self._accepted[connection] = client_key(host)
        return connection, address

    def _has_room_for(self, connection: socket.socket, host: str) -> bool:
        # The kernel assigns the lowest free descriptor: all below this one are in use.
        if connection.fileno() >= _max_descriptors():
            return False
        clients = [key for other, key in self._accepted.items() if other.fileno() >= 0]
        if len(clients) >= MAX_CONNECTIONS:
            return False
        is_proxy = is_in(parse_address(host), self._proxies)
        return is_proxy or clients.count(client_key(host)) < MAX_CONNECTIONS_PER_CLIENT


def _max_descriptors() -> int:
    """The descriptors that the page and everything opened before may use."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    return limit - min(RESERVED_DESCRIPTORS, limit // 2)
