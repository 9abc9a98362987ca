"""From the name of a host to the addresses that are listened on."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCALHOST = "localhost"

# Both, whatever the machine's host file says: a client that is told "localhost" may try either first.
_LOOPBACK = ("127.0.0.1", "::1")


def resolve(host: str) -> tuple[str, ...]:
    """Find the IP addresses of a host, the most important first.

    Parameters
    ----------
    host
        A name, or an address with or without brackets.

    Raises
    ------
    OSError
        Nobody knows the host; the message is one line for a person.
    """
    if host.lower() == LOCALHOST:
        return _LOOPBACK
    bare = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OSError(f"cannot find host {host!r}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_loopback_address(address: str) -> bool:
    """Tell whether an IP address, with or without brackets and zone, can only be called from this machine.

    Raises
    ------
    ValueError
        It is no IP address.
    """
    found = ipaddress.ip_address(address.removeprefix("[").removesuffix("]").partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def reachable_from_outside(addresses: Iterable[str]) -> bool:
    """Tell whether any of these IP addresses can be called from another machine."""
    return not all(is_loopback_address(address) for address in addresses)
