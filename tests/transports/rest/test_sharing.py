"""What pages of other origins may read of an answer: sharing, as browsers ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services

PAGE = "https://app.example"
READABLE = {
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "X-Request-Id",
    "Content-Disposition",
    "Content-Range",
    "Accept-Ranges",
}


def _client(services: Services, *origins: str) -> FlaskClient:
    options = RestOptions(allowed_origins=origins or (PAGE,))
    return build_app(services, options, ThreadWaker).test_client()


def _ask(
    client: FlaskClient, path: str, method: str = "POST", origin: str = PAGE, **more: str
) -> TestResponse:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, **more}
    return client.options(path, headers=asked)


def _words(answer: TestResponse, header: str) -> set[str]:
    return {word.strip() for word in answer.headers.get(header, "").split(",")}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/config", {"GET", "HEAD", "POST"}),
        ("/api/stream/start", {"POST"}),
        ("/api/stream/trigger/month_end", {"POST"}),
        ("/api/entries", {"GET", "HEAD"}),
        ("/health", {"GET", "HEAD"}),
        ("/nowhere", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_preflight_is_told_the_methods_of_the_address(
    make_services: Callable[..., Services], path: str, methods: set[str]
) -> None:
    """It needs no key and does not count; an address that is none is told by the request itself."""
    client = _client(make_services(api_keys=("secret",), rate_limit=1))
    for _ in range(3):
        answer = _ask(client, path)

        assert (204, b"") == (answer.status_code, answer.data)
        assert methods == _words(answer, "Access-Control-Allow-Methods")
        assert {"X-API-Key", "Authorization", "Content-Type"} == _words(
            answer, "Access-Control-Allow-Headers"
        )
        assert (PAGE, "7200") == (
            answer.headers["Access-Control-Allow-Origin"],
            answer.headers["Access-Control-Max-Age"],
        )
        assert "Origin" in answer.vary
        assert "X-RateLimit-Remaining" not in answer.headers


def test_a_preflight_of_a_strange_page_is_refused(make_services: Callable[..., Services]) -> None:
    """Without headers that would let its browser go on."""
    answer = _ask(_client(make_services()), "/api/config", origin="https://evil.example")

    assert answer.status_code == 403
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_a_preflight_for_a_private_network(make_services: Callable[..., Services]) -> None:
    """A browser that asks whether a page of the Internet may reach this machine is told so, and no other."""
    client = _client(make_services())
    asked = _ask(client, "/api/config", **{"Access-Control-Request-Private-Network": "true"})

    assert asked.headers["Access-Control-Allow-Private-Network"] == "true"
    assert "Access-Control-Allow-Private-Network" not in _ask(client, "/api/config").headers


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": PAGE}, {"Access-Control-Request-Method": "POST"}],
    ids=["bare", "origin", "method"],
)
def test_other_options_are_no_preflights(
    make_services: Callable[..., Services], headers: dict[str, str]
) -> None:
    """A browser sends both headers; anything else is a method that the address does not take."""
    answer = _client(make_services()).options("/api/config", headers=headers)

    assert answer.status_code == 405
    assert "OPTIONS" not in answer.headers["Allow"]


def test_every_answer_can_be_read_by_the_page(make_services: Callable[..., Services]) -> None:
    """Successes, downloads and every kind of failure name the origin, and the headers that it may read."""
    client = _client(make_services(api_keys=("secret",), rate_limit=9))
    key = {"Origin": PAGE, "X-API-Key": "secret"}
    broken = {"data": b"{", "content_type": "application/json"}
    answers = [
        client.get("/health", headers=key),
        client.get("/api/config", headers=key),
        client.get("/api/entries?count=1", headers=key),
        client.head("/api/config", headers=key),
        client.get("/metrics", headers=key),
        client.post("/api/config", headers=key, **broken),
        client.get("/api/config", headers={"Origin": PAGE}),
        client.get("/nowhere", headers=key),
        client.put("/api/config", headers=key),
        client.post("/api/stream/stop", headers=key),
        client.post("/api/config", headers=key, data=b" " * (1 << 20) + b"{}"),
        client.get("/api/config", headers=key),
    ]
    statuses = [200, 200, 200, 200, 200, 400, 401, 404, 405, 409, 413, 429]

    assert statuses == [answer.status_code for answer in answers]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Origin" in answer.vary
        assert _words(answer, "Access-Control-Expose-Headers") >= READABLE
        assert "Access-Control-Allow-Credentials" not in answer.headers
        answer.close()


@pytest.mark.parametrize("path", ["/health", "/metrics", "/nowhere", "/api/config", "/ws/events"])
def test_a_strange_page_gets_nothing_anywhere(make_services: Callable[..., Services], path: str) -> None:
    """It is 403 on every address, before key and window, and is not to be read by the page."""
    client = _client(make_services(api_keys=("secret",), rate_limit=1))
    answers = [client.get(path, headers={"Origin": "https://evil.example"}) for _ in range(3)]

    assert [403] * 3 == [answer.status_code for answer in answers]
    for answer in answers:
        assert answer.json is not None
        assert answer.json["error"] == "forbidden"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "X-RateLimit-Remaining" not in answer.headers
        assert "Origin" in answer.vary


@pytest.mark.parametrize("path", ["/health", "/metrics", "/nowhere", "/api/config", "/ws/events"])
def test_another_name_is_not_answered_anywhere(client: FlaskClient, path: str) -> None:
    """A request that calls the server by a strange name is 400 on every address."""
    answer = client.get(path, headers={"Host": "evil.example"})

    assert answer.json is not None
    assert (400, "invalid_request") == (answer.status_code, answer.json["error"])
    assert "--allowed-host" in answer.json["message"]


def test_a_strange_page_changes_nothing(make_services: Callable[..., Services]) -> None:
    """A form that any page may send does not start a stream."""
    services = make_services()
    page = {"Origin": "https://evil.example"}
    answer = _client(services).post("/api/stream/start", headers=page, content_type="text/plain")

    assert answer.status_code == 403
    assert list(services.registry.all()) == []


def test_any_origin_is_named_as_it_is(make_services: Callable[..., Services]) -> None:
    """With `*` the answer still names the one that asked, `null` included."""
    client = _client(make_services(), "*")

    for origin in ("https://anywhere.example", "null"):
        answer = client.get("/health", headers={"Origin": origin})
        assert (200, origin) == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])


def test_programs_see_no_difference(client: FlaskClient) -> None:
    """Without an origin there is nothing about sharing in the answer."""
    answer = client.get("/api/config")

    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
