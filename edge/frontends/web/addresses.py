"""Addresses of clients and networks of proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What a browser on this machine calls it.
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
# An IPv6 host chooses any address of its network, which is at least a /64 (RFC 6177).
IPV6_HOST_PREFIX = 64


def parse_address(text: str) -> Address:
    """The address; an IPv4-mapped one as IPv4, a link-local one without its zone.

    Raises ValueError.
    """
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        return address
    return address.ipv4_mapped or ipaddress.IPv6Address(int(address))


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks, as web.trusted_proxies lists them. Raises ValueError."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_in(address: Address, networks: Collection[Network]) -> bool:
    """Whether one of the networks contains the address."""
    return any(address in network for network in networks)


def client_key(host: str) -> str:
    """The name under which limits count a client: its IPv4 address, or the /64 of its IPv6 one."""
    try:
        address = parse_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.IPv6Network((address, IPV6_HOST_PREFIX), strict=False))
