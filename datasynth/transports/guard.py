"""Who may enter, how often, and do what: rules for all transports, and REST calls and WebSocket upgrades.

A caller is known by its key, else by its address, and has one window of
requests for all transports.  Every answer tells the state of the window, also
one that refuses the request, so HTTP keeps that state with the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from datasynth.errors import RateLimitExceeded, Unauthorized
from datasynth.service.admission.access import Right, authorize
from datasynth.service.admission.clients import UNKNOWN, client_at, plain_address
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from werkzeug.wrappers import Request

    from datasynth.service.admission.access import Access, Principal
    from datasynth.service.admission.rate_window import RateDecision, RateWindow
    from datasynth.service.services import Services
    from datasynth.service.threads.counters import Counters

WEBSOCKET_PREFIX = "/ws/"
"""Where a ticket stands for a key: browsers set no headers on a WebSocket."""

EVENTS_PATH = f"{WEBSOCKET_PREFIX}events"
"""The WebSocket of streams."""

METRICS_PATH = f"{WEBSOCKET_PREFIX}metrics"
"""The WebSocket of the server's counters."""

EVENT_STREAM_PATH = "/api/stream/events"
"""The streams as Server-Sent Events, which a browser cannot send headers with either."""

TICKET = "ticket"
"""The key of a query with a ticket."""

TICKET_PATH = "/api/ws/ticket"
"""The call that issues tickets; a ticket opens a WebSocket or an event stream, which only read."""

_READING = frozenset({"GET", "HEAD"})

_PRINCIPAL = "datasynth.principal"
_DECISION = "datasynth.rate_decision"
_LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Guard:
    """Counts callers of one transport, and refuses those without a key or with a full window.

    Attributes
    ----------
    access, window, counters
        The keys, the rate limit, and the place where refusals are counted.
    transport
        Label of this transport's counts: ``http``, ``grpc``.
    noun
        The word for what is counted, in the plural, for the refusal's sentence.
    """

    access: Access
    window: RateWindow
    counters: Counters
    transport: str
    noun: str

    def admit(
        self, identify: Callable[[], Principal], address: str, note: Callable[[RateDecision], object]
    ) -> Principal:
        """Identify and count a caller.

        Parameters
        ----------
        identify
            Returns the caller, or raises `Unauthorized`.
        address
            The caller's plain address, for which a request without a valid key counts.
        note
            Gets the state of the window before a refusal is raised.

        Raises
        ------
        Unauthorized
            No valid key.
        RateLimitExceeded
            The client's window is full; the request does not count.
        """
        try:
            principal = identify()
        except Unauthorized:
            self.count_refusal(Count.UNAUTHORIZED)
            self._count(client_at(address), note)
            raise
        self._count(principal.client, note)
        return principal

    def count_refusal(self, kind: Count) -> None:
        """Count a refusal under this transport's label."""
        self.counters.add(kind, labels=(("transport", self.transport),))

    def _count(self, client: str, note: Callable[[RateDecision], object]) -> None:
        decision = self.window.admit(client)
        note(decision)
        if not decision.allowed:
            self.count_refusal(Count.RATE_LIMITED)
            raise RateLimitExceeded(
                f"More than {decision.limit} {self.noun} within a minute; "
                f"try again in {decision.retry_after} s.",
                decision.retry_after,
            )


def window_headers(decision: RateDecision | None) -> dict[str, str]:
    """Return the headers that tell a client the state of its window; none where there is no limit."""
    if decision is None or not decision.limit:
        return {}
    return {
        "X-RateLimit-Limit": str(decision.limit),
        "X-RateLimit-Remaining": str(decision.remaining),
        "X-RateLimit-Reset": str(decision.reset),
    }


def bearer_token(authorization: str) -> str:
    """Return the key in a value of ``Authorization: Bearer``; empty for any other scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


# HTTP.


def guard(request: Request, services: Services, trusted_proxies: int = 0, request_id: str = "") -> Principal:
    """Let a REST call or a WebSocket upgrade in, or refuse it; a request is judged and counted once.

    A ticket that came with the request is valid afterwards; `spend_ticket` spends it.

    Parameters
    ----------
    request, services
        The request, and the keys, tickets and window for it.
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.
    request_id
        For the log.

    Raises
    ------
    Unauthorized, RateLimitExceeded
        As for `Guard.admit`.
    Forbidden
        The key does not have the right for this; the request counts.
    """
    environ = request.environ
    if _PRINCIPAL in environ:
        return principal_of(environ)
    address = client_address(environ, trusted_proxies)

    def note(decision: RateDecision) -> None:
        environ[_DECISION] = decision

    principal = _http(services).admit(lambda: _identify(request, services, address), address, note)
    call = f"{request.method} {quote(request.path)[:_LONGEST_PATH]}"
    authorize(principal, right_for(request.method, request.path), call, request_id)
    environ[_PRINCIPAL] = principal
    return principal


def principal_of(environ: Mapping[str, object]) -> Principal:
    """Return the caller of a request that `guard` has let in."""
    return cast("Principal", environ[_PRINCIPAL])


def right_for(method: str, path: str) -> Right:
    """Return the right that a request needs: control, unless it is known to change nothing."""
    reads = method in _READING or (method == "POST" and path.rstrip("/") == TICKET_PATH)
    return Right.READ if reads else Right.CONTROL


def spend_ticket(request: Request, services: Services) -> None:
    """Spend the ticket of a WebSocket upgrade or an event stream, if it came with one.

    Raises
    ------
    Unauthorized
        Another upgrade has spent it since.
    """
    ticket = _ticket(request)
    if ticket is None or not services.access.required:
        return
    try:
        services.tickets.spend(ticket)
    except Unauthorized:
        _http(services).count_refusal(Count.UNAUTHORIZED)
        raise


def rate_headers(environ: Mapping[str, object]) -> dict[str, str]:
    """Return the headers with the state of the client's window; none for a request that was not counted."""
    return window_headers(cast("RateDecision | None", environ.get(_DECISION)))


def client_address(environ: Mapping[str, object], trusted_proxies: int) -> str:
    """Return the address of the client that spoke to the outermost trusted proxy.

    Each proxy appends the address that it was called from, so of `n` trusted
    hops the n-th value of ``X-Forwarded-For`` from the right is the client's, and
    values further left are hearsay.  With fewer values the request went round the
    proxies, and only the peer is known for sure.
    """
    peer = plain_address(str(environ.get("REMOTE_ADDR") or ""))
    hops = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if not trusted_proxies or len(hops) < trusted_proxies:
        return peer
    reported = plain_address(hops[-trusted_proxies])
    return peer if reported == UNKNOWN else reported


def _http(services: Services) -> Guard:
    return Guard(services.access, services.rate_window, services.counters, "http", "requests")


def _identify(request: Request, services: Services, address: str) -> Principal:
    ticket = _ticket(request)
    if ticket is not None and services.access.required:
        return services.tickets.look(ticket)
    how = "X-API-Key or as Authorization: Bearer"
    return services.access.principal(_presented_keys(request), client_at(address), address, how)


def _ticket(request: Request) -> str | None:
    takes_ticket = request.path == EVENT_STREAM_PATH or request.path.startswith(WEBSOCKET_PREFIX)
    return request.args.get(TICKET) if takes_ticket else None


def _presented_keys(request: Request) -> Iterator[str]:
    """Yield the keys that came with the request; a stale one in one header does not spoil the other."""
    bearer = bearer_token(request.headers.get("Authorization", ""))
    for key in (request.headers.get("X-API-Key", "").strip(), bearer):
        if key:
            # WSGI hands over bytes as Latin-1; the keys were configured as UTF-8.
            yield key.encode("latin-1").decode("utf-8", "surrogateescape")
