"""The client of a request, by the address that it comes from.

An address is a client, with three exceptions.  All of 127.0.0.0/8 and ::1 are this machine.
A single subscriber has 2^64 IPv6 addresses, so the client is the /64 of an address.  An
IPv6 address that is a mapped or translated IPv4 address counts as the latter.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

UNKNOWN = "unknown"
"""Address and client of a peer without address, such as one behind a Unix socket."""

THIS_MACHINE = "127.0.0.1"
"""The client of all loopback addresses."""

SUBSCRIBER = 64
"""Length of a subscriber's IPv6 prefix. [bits]"""

_TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address.
_WIDER = {4: (16, 8), 6: (32, 16)}


def plain_address(text: str) -> str:
    """Return the canonical spelling of an address, without port, brackets and zone.

    IPv6 addresses with a port have brackets.  A mapped or translated IPv4 address is
    written as IPv4, a text that is no address as `UNKNOWN`.
    """
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(_undressed(ip_address(host.partition("%")[0])))
    except ValueError:
        return UNKNOWN


def client_at(address: str) -> str:
    """Return the client of an address that `plain_address` returned."""
    if address == UNKNOWN:
        return UNKNOWN
    parsed = ip_address(address)
    if parsed.is_loopback:
        return THIS_MACHINE
    if isinstance(parsed, IPv4Address):
        return address
    return str(IPv6Network((int(parsed), SUBSCRIBER), strict=False))


def networks_around(client: str) -> tuple[str, ...]:
    """List the networks of a client, the narrowest first; none for a client that is no address.

    Clients without a log of their own share that of a network.  There are few of the widest
    networks: 256 of IPv4, and the assigned /16 of IPv6.
    """
    if client == THIS_MACHINE:
        return ()
    try:
        network = ip_network(client)
    except ValueError:
        return ()
    return tuple(str(network.supernet(new_prefix=length)) for length in _WIDER[network.version])


def _undressed(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address
