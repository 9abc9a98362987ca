"""Who may enter by HTTP, and do what: REST calls and WebSocket upgrades.

A caller is known by its key, else by its address, and each caller has a window
of requests of its own.  The window's state goes into the answer's headers,
also when the request is refused, so it is kept with the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from datasynth.errors import RateLimitExceeded, Unauthorized
from datasynth.service.admission.access import Right, authorize
from datasynth.service.admission.clients import UNKNOWN, client_at, plain_address
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Request

    from datasynth.service.admission.access import Principal
    from datasynth.service.admission.rate_window import RateDecision
    from datasynth.service.services import Services

WEBSOCKET_PREFIX = "/ws/"
"""Where a ticket stands for a key: browsers set no headers on a WebSocket."""

TICKET_PATH = "/api/ws/ticket"
"""Where a ticket is asked for; it opens a WebSocket, which only reads."""

_READING = frozenset({"GET", "HEAD"})
_LABELS = (("transport", "http"),)

_PRINCIPAL = "datasynth.principal"
_DECISION = "datasynth.rate_decision"
_LONGEST_PATH = 200


def guard(request: Request, services: Services, trusted_proxies: int = 0, request_id: str = "") -> Principal:
    """Let a request in, or refuse it; a request is judged and counted once.

    Parameters
    ----------
    request
        A REST call or a WebSocket upgrade.
    services
        Keys, tickets and the window.
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.
    request_id
        For the log.

    Returns
    -------
    Principal
        Who asks.  A ticket that it came with has been looked at; `spend_ticket` spends it.

    Raises
    ------
    Unauthorized
        No valid key; the request then counts for the address it came from.
    RateLimitExceeded
        The client's window is full; the request does not count.
    Forbidden
        The key is not good for this; the request counts.
    """
    environ = request.environ
    if _PRINCIPAL in environ:
        return principal_of(environ)
    address = client_address(environ, trusted_proxies)
    try:
        principal = _identify(request, services, address)
    except Unauthorized:
        services.counters.add(Count.UNAUTHORIZED, labels=_LABELS)
        _count(environ, services, client_at(address))
        raise
    _count(environ, services, principal.client)
    call = f"{request.method} {quote(request.path)[:_LONGEST_PATH]}"
    authorize(principal, right_for(request.method, request.path), call, request_id)
    environ[_PRINCIPAL] = principal
    return principal


def principal_of(environ: Mapping[str, object]) -> Principal:
    """Return who was let in with a request."""
    return cast("Principal", environ[_PRINCIPAL])


def right_for(method: str, path: str) -> Right:
    """Tell what a request needs: whatever is not known to change nothing is control."""
    reads = method in _READING or (method == "POST" and path.rstrip("/") == TICKET_PATH)
    return Right.READ if reads else Right.CONTROL


def spend_ticket(request: Request, services: Services) -> None:
    """Spend the ticket that a WebSocket upgrade was let in with, if it was by one.

    Raises
    ------
    Unauthorized
        Somebody else has spent it since.
    """
    ticket = _ticket(request)
    if ticket is None or not services.access.required:
        return
    try:
        services.tickets.spend(ticket)
    except Unauthorized:
        services.counters.add(Count.UNAUTHORIZED, labels=_LABELS)
        raise


def rate_headers(environ: Mapping[str, object]) -> dict[str, str]:
    """Headers that tell a counted request where its client stands; empty for any other."""
    decision = cast("RateDecision | None", environ.get(_DECISION))
    if decision is None or not decision.limit:
        return {}
    return {
        "X-RateLimit-Limit": str(decision.limit),
        "X-RateLimit-Remaining": str(decision.remaining),
        "X-RateLimit-Reset": str(decision.reset),
    }


def client_address(environ: Mapping[str, object], trusted_proxies: int) -> str:
    """Address of whoever spoke to the outermost trusted proxy.

    Each proxy appends the address that it was called from, so of `n` trusted
    hops the n-th value from the right is the client's; what stands further
    left is hearsay.  With fewer values somebody went round the proxies, and
    only the peer is known for sure.

    Parameters
    ----------
    environ
        The request's WSGI environment.
    trusted_proxies
        Number of proxies between client and server; 0 ignores the header.
    """
    peer = str(environ.get("REMOTE_ADDR") or "")
    if trusted_proxies:
        hops = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(hops) >= trusted_proxies:
            reported = plain_address(hops[-trusted_proxies])
            return reported if reported != UNKNOWN else plain_address(peer)
    return plain_address(peer)


def _identify(request: Request, services: Services, address: str) -> Principal:
    ticket = _ticket(request)
    if ticket is not None and services.access.required:
        return services.tickets.look(ticket)
    how = "X-API-Key or as Authorization: Bearer"
    return services.access.principal(_presented_keys(request), client_at(address), address, how)


def _ticket(request: Request) -> str | None:
    return request.args.get("ticket") if request.path.startswith(WEBSOCKET_PREFIX) else None


def _presented_keys(request: Request) -> Iterator[str]:
    """Keys that came with the request; a stale one in one header does not spoil the other."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token if scheme.lower() == "bearer" else ""
    for key in (request.headers.get("X-API-Key", ""), bearer):
        if key.strip():
            # WSGI hands over bytes as Latin-1; the keys were configured as UTF-8.
            yield key.strip().encode("latin-1").decode("utf-8", "surrogateescape")


def _count(environ: dict[str, object], services: Services, client: str) -> None:
    decision = services.rate_window.admit(client)
    environ[_DECISION] = decision
    if not decision.allowed:
        services.counters.add(Count.RATE_LIMITED, labels=_LABELS)
        raise RateLimitExceeded(
            f"More than {decision.limit} requests within a minute; try again in {decision.retry_after} s.",
            decision.retry_after,
        )
