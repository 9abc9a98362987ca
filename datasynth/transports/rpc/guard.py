"""Lets gRPC calls in: their metadata against keys, rights and the rate limit, by the same rules as HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from datasynth.service.admission.access import Right, authorize
from datasynth.service.admission.clients import UNKNOWN, client_at, plain_address
from datasynth.transports.guard import Guard, bearer_token, window_headers
from datasynth.transports.request_head import new_request_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import grpc

    from datasynth.service.admission.access import Access, Principal
    from datasynth.service.admission.rate_window import RateDecision, RateWindow
    from datasynth.service.threads.counters import Counters

READING = frozenset({"GetConfig", "StartGeneration", "ServerReflectionInfo"})
"""Methods that change nothing for others; a stream of StartGeneration is its call's own."""

HOW = "metadata x-api-key or authorization: Bearer"


class CallGuard:
    """Lets calls in."""

    def __init__(self, access: Access, window: RateWindow, counters: Counters) -> None:
        self._guard = Guard(access, window, counters, "grpc", "calls")

    def admit(
        self, context: grpc.ServicerContext, method: str, add_trailers: Callable[[Mapping[str, str]], None]
    ) -> str:
        """Let a call in and count it; its trailing metadata then have the state of the client's window.

        Returns
        -------
        str
            The client that the call counts for.

        Raises
        ------
        Unauthorized, RateLimitExceeded
            As for `Guard.admit`.
        Forbidden
            The key does not have the right for this method; the call counts.
        """
        address = client_address(context.peer())
        keys = presented_keys(context.invocation_metadata())

        def identify() -> Principal:
            return self._guard.access.principal(keys, client_at(address), address, HOW)

        def note(decision: RateDecision) -> None:
            if headers := window_headers(decision):
                add_trailers({name.lower(): value for name, value in headers.items()})

        principal = self._guard.admit(identify, address, note)
        right, request_id = right_for(method), new_request_id()
        if right is Right.CONTROL:
            add_trailers({"x-request-id": request_id})
        authorize(principal, right, f"gRPC {method}", request_id)
        return principal.client


def presented_keys(metadata: Iterable[tuple[str, str | bytes]]) -> Iterator[str]:
    """Yield the keys that came with a call; a stale one in one place does not spoil the other."""
    for name, value in metadata:
        if not isinstance(value, str):
            continue
        if name == "x-api-key" and value:
            yield value
        if name == "authorization" and (token := bearer_token(value)):
            yield token


def right_for(method: str) -> Right:
    """Return the right that a method needs, by its path: control, unless it is known to change nothing."""
    return Right.READ if method.rpartition("/")[2] in READING else Right.CONTROL


def client_address(peer: str) -> str:
    """Return the plain IP address in gRPC's name of a peer: ``ipv6:%5B::1%5D:50123`` is ``::1``."""
    family, _, address = unquote(peer).partition(":")
    return plain_address(address) if family in {"ipv4", "ipv6"} else UNKNOWN
