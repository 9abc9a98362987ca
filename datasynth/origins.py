"""Hosts and origins, as requests and operators spell them.

A browser sends the name that it has called in ``Host``, and the page that made
it call in ``Origin``.  This module reads both strictly: it refuses a text that
could be understood in two ways, and takes nothing for loopback that may be
anything else.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

ANY = "*"
"""Stands for every host, or every origin, where operators allow some."""

LONGEST_NAME = 253
"""Characters of the longest name that DNS knows."""

LARGEST_PORT = 65_535

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
"""Ports that origins and hosts leave out."""

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]+)(?::([0-9]{0,5}))?", re.ASCII | re.IGNORECASE)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(.+)", re.ASCII | re.IGNORECASE)


class Authority(NamedTuple):
    """A host and perhaps a port, as in the header ``Host``.

    Attributes
    ----------
    host
        In lower case, without brackets and without the dot that may end a name.
    port
        None where it is left out: the scheme then tells.
    """

    host: str
    port: int | None


class Origin(NamedTuple):
    """Where a web page comes from.

    Attributes
    ----------
    scheme
        In lower case.
    host
        As that of an authority.
    port
        The scheme's own where it is left out; None where the scheme has none.
    """

    scheme: str
    host: str
    port: int | None


def parse_authority(text: str) -> Authority:
    """Read ``localhost:3000``, ``ledger.example`` or ``[::1]:3000``.

    Raises
    ------
    ValueError
        It is none of these.
    """
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a host, with or without a port")
    port = int(found[2]) if found[2] else None
    if port is not None and port > LARGEST_PORT:
        raise ValueError(f"{port} is not a port")
    return Authority(_host(found[1].lower()), port)


def parse_origin(text: str) -> Origin:
    """Read ``https://app.example`` or ``http://localhost:5173``.

    Raises
    ------
    ValueError
        It is no origin; ``null`` is none.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an origin")
    scheme = found[1].lower()
    host, port = parse_authority(found[2])
    return Origin(scheme, host, DEFAULT_PORTS.get(scheme) if port is None else port)


def is_loopback_host(host: str) -> bool:
    """Tell whether a host that has been read can only be this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return host == "::1"


def is_loopback_address(address: str) -> bool:
    """Tell whether only this machine can call an IP address, which may have brackets and a zone.

    Raises
    ------
    ValueError
        It is no IP address.
    """
    found = ipaddress.ip_address(address.removeprefix("[").removesuffix("]").partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def same_place(origin: Origin, authority: Authority) -> bool:
    """Tell whether a page comes from the host and port that it calls; the scheme does not matter.

    A proxy may have taken TLS off, so a port that is left out is that of the page's scheme.
    """
    default = DEFAULT_PORTS.get(origin.scheme)
    return origin.host == authority.host and origin.port == (
        default if authority.port is None else authority.port
    )


def covers(allowed: Authority, asked: Authority) -> bool:
    """Tell whether a host that is allowed, on any port unless it has one, is the one that is asked."""
    if allowed.host != asked.host:
        return False
    if allowed.port is None or allowed.port == asked.port:
        return True
    return asked.port is None and allowed.port in DEFAULT_PORTS.values()


def allowed_host(given: str) -> str:
    """Read one value of ``--allowed-host``."""
    text = given.strip()
    if text == ANY:
        return text
    try:
        parse_authority(text)
    except ValueError:
        raise ValueError(
            f"{given!r} is not a host name such as ledger.example, without scheme and path"
        ) from None
    return text.lower()


def allowed_origin(given: str) -> str:
    """Read one value of ``--allowed-origin``."""
    text = given.strip()
    if text == ANY:
        return text
    if text == "null":
        raise ValueError(
            "null is not allowed: it stands for every page that hides its origin; use * to allow all pages"
        )
    try:
        parse_origin(text)
    except ValueError:
        raise ValueError(
            f"{given!r} is not an origin such as https://app.example:8443: scheme, host and port, no path"
        ) from None
    return text.lower()


def _host(text: str) -> str:
    if text.startswith("["):
        return str(ipaddress.IPv6Address(text[1:-1]))
    name = text.removesuffix(".")
    if len(name) > LONGEST_NAME or not all(name.split(".")):
        raise ValueError(f"{text!r} is not the name of a host")
    return name
