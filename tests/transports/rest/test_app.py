"""What holds for every call: ids, limits, bodies, the shape of failures."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app, one_spelling, with_one_spelling

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services


TOO_MUCH = b" " * (1 << 20) + b"{}"
RATE_HEADERS = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]


def _client(services: Services, trusted_proxies: int = 0) -> FlaskClient:
    options = RestOptions(trusted_proxies=trusted_proxies, new_request_id=lambda: "made-up")
    return build_app(services, options, ThreadWaker).test_client()


def _code(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    assert {"error", "message", "details"} <= set(answer.json)
    assert isinstance(answer.json["message"], str)
    assert isinstance(answer.json["details"], dict)
    return answer.status_code, answer.json["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/", 405, "method_not_allowed"),
        ("GET", "/static/x.js", 404, "not_found"),
        ("GET", "/api/config//", 404, "not_found"),
        ("GET", "/api//config", 404, "not_found"),
        ("DELETE", "/api/config", 405, "method_not_allowed"),
        ("OPTIONS", "/api/config", 405, "method_not_allowed"),
        ("GET", "/api/stream/start", 405, "method_not_allowed"),
        ("GET", "/api/stream/trigger/", 405, "method_not_allowed"),
        ("HEAD", "/api/stream/stop", 405, "method_not_allowed"),
    ],
)
def test_wrong_addresses_and_methods(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    """What the router refuses leaves in our shape, without redirects."""
    answer = client.open(path, method=method)

    assert status == answer.status_code
    if method != "HEAD":
        assert (status, code) == _code(answer)


def test_an_upgrade_of_a_plain_address_is_refused(client: FlaskClient) -> None:
    """A WebSocket handshake with a REST address is a bad request."""
    answer = client.get("/health", headers={"Connection": "Upgrade", "Upgrade": "websocket"})

    assert _code(answer) == (400, "invalid_request")


def test_a_mistake_in_a_view_is_ours(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """A fault nobody thought of is a 500 in our shape, logged under the request's id."""

    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("secret")

    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/fault", headers={"X-Request-Id": "mine"})

    assert _code(answer) == (500, "internal_error")
    assert answer.headers["X-Request-Id"] == "mine"
    assert "secret" not in answer.text
    assert "Request mine failed." in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


@pytest.mark.parametrize("offered", ["abc-123", "A.b_c:d+e/f=", "x" * 128])
def test_a_sane_request_id_is_echoed(client: FlaskClient, offered: str) -> None:
    """The client's own id comes back, on successes and failures."""
    for path in ("/health", "/nowhere"):
        assert client.get(path, headers={"X-Request-Id": offered}).headers["X-Request-Id"] == offered


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "é", '"', "a;b"])
def test_other_request_ids_are_replaced(client: FlaskClient, offered: str) -> None:
    """What could harm a log or a header is not repeated."""
    answer = client.get("/health", headers={"X-Request-Id": offered})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_rate_headers_on_every_counted_answer(make_services: Callable[..., Services]) -> None:
    """Successes, 404, 405 and 413 tell where the client stands."""
    client = _client(make_services(rate_limit=10))
    answers = [
        client.get("/api/config"),
        client.get("/nowhere"),
        client.put("/api/config"),
        client.post("/api/config", data=TOO_MUCH, content_type="application/json"),
    ]

    assert ["9", "8", "7", "6"] == [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert {"10"} == {answer.headers["X-RateLimit-Limit"] for answer in answers}
    assert all(1 <= int(answer.headers["X-RateLimit-Reset"]) <= 60 for answer in answers)


def test_the_request_above_the_limit(make_services: Callable[..., Services]) -> None:
    """The next request is refused with the wait in all three places, and keeps its headers."""
    client = _client(make_services(rate_limit=1))
    client.get("/api/config")
    answer = client.get("/api/config")

    assert _code(answer) == (429, "rate_limit_exceeded")
    assert answer.json is not None
    assert answer.headers["Retry-After"] == str(answer.json["retry_after"])
    assert answer.headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("path", ["/health", "/live", "/ready", "/", "/version"])
@pytest.mark.parametrize("spelling", ["{}", "{}/"])
def test_open_addresses_are_free(make_services: Callable[..., Services], path: str, spelling: str) -> None:
    """Probes and the index need no key, do not count and carry no rate headers, however they are spelt."""
    path = spelling.format(path)
    client = _client(make_services(rate_limit=1, api_keys=("secret",)))
    answers = [client.get(path) for _ in range(3)]

    assert {200} == {answer.status_code for answer in answers}
    assert not [name for name in RATE_HEADERS for answer in answers if name in answer.headers]


@pytest.mark.parametrize("path", ["/api/config", "/metrics", "/nowhere", "/api/entries", "/api/config/"])
def test_everything_else_wants_the_key(make_services: Callable[..., Services], path: str) -> None:
    """Without a key nobody learns even what exists; the refusal counts and says so."""
    client = _client(make_services(api_keys=("secret",)))
    answer = client.get(path)

    assert _code(answer) == (401, "unauthorized")
    assert answer.headers["X-RateLimit-Remaining"] == "99"
    assert client.get("/api/config", headers={"X-API-Key": "secret"}).status_code == 200
    assert client.get("/api/config", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_clients_behind_a_trusted_proxy_have_windows_of_their_own(
    make_services: Callable[..., Services],
) -> None:
    """With one trusted hop the last forwarded address counts; without any, the peer's."""
    behind = _client(make_services(rate_limit=1), trusted_proxies=1)
    direct = _client(make_services(rate_limit=1))
    hops = ["203.0.113.1", "203.0.113.2"]

    assert [200, 200] == [
        behind.get("/api/config", headers={"X-Forwarded-For": hop}).status_code for hop in hops
    ]
    assert [200, 429] == [
        direct.get("/api/config", headers={"X-Forwarded-For": hop}).status_code for hop in hops
    ]


@pytest.mark.parametrize("path", ["/api/config", "/api/stream/start", "/api/stream/stop", "/nowhere"])
def test_an_oversize_body_is_refused_everywhere(client: FlaskClient, path: str) -> None:
    """A body above 1 MiB is too large, whether or not the call would have read it."""
    announced = client.post(path, data=TOO_MUCH, content_type="application/json")

    assert _code(announced) == (413, "payload_too_large")


def test_a_request_id_is_made_up_by_the_given_source(make_services: Callable[..., Services]) -> None:
    """Where ids come from is decided outside."""
    assert _client(make_services()).get("/health").headers["X-Request-Id"] == "made-up"


def test_answers_are_counted_by_status(make_services: Callable[..., Services]) -> None:
    """Each answer adds one to its class of status."""
    services = make_services()
    client = _client(services)
    for path in ("/health", "/nowhere", "/nowhere"):
        client.get(path)
    counts = {
        dict(labels)["status"]: value
        for (count, labels), value in services.counters.counts().items()
        if count == "requests" and labels
    }

    assert counts == {"2xx": 1, "4xx": 2}


def test_answers_are_not_cached(client: FlaskClient) -> None:
    """State changes from call to call, so nothing in between may keep an answer."""
    assert client.get("/api/config").headers["Cache-Control"] == "no-store"


def test_low_memory_refuses_work_and_nothing_else(make_services: Callable[..., Services]) -> None:
    """Calls that would generate get 503 and when to come back; the others are answered."""
    services = make_services(memory_limit=1)
    waker = ThreadWaker()
    services.registry.attach(waker)
    assert services.guard.low or waker.wait(5.0)
    client = _client(services)
    refused = [client.post("/api/stream/start"), client.get("/api/entries"), client.get("/ready")]

    assert [(503, "overloaded")] * 3 == [_code(answer) for answer in refused]
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert client.get("/api/config").status_code == 200
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/config/"), ("POST", "/api/stream/stop/"), ("GET", "/api/streams/"), ("HEAD", "/metrics/")],
)
def test_a_slash_makes_no_other_address(client: FlaskClient, method: str, path: str) -> None:
    """A slash at the end changes nothing, and nobody is sent elsewhere."""
    answer = client.open(path, method=method)
    plain = client.open(f"/{path.strip('/')}", method=method)

    assert plain.status_code == answer.status_code
    assert plain.headers["Content-Type"] == answer.headers["Content-Type"]
    assert answer.status_code != 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "host", ["", "a b", "localhost:x", "user@localhost", "a,b", "[::1", "localhost:65536"]
)
def test_a_broken_host_is_a_bad_request(client: FlaskClient, host: str) -> None:
    """What is no host is refused before anything else is asked, also by the probes."""
    answers = [client.get(path, headers={"Host": host}) for path in ("/health", "/api/config")]

    assert [(400, "invalid_request")] * 2 == [_code(answer) for answer in answers]


def test_other_codings_are_not_implemented(client: FlaskClient) -> None:
    """A body that has been packed for the way cannot be read."""
    answer = client.post("/api/config", data=b"{}", headers={"Transfer-Encoding": "gzip, chunked"})

    assert _code(answer) == (501, "not_implemented")


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/entries?count=1", "/"])
def test_no_browser_guesses_what_an_answer_is(client: FlaskClient, path: str) -> None:
    """Successes, failures and downloads say that their type is meant."""
    assert "nosniff" == client.get(path).headers["X-Content-Type-Options"]


PATHS = st.lists(st.sampled_from(["/", "a", "é", ".", "%2f"])).map("".join)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("*", "/*"),
        ("/health", "/health"),
        ("/health/", "/health"),
        ("//health", "/health"),
        ("/health//", "/health/"),
        ("/api//config", "/api//config"),
    ],
)
def test_slashes_at_the_ends(path: str, expected: str) -> None:
    """One at the end is dropped, those at the start are one, those between stay."""
    assert expected == one_spelling(path)


@given(PATHS)
def test_a_path_begins_with_one_slash(path: str) -> None:
    """Whatever a server hands over, guards and routes see a path that begins with one slash."""
    spelt = one_spelling(path)

    assert spelt.startswith("/")
    assert not spelt.startswith("//")
    assert path.strip("/") == spelt.strip("/")


@pytest.mark.parametrize(
    ("offered", "seen"),
    [
        ("h2c, WebSocket", "websocket"),
        ("websocket", "websocket"),
        ("h2c", "h2c"),
        ("websockets", "websockets"),
    ],
)
def test_a_websocket_among_other_protocols(offered: str, seen: str) -> None:
    """Of several protocols that a client offers, the router sees the one that it knows."""
    environ = {"PATH_INFO": "/ws/events/", "HTTP_UPGRADE": offered}
    list(with_one_spelling(lambda *_: [])(environ, lambda *_: None))

    assert {"PATH_INFO": "/ws/events", "HTTP_UPGRADE": seen} == environ
