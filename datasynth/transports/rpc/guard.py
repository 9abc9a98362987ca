"""Who may enter by gRPC, and how often: a call's metadata against keys and the rate limit.

A caller is known by its key, else by its address, exactly as over HTTP: whoever
uses both has one window for both.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from datasynth.errors import RateLimitExceeded, Unauthorized
from datasynth.service.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.service.access import Access
    from datasynth.service.counters import Counters, Labels
    from datasynth.service.rate_window import RateWindow
    from datasynth.transports.rpc.calls import Call

LABELS: Labels = (("transport", "grpc"),)
"""How this transport's counts are told from those of others."""

UNKNOWN_ADDRESS = "unknown"
"""Whom a call counts for whose peer has no IP address."""


class Guard:
    """Lets calls in.

    Parameters
    ----------
    access
        The keys.
    window
        The rate limit.
    counters
        Where refusals are counted.
    """

    def __init__(self, access: Access, window: RateWindow, counters: Counters) -> None:
        self._access = access
        self._window = window
        self._counters = counters

    def admit(self, call: Call) -> None:
        """Let a call in and count it; its trailing metadata then tell what is left of the limit.

        Raises
        ------
        Unauthorized
            No valid key; the call then counts for the address it came from.
        RateLimitExceeded
            The client's window is full; the call does not count.
        """
        address = client_address(call.context.peer())
        try:
            client = self._identify(call, address)
        except Unauthorized:
            self._counters.add(Count.UNAUTHORIZED, labels=LABELS)
            self._count(address, call)
            raise
        self._count(client, call)
        call.client = client

    def _identify(self, call: Call, address: str) -> str:
        if not self._access.required:
            return address
        refusal = Unauthorized("A key is required: send it as metadata x-api-key or authorization: Bearer.")
        for key in presented_keys(call.context.invocation_metadata()):
            try:
                return self._access.check(key)
            except Unauthorized as error:
                refusal = error
        raise refusal

    def _count(self, client: str, call: Call) -> None:
        admission = self._window.admit(client)
        if admission.limit:
            call.tell(
                {
                    "x-ratelimit-limit": str(admission.limit),
                    "x-ratelimit-remaining": str(admission.remaining),
                    "x-ratelimit-reset": str(admission.reset),
                }
            )
        if not admission.allowed:
            self._counters.add(Count.RATE_LIMITED, labels=LABELS)
            raise RateLimitExceeded(
                f"More than {admission.limit} calls within a minute; try again in {admission.retry_after} s.",
                admission.retry_after,
            )


def presented_keys(metadata: Iterable[tuple[str, str | bytes]]) -> Iterator[str]:
    """Keys that came with a call; a stale one in one place does not spoil the other."""
    for name, value in metadata:
        if not isinstance(value, str):
            continue
        if name == "x-api-key" and value:
            yield value
        scheme, _, token = value.partition(" ")
        if name == "authorization" and scheme.lower() == "bearer" and token.strip():
            yield token.strip()


def client_address(peer: str) -> str:
    """Take the plain IP address out of gRPC's name of a peer: ``ipv6:%5B::1%5D:50123`` is ``::1``."""
    host = unquote(peer).partition(":")[2].rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return UNKNOWN_ADDRESS
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
