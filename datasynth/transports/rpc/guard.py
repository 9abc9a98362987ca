"""Who may enter by gRPC, do what, and how often: a call's metadata against keys and the rate limit.

A caller is known by its key, else by its address, exactly as over HTTP: whoever
uses both has one window for both.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote

from datasynth.errors import RateLimitExceeded, Unauthorized
from datasynth.service.admission.access import Right, authorize
from datasynth.service.admission.clients import UNKNOWN, client_at, plain_address
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.service.admission.access import Access, Principal
    from datasynth.service.admission.rate_window import RateWindow
    from datasynth.service.threads.counters import Counters, Labels
    from datasynth.transports.rpc.calls import Call

LABELS: Labels = (("transport", "grpc"),)
"""How this transport's counts are told from those of others."""

READING = frozenset({"GetConfig", "StartGeneration", "ServerReflectionInfo"})
"""Methods that change nothing which others see; a stream of StartGeneration is its call's own."""

HOW = "metadata x-api-key or authorization: Bearer"


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
        Forbidden
            The key is not good for this method; the call counts.
        """
        address = client_address(call.context.peer())
        try:
            principal = self._access.principal(
                presented_keys(call.context.invocation_metadata()), client_at(address), address, HOW
            )
        except Unauthorized:
            self._counters.add(Count.UNAUTHORIZED, labels=LABELS)
            self._count(client_at(address), call)
            raise
        self._count(principal.client, call)
        self._authorize(principal, call)
        call.client = principal.client

    @staticmethod
    def _authorize(principal: Principal, call: Call) -> None:
        right, request_id = right_for(call.method), uuid.uuid4().hex
        if right is Right.CONTROL:
            call.tell({"x-request-id": request_id})
        authorize(principal, right, f"gRPC {call.method}", request_id)

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


def right_for(method: str) -> Right:
    """Tell what a method needs, by its path: whatever is not known to change nothing is control."""
    return Right.READ if method.rpartition("/")[2] in READING else Right.CONTROL


def client_address(peer: str) -> str:
    """Take the plain IP address out of gRPC's name of a peer: ``ipv6:%5B::1%5D:50123`` is ``::1``."""
    family, _, address = unquote(peer).partition(":")
    return plain_address(address) if family in {"ipv4", "ipv6"} else UNKNOWN
