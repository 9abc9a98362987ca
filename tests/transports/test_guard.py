"""Who may enter by HTTP."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from datasynth.errors import Forbidden, RateLimitExceeded, Unauthorized
from datasynth.service.admission.access import ApiKey, Principal, Right, digest
from datasynth.service.threads.counters import Count
from datasynth.transports.guard import client_address, guard, rate_headers, right_for, spend_ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from datasynth.service.services import Services


READER = ApiKey("dashboard", digest("look"), frozenset({Right.READ}))
STARTER = ApiKey("starter", digest("go"), frozenset({Right.CONTROL}))
SOMEBODY = Principal("key:somebody", "192.0.2.9", "somebody")


def _request(
    path: str = "/api/config",
    address: str = "192.0.2.1",
    query: str = "",
    method: str = "GET",
    **headers: str,
) -> Request:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    builder = EnvironBuilder(
        method=method,
        path=path,
        query_string=query,
        headers=named,
        environ_overrides={"REMOTE_ADDR": address},
    )
    return builder.get_request()


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "1.1.1.1, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9", 2, "192.0.2.1"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("192.0.2.1", "unknown", 1, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9:5123", 1, "203.0.113.9"),
        ("192.0.2.1", "[2001:DB8::1]:5123", 1, "2001:db8::1"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("fe80::1%eth0", "", 0, "fe80::1"),
        ("0:0:0:0:0:0:0:1", "", 0, "::1"),
        ("", "", 0, "unknown"),
        ("", "", 1, "unknown"),
    ],
)
def test_address_of_a_client(peer: str, forwarded: str, trusted: int, expected: str) -> None:
    """Exactly the trusted hops are believed, and one address has one spelling."""
    environ: dict[str, object] = {"REMOTE_ADDR": peer}
    if forwarded:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded

    assert expected == client_address(environ, trusted)


def test_without_keys_clients_are_known_by_address(make_services: Callable[..., Services]) -> None:
    """An open server tells clients apart by where they come from, whatever key they show."""
    services = make_services()

    assert guard(_request(address="192.0.2.7", X_API_Key="any"), services).client == "192.0.2.7"


def test_an_ipv6_client_is_its_prefix(make_services: Callable[..., Services]) -> None:
    """Requests count for the /64, and the address stays known."""
    principal = guard(_request(address="2001:db8:1:2:3::4"), make_services())

    assert ("2001:db8:1:2::/64", "2001:db8:1:2:3::4") == (principal.client, principal.address)


def test_another_address_of_a_subscriber_does_not_help(make_services: Callable[..., Services]) -> None:
    """Neither a refused key nor an open server gives the same /64, or the same machine, a second window."""
    for api_keys in ((), ("secret",)):
        services = make_services(api_keys=api_keys, rate_limit=1)
        for first, second in (("2001:db8::1", "2001:db8::2"), ("127.0.0.1", "::1")):
            with suppress(Unauthorized):
                guard(_request(address=first), services)
            with pytest.raises(RateLimitExceeded):
                guard(_request(address=second), services)


def test_a_key_opens(make_services: Callable[..., Services]) -> None:
    """A key is taken from either header, and the identity does not show it."""
    services = make_services(api_keys=("secret-key",))
    by_header = guard(_request(X_API_Key="secret-key"), services)
    by_bearer = guard(_request(Authorization="bearer secret-key"), services)

    assert by_header == by_bearer
    assert ("api-key-1", "key:api-key-1") == (by_header.key, by_header.client)


def test_a_stale_key_in_one_header_does_not_spoil_the_other(make_services: Callable[..., Services]) -> None:
    """Any valid key that came with the request counts."""
    services = make_services(api_keys=("new",))

    assert guard(_request(X_API_Key="old", Authorization="Bearer new"), services)
    assert guard(_request(X_API_Key="new", Authorization="Bearer old"), services)


def test_a_key_may_hold_any_letters(make_services: Callable[..., Services]) -> None:
    """A key outside ASCII, sent as UTF-8, is recognised; bytes that are no text are refused."""
    services = make_services(api_keys=("schlüssel",))
    request = _request()
    request.environ["HTTP_X_API_KEY"] = "schlüssel".encode().decode("latin-1")
    garbage = _request()
    garbage.environ["HTTP_X_API_KEY"] = "\xff\xfe"

    assert guard(request, services)
    with pytest.raises(Unauthorized):
        guard(garbage, services)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_API_Key": ""},
        {"X_API_Key": "wrong"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic secret"},
        {"Authorization": "secret"},
    ],
)
def test_without_a_valid_key_nobody_enters(
    make_services: Callable[..., Services], headers: dict[str, str]
) -> None:
    """A missing, empty, wrong or differently wrapped key is refused."""
    with pytest.raises(Unauthorized):
        guard(_request(**headers), make_services(api_keys=("secret",)))


def test_a_ticket_opens_a_websocket_once(make_services: Callable[..., Services]) -> None:
    """A ticket stands for whom it was issued to until an upgrade spends it, and for nobody afterwards."""
    services = make_services(api_keys=("secret",))
    holder = guard(_request(X_API_Key="secret"), services)
    query = f"ticket={services.tickets.issue(holder)}"
    first, second, third = (_request("/ws/events", query=query) for _ in range(3))

    assert [holder, holder] == [guard(first, services), guard(second, services)]
    spend_ticket(first, services)
    with pytest.raises(Unauthorized):
        spend_ticket(second, services)
    with pytest.raises(Unauthorized):
        guard(third, services)
    assert 2 == services.counters.snapshot()[Count.UNAUTHORIZED]


def test_a_ticket_opens_nothing_else(make_services: Callable[..., Services]) -> None:
    """REST calls want a key."""
    services = make_services(api_keys=("secret",))
    ticket = services.tickets.issue(SOMEBODY)

    with pytest.raises(Unauthorized):
        guard(_request(query=f"ticket={ticket}"), services)
    assert SOMEBODY == guard(_request("/ws/events", query=f"ticket={ticket}"), services)


def test_there_is_nothing_to_spend_without_a_ticket(make_services: Callable[..., Services]) -> None:
    """An upgrade by key, and one with a useless ticket on an open server, go through."""
    closed, opened = make_services(api_keys=("secret",)), make_services()
    spend_ticket(_request("/ws/events", X_API_Key="secret"), closed)
    spend_ticket(_request("/ws/events", query="ticket=any"), opened)

    refused = [services.counters.snapshot()[Count.UNAUTHORIZED] for services in (closed, opened)]
    assert [0, 0] == refused


def test_a_request_is_judged_once(make_services: Callable[..., Services]) -> None:
    """Two layers that both ask count the request once."""
    services = make_services(api_keys=("secret",), rate_limit=5)
    ticket = services.tickets.issue(SOMEBODY)
    request = _request("/ws/events", query=f"ticket={ticket}")

    assert guard(request, services) == guard(request, services)
    assert rate_headers(request.environ)["X-RateLimit-Remaining"] == "4"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/config", Right.READ),
        ("GET", "/api/entries", Right.READ),
        ("HEAD", "/api/entries", Right.READ),
        ("GET", "/ws/events", Right.READ),
        ("POST", "/api/ws/ticket", Right.READ),
        ("POST", "/api/ws/ticket/", Right.READ),
        ("PUT", "/api/ws/ticket", Right.CONTROL),
        ("POST", "/api/config", Right.CONTROL),
        ("POST", "/api/config/validate", Right.CONTROL),
        ("POST", "/api/stream/start", Right.CONTROL),
        ("POST", "/api/stream/trigger/month_end", Right.CONTROL),
        ("POST", "/nothing/here", Right.CONTROL),
        ("DELETE", "/api/config", Right.CONTROL),
        ("OPTIONS", "/api/config", Right.CONTROL),
        ("get", "/api/config", Right.CONTROL),
    ],
)
def test_what_a_request_needs(method: str, path: str, expected: Right) -> None:
    """Whatever is not known to change nothing is control."""
    assert expected is right_for(method, path)


def test_a_key_without_the_right_is_forbidden_and_counted(make_services: Callable[..., Services]) -> None:
    """The request counts for its key like any other, until the window is full."""
    services = make_services(named_keys=(READER, STARTER), rate_limit=2)
    refused = _request("/api/stream/stop", method="POST", X_API_Key="look")

    with pytest.raises(Forbidden):
        guard(refused, services)
    assert "1" == rate_headers(refused.environ)["X-RateLimit-Remaining"]
    assert "dashboard" == guard(_request(X_API_Key="look"), services).key
    with pytest.raises(RateLimitExceeded):
        guard(_request("/api/stream/stop", method="POST", X_API_Key="look"), services)
    with pytest.raises(Forbidden):
        guard(_request(X_API_Key="go"), services)
    assert "starter" == guard(_request("/x", method="POST", X_API_Key="go"), services).key


def test_control_is_logged_in_one_line(
    make_services: Callable[..., Services], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a path holds, the line is one, and neither the key nor the query is in it."""
    caplog.set_level(logging.INFO, "datasynth.service.access")
    services = make_services(api_keys=("s3cret",))
    request = _request("/a\x0bb\x1b" + "c" * 999, method="POST", query="ticket=t1cket", X_API_Key="s3cret")
    guard(request, services, request_id="id-1")

    assert 1 == len(caplog.messages)
    assert caplog.messages[0].startswith("POST /a%0Bb%1Bccc")
    assert caplog.messages[0].endswith("c by key api-key-1 at 192.0.2.1, request_id id-1")
    assert len(caplog.messages[0]) < 300
    assert not re.search("s3cret|t1cket", caplog.messages[0])


def test_a_full_window_refuses(make_services: Callable[..., Services]) -> None:
    """The request above the limit is refused, and another client's is not."""
    services = make_services(rate_limit=2)
    for _ in range(2):
        guard(_request(), services)
    refused = _request()

    with pytest.raises(RateLimitExceeded) as refusal:
        guard(refused, services)
    assert 1 <= refusal.value.retry_after <= 60
    assert {
        "X-RateLimit-Limit": "2",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(refusal.value.retry_after),
    } == rate_headers(refused.environ)
    assert guard(_request(address="192.0.2.2"), services)


def test_unauthorized_requests_count_for_their_address(make_services: Callable[..., Services]) -> None:
    """Guessing keys is limited by address, and does not cost the owner of a key anything."""
    services = make_services(api_keys=("secret",), rate_limit=2)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            guard(_request(X_API_Key="guess"), services)

    with pytest.raises(RateLimitExceeded):
        guard(_request(X_API_Key="guess"), services)
    allowed = _request(X_API_Key="secret")
    guard(allowed, services)
    assert rate_headers(allowed.environ)["X-RateLimit-Remaining"] == "1"


def test_refusals_are_counted(make_services: Callable[..., Services]) -> None:
    """Whoever watches the server sees how many were turned away, and why."""
    services = make_services(api_keys=("secret",), rate_limit=1)
    for kind in (Unauthorized, RateLimitExceeded):
        with pytest.raises(kind):
            guard(_request(), services)
    counts = services.counters.snapshot()

    assert counts[Count.UNAUTHORIZED] == 2
    assert counts[Count.RATE_LIMITED] == 1


def test_without_a_limit_there_are_no_headers(make_services: Callable[..., Services]) -> None:
    """A server that counts nothing tells nothing."""
    services = make_services(rate_limit=0)
    request = _request()
    guard(request, services)

    assert rate_headers(request.environ) == {}
    assert rate_headers({}) == {}
