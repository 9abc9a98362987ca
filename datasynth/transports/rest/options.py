"""What the REST transport is told when it is built."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def random_id() -> str:
    """Return a request id that nobody had before."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class RestOptions:
    """Facts about the surroundings, none of them the service's business.

    Attributes
    ----------
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.
    allowed_hosts, allowed_origins
        How the server may be called; whose web pages may use it.
    listens_at
        Host that it was told to listen on.
    new_request_id
        Where ids of requests come from that bring none of their own.
    """

    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    listens_at: str = "localhost"
    new_request_id: Callable[[], str] = random_id
