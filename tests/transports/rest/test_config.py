"""The configuration calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import build_app
from datasynth.transports.rest.options import RestOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from datasynth.service.services import Services


def _count(client: FlaskClient) -> int:
    answer = client.get("/api/config").json
    assert answer is not None
    count = answer["transactions"]["target_count"]
    assert isinstance(count, int)
    return count


def test_the_whole_configuration_is_shown(client: FlaskClient) -> None:
    """The page's example is part of the answer, sections in the order of the page."""
    answer = client.get("/api/config").json

    assert answer is not None
    assert next(iter(answer)) == "global"
    assert answer["global"]["seed"] == 42
    assert answer["global"]["industry"] == "manufacturing"
    assert answer["global"]["start_date"] == "2024-01-01"
    assert answer["global"]["period_months"] == 12


def test_a_partial_document_is_merged(client: FlaskClient) -> None:
    """A change answers with the whole result and holds from then on."""
    answer = client.post("/api/config", json={"transactions": {"target_count": 50_000}})

    assert answer.status_code == 200
    assert answer.json == client.get("/api/config").json
    assert _count(client) == 50_000


def test_yaml_is_as_good_as_json(client: FlaskClient) -> None:
    """The same change in the other spelling has the same effect."""
    answer = client.post(
        "/api/config", data="transactions:\n  target_count: 77\n", content_type="application/yaml"
    )

    assert answer.status_code == 200
    assert _count(client) == 77


def test_null_returns_a_key_to_its_default(client: FlaskClient) -> None:
    """What was overridden can be given back."""
    client.post("/api/config", json={"global": {"seed": 7}})
    answer = client.post("/api/config", json={"global": {"seed": None}}).json

    assert answer is not None
    assert answer["global"]["seed"] == 42


@pytest.mark.parametrize("path", ["/api/config", "/api/config/validate"])
def test_all_problems_are_told_at_once(client: FlaskClient, path: str) -> None:
    """A refusal names every faulty key by its dotted path, and nothing has changed."""
    before = client.get("/api/config").json
    answer = client.post(
        path,
        json={"transactions": {"target_count": 0, "wrong": 1}, "global": {"seed": "x", "period_months": 3}},
    )

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_configuration"
    assert {"transactions.target_count", "transactions.wrong", "global.seed"} == set(answer.json["details"])
    assert before == client.get("/api/config").json


def test_validation_changes_nothing(client: FlaskClient) -> None:
    """A valid document is answered with the result of the merge, which does not happen."""
    before = _count(client)
    answer = client.post("/api/config/validate", json={"transactions": {"target_count": 123}})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["valid"] is True
    assert answer.json["config"]["transactions"]["target_count"] == 123
    assert before == _count(client)


@pytest.mark.parametrize("path", ["/api/config", "/api/config/validate"])
def test_an_empty_body_changes_nothing(client: FlaskClient, path: str) -> None:
    """Nothing sent is a document that changes nothing, and needs no content type."""
    before = client.get("/api/config").json

    assert client.post(path).status_code == 200
    assert before == client.get("/api/config").json


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"global": {"seed": NaN}}', "application/json", 400),
        (b'{"global": {"seed": 1}, "global": {"seed": 2}}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"a: &a [1]\nb: *a", "text/yaml", 400),
        (b'{"global": {"seed": 1e400}}', "application/json", 400),
        (b'{"global": {"seed": %s}}' % (b"9" * 90), "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", None, 415),
    ],
)
def test_bad_documents(client: FlaskClient, body: bytes, content_type: str | None, status: int) -> None:
    """Whatever is sent, the answer is an error of the table and the configuration stays."""
    before = client.get("/api/config").json
    answer = client.post("/api/config", data=body, content_type=content_type)

    assert status == answer.status_code
    assert answer.json is not None
    assert answer.json["error"] in {"invalid_request", "invalid_configuration", "unsupported_media_type"}
    assert before == client.get("/api/config").json


@pytest.fixture
def dear(make_services: Callable[..., Services]) -> FlaskClient:
    """Speak to a server whose journals take a gigabyte a company, of which two fit."""
    services = make_services(rate_limit=0, estimate_bytes=lambda config: len(config.companies) * 10**9)
    return build_app(services, RestOptions(), ThreadWaker).test_client()


THREE = {"companies": [{"code": code} for code in ("A", "B", "C")]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/config", THREE),
        ("/api/config/validate", THREE),
        ("/api/stream/start", {"config": THREE}),
    ],
)
def test_what_costs_too_much_is_refused(dear: FlaskClient, path: str, body: dict[str, object]) -> None:
    """POST, validate and start refuse a configuration for its cost alike, with both figures."""
    answer = dear.post(path, json=body)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_configuration"
    assert answer.json["details"] == {"estimated_bytes": 3 * 10**9, "allowed_bytes": 2 * 10**9}
    assert "3,000 MB" in answer.json["message"]
    assert dear.get("/api/streams").json == {"streams": []}
    assert len(dear.get("/api/config").get_json()["companies"]) == 1


def test_a_dear_configuration_in_force_is_refused_to_readers(make_services: Callable[..., Services]) -> None:
    """Downloads and reference data of a configuration that the server began with are refused as well."""
    services = make_services(rate_limit=0, estimate_bytes=lambda _: 3 * 10**9)
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    refused = [
        client.get(path).status_code
        for path in ("/api/entries?count=1", "/api/accounts", "/api/parties", "/api/users", "/api/balances")
    ]

    assert [400] * 5 == refused
