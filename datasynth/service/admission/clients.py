"""Who counts as one client, by the address that a request comes from.

An address is a client, with three exceptions.  All of 127.0.0.0/8 and ::1 are
this machine.  An IPv6 address is one of the 2^64 that a single subscriber has,
so its /64 is the client.  And an IPv4 address may come in the dress of an IPv6
one, mapped or translated.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

UNKNOWN = "unknown"
"""The address of a peer that has none, such as the one behind a Unix socket; also the client that it is."""

THIS_MACHINE = "127.0.0.1"
"""The client that all loopback addresses are."""

SUBSCRIBER = 64
"""Length of the IPv6 prefix that one subscriber has. [bits]"""

_TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address.
_WIDER = {4: (16, 8), 6: (32, 16)}


def plain_address(text: str) -> str:
    """Write an address in its one spelling, without port, brackets and zone.

    Parameters
    ----------
    text
        An IPv4 or IPv6 address; with a port, IPv6 in brackets.

    Returns
    -------
    str
        An IPv4 address for what is one in the dress of IPv6; `UNKNOWN` for what is no address.
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
    """Return the client of a request from an address as `plain_address` writes it."""
    if address == UNKNOWN:
        return UNKNOWN
    parsed = ip_address(address)
    if parsed.is_loopback:
        return THIS_MACHINE
    if isinstance(parsed, IPv4Address):
        return address
    return str(IPv6Network((int(parsed), SUBSCRIBER), strict=False))


def networks_around(client: str) -> tuple[str, ...]:
    """List the networks that a client is part of, the narrowest first; none for one that is no address.

    Clients that cannot be told apart one by one have them in common.
    Of the widest there are few: 256 of IPv4, and of IPv6 as many /16 as have been given to anybody.
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
