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
    new_request_id
        Where ids of requests come from that bring none of their own.
    """

    trusted_proxies: int = 0
    new_request_id: Callable[[], str] = random_id
