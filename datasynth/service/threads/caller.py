"""Who asks for something, and how to reach whoever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datasynth.service.threads.waker import Waker


class Caller(NamedTuple):
    """One request on its way through the services.

    Attributes
    ----------
    client
        Whom it counts for: the name of a key, or else an address.  Builds are shared out
        among clients.
    waker
        What the caller sleeps on.  Where a vanished client can be noticed, `wait` raises
        `ConnectionResetError`, and the caller's requests are withdrawn on its way out.
    """

    client: str
    waker: Waker
