"""Who may enter by HTTP: REST calls and WebSocket upgrades.

A caller is known by its key, else by its address, and each caller has a window
of requests of its own.  The window's state goes into the answer's headers,
also when the request is refused, so it is kept with the request.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, cast

from datasynth.errors import RateLimitExceeded, Unauthorized
from datasynth.service.counters import Count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Request

    from datasynth.service.rate_window import Admission
    from datasynth.service.services import Services

UNKNOWN_ADDRESS = "unknown"
"""Whom a request without a peer address (a Unix socket) counts for."""

WEBSOCKET_PREFIX = "/ws/"
"""Where a ticket stands for a key: browsers set no headers on a WebSocket."""

_LABELS = (("transport", "http"),)

_CLIENT = "datasynth.client"
_ADMISSION = "datasynth.admission"


def guard(request: Request, services: Services, trusted_proxies: int = 0) -> str:
    """Let a request in, or refuse it; a request is judged and counted once.

    Parameters
    ----------
    request
        A REST call or a WebSocket upgrade.
    services
        Keys, tickets and the window.
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.

    Returns
    -------
    str
        Identity of the client: never its key.

    Raises
    ------
    Unauthorized
        No valid key; the request then counts for the address it came from.
    RateLimitExceeded
        The client's window is full; the request does not count.
    """
    environ = request.environ
    if _CLIENT in environ:
        return cast("str", environ[_CLIENT])
    address = client_address(environ, trusted_proxies)
    try:
        client = _identify(request, services, address)
    except Unauthorized:
        services.counters.add(Count.UNAUTHORIZED, labels=_LABELS)
        _count(environ, services, address)
        raise
    _count(environ, services, client)
    environ[_CLIENT] = client
    return client


def rate_headers(environ: Mapping[str, object]) -> dict[str, str]:
    """Headers that tell a counted request where its client stands; empty for any other."""
    admission = cast("Admission | None", environ.get(_ADMISSION))
    if admission is None or not admission.limit:
        return {}
    return {
        "X-RateLimit-Limit": str(admission.limit),
        "X-RateLimit-Remaining": str(admission.remaining),
        "X-RateLimit-Reset": str(admission.reset),
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
            return _plain_address(hops[-trusted_proxies]) or _plain_address(peer) or UNKNOWN_ADDRESS
    return _plain_address(peer) or UNKNOWN_ADDRESS


def _plain_address(text: str) -> str:
    """One spelling per address, without port, brackets and zone; empty if it is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _identify(request: Request, services: Services, address: str) -> str:
    if not services.access.required:
        return address
    ticket = request.args.get("ticket")
    if ticket is not None and request.path.startswith(WEBSOCKET_PREFIX):
        return services.tickets.redeem(ticket)
    refusal = Unauthorized("A key is required: send it as X-API-Key or as Authorization: Bearer.")
    for key in _presented_keys(request):
        try:
            return services.access.check(key)
        except Unauthorized as error:
            refusal = error
    raise refusal


def _presented_keys(request: Request) -> Iterator[str]:
    """Keys that came with the request; a stale one in one header does not spoil the other."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token if scheme.lower() == "bearer" else ""
    for key in (request.headers.get("X-API-Key", ""), bearer):
        if key.strip():
            # WSGI hands over bytes as Latin-1; the keys were configured as UTF-8.
            yield key.strip().encode("latin-1").decode("utf-8", "surrogateescape")


def _count(environ: dict[str, object], services: Services, client: str) -> None:
    admission = services.rate_window.admit(client)
    environ[_ADMISSION] = admission
    if not admission.allowed:
        services.counters.add(Count.RATE_LIMITED, labels=_LABELS)
        raise RateLimitExceeded(
            f"More than {admission.limit} requests within a minute; try again in {admission.retry_after} s.",
            admission.retry_after,
        )
