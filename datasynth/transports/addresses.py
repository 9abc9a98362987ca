"""Where a server listens: the IP addresses of a host, and a port that is free on all of them.

A server tries its addresses before it binds them, because gRPC gives no reason
when it cannot bind, and shares a port with another server where it may.
"""

from __future__ import annotations

import errno
import logging
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from datasynth.origins import is_loopback_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LOCALHOST = "localhost"

# Both, whatever the machine's host file says: a client may try either first for "localhost".
LOOPBACK = ("127.0.0.1", "::1")

ATTEMPTS = 20
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

_log = logging.getLogger(__name__)


def resolve(host: str) -> tuple[str, ...]:
    """Find the IP addresses of a name, or of an address with or without brackets; the most important first.

    Raises
    ------
    OSError
        The host is unknown; the message is one line for a person.
    """
    if host.lower() == LOCALHOST:
        return LOOPBACK
    bare = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OSError(f"cannot find host {host!r}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def reachable_from_outside(addresses: Iterable[str]) -> bool:
    """Tell whether another machine can call any of these IP addresses."""
    return not all(is_loopback_address(address) for address in addresses)


def usable(addresses: Sequence[str], port: int, who: str = "gRPC") -> tuple[tuple[str, ...], int]:
    """Choose the addresses that this machine has, and a port that is free on all of them.

    Parameters
    ----------
    addresses
        IP addresses, the most important first; the result always has the first.
    port
        The port wanted, or 0 for any.
    who
        The server that is to listen there, for the messages.

    Raises
    ------
    OSError
        The port is taken, or the first address cannot be used; the message
        names both and the reason.
    """
    here = tuple(address for address in addresses if address == addresses[0] or _exists(address, who))
    if port:
        _try(here, port, who)
        return here, port
    for _ in range(ATTEMPTS):
        # The first address gives a free port, which may be taken on the others.
        free = _try(here[:1], 0, who)
        try:
            return here, _try(here, free, who)
        except OSError as error:
            reason = error
    raise reason


def endpoint(address: str, port: int) -> str:
    """Write an address and a port as one, IPv6 in brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _exists(address: str, who: str) -> bool:
    try:
        _try((address,), 0, who)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
        _log.info("This machine has no address %s. %s does not listen on it", address, who)
        return False
    return True


def _try(addresses: Sequence[str], port: int, who: str) -> int:
    """Bind a port on all addresses at once, let go of it again, and return it."""
    with ExitStack() as sockets:
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                trial = sockets.enter_context(socket.socket(family, socket.SOCK_STREAM))
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((address, port))
                # Two sockets may be bound to one address, but only one may listen.
                trial.listen(1)
            except OSError as error:
                sentence = f"{who} cannot listen on {endpoint(address, port)}: {error.strerror}"
                raise OSError(error.errno, sentence) from error
            port = trial.getsockname()[1]
    return port
