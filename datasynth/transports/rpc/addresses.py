"""Finds out, before a server binds, whether it can, and if not, why.

gRPC's own failure to bind has no reason in it, and a second server on the same
port is not even a failure where ports are shared.
"""

from __future__ import annotations

import errno
import logging
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ATTEMPTS = 20
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

logger = logging.getLogger(__name__)


def usable(addresses: Sequence[str], port: int, who: str = "gRPC") -> tuple[tuple[str, ...], int]:
    """Choose the addresses that this machine has, and a port that is free on all of them.

    Parameters
    ----------
    addresses
        IP addresses, the most important first.
    port
        The port wanted, or 0 for any.
    who
        What is to listen there, for the messages.

    Returns
    -------
    addresses, port
        Those that can be bound; the first of `addresses` is always among them.

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
        # The first address is given a free port; the others may have it taken.
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
        logger.info("This machine has no address %s; %s goes without it", address, who)
        return False
    return True


def _try(addresses: Sequence[str], port: int, who: str) -> int:
    """Bind a port on all addresses at once, and let go of it again."""
    with ExitStack() as sockets:
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                trial = sockets.enter_context(socket.socket(family, socket.SOCK_STREAM))
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((address, port))
                # Two sockets may be bound to one address; only one may listen.
                trial.listen(1)
            except OSError as error:
                sentence = f"{who} cannot listen on {endpoint(address, port)}: {error.strerror}"
                raise OSError(error.errno, sentence) from error
            port = trial.getsockname()[1]
    return port
