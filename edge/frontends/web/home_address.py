"""The host of this machine in the addresses that other machines of the home network open."""

from __future__ import annotations

import socket
from pathlib import Path

# avahi-daemon's text protocol, which nss-mdns uses: "+ INTERFACE PROTOCOL NAME ADDRESS" for a name.
AVAHI_SOCKET = Path("/run/avahi-daemon/socket")
AVAHI_TIMEOUT = 2.0  # seconds; avahi knows its own name at once
MAX_ANSWER_BYTES = 1_024
# TEST-NET-1 (RFC 5737). Connecting a UDP socket sends nothing, it only selects a route.
ANY_OTHER_MACHINE = ("192.0.2.1", 9)


def home_host() -> str:
    """NAME.local where avahi announces it as this machine, else the address in the home network.

    Without a network it is NAME.local, which works as soon as avahi and the network do.
    """
    name = local_name()
    return name if is_announced(name) else _network_address() or name


def local_name() -> str:
    """The name of this machine that avahi announces, unless another one had it first."""
    return f"{socket.gethostname().partition('.')[0]}.local"


def runs_avahi() -> bool:
    """Whether avahi runs here."""
    return AVAHI_SOCKET.exists()


def is_announced(name: str) -> bool:
    """Whether avahi has the name for an address of this machine, not of a namesake."""
    try:
        with socket.socket(socket.AF_UNIX) as avahi:
            avahi.settimeout(AVAHI_TIMEOUT)
            avahi.connect(str(AVAHI_SOCKET))
            avahi.sendall(f"RESOLVE-HOSTNAME-IPV4 {name}\n".encode())
            answer = avahi.recv(MAX_ANSWER_BYTES).decode("ascii", "replace").split()
    except (OSError, UnicodeError):
        return False
    return answer[:1] == ["+"] and _is_own_address(answer[-1])


def _is_own_address(address: str) -> bool:
    """Whether a socket of this machine can have the address."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.bind((address, 0))
    except OSError:
        return False
    return True


def _network_address() -> str:
    """The IPv4 address from which this machine reaches others; empty without a network."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.connect(ANY_OTHER_MACHINE)
            return str(own.getsockname()[0])
    except OSError:
        return ""
