"""The AsyncAPI document, the channels, and the messages that really come: held against one another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from datasynth.transports.events.query import KEYS, TYPES
from datasynth.transports.guard import EVENT_STREAM_PATH
from tests.transports.documents.answers import closed
from tests.transports.documents.conftest import whole_app
from tests.transports.rest.test_event_stream import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from datasynth.service.services import Services

STANDARD = Path(__file__).parent / "asyncapi-3.0.0.schema.json"
"""The standard's own schema, from the npm package @asyncapi/specs 6.11.1 (Apache-2.0)."""


def _document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] | None = client.get("/asyncapi.json").json
    assert found is not None
    return found


@pytest.mark.parametrize("keys", [(), ("secret",)])
def test_the_document_is_valid(make_services: Callable[..., Services], keys: tuple[str, ...]) -> None:
    """The standard's schema finds no fault in it, and each payload is one of JSON Schema 2020-12."""
    document = _document(whole_app(make_services(api_keys=keys)).test_client())
    judge = Draft7Validator(json.loads(STANDARD.read_text()))

    assert [] == [fault.message[:300] for fault in judge.iter_errors(document)]
    assert bool(keys) == all("security" in server for server in document["servers"].values())
    for message in document["components"]["messages"].values():
        Draft202012Validator.check_schema(message["payload"])


def test_references_lead_somewhere(app: Flask) -> None:
    """Every reference in the document finds what it names."""
    document = _document(app.test_client())
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found = document
        for step in reference.split("/"):
            found = found[step]


def test_every_websocket_is_a_channel(app: Flask) -> None:
    """Addresses are those of the routes, and the query has their keys."""
    document = _document(app.test_client())
    sockets = {rule.rule for rule in app.url_map.iter_rules() if rule.websocket}
    query = document["channels"]["events"]["bindings"]["ws"]["query"]

    assert {*sockets, EVENT_STREAM_PATH} == {one["address"] for one in document["channels"].values()}
    assert KEYS == tuple(query["properties"])
    assert TYPES == tuple(document["channels"]["events"]["messages"])


def test_components_are_those_of_openapi(app: Flask, document: dict[str, Any]) -> None:
    """A schema that both have is the same in both."""
    shared = _document(app.test_client())["components"]["schemas"]

    assert shared == {name: document["components"]["schemas"][name] for name in shared}


@pytest.mark.parametrize("view", ["line", "document"])
def test_messages_are_what_the_document_says(make_services: Callable[..., Services], view: str) -> None:
    """Every type but a failure's and low memory's is received, with the described keys and no others."""
    services = make_services(rate_limit=0)
    client = whole_app(services).test_client()
    document = _document(client)
    started = client.post("/api/stream/start", json={"count": 5, "entries_per_second": 1_000}).json
    assert started is not None
    for call in ("pause", "trigger/month_end", "resume"):
        assert 200 == client.post(f"/api/stream/{call}").status_code
    query = {"stream_id": started["stream_id"], "view": view}
    told = [json.loads(one["data"]) for one in events(client.get(EVENT_STREAM_PATH, query_string=query).text)]
    slow = client.post("/api/stream/start", json={"entries_per_second": 0.001}).json
    assert slow is not None
    client.post("/api/stream/pause")
    client.post("/api/stream/stop")
    query["stream_id"] = slow["stream_id"]
    told += [
        json.loads(one["data"]) for one in events(client.get(EVENT_STREAM_PATH, query_string=query).text)
    ]

    assert {"started", "trigger", "progress", "entry", "complete", "stopped", "paused"} <= {
        one["type"] for one in told
    }
    for message in told:
        payload = document["components"]["messages"][message["type"]]["payload"]
        schema = {**closed(payload), "components": closed(document["components"])}
        faults = [fault.message for fault in Draft202012Validator(schema).iter_errors(message)]
        assert [] == faults, message


def test_counters_are_what_the_document_says(make_services: Callable[..., Services]) -> None:
    """All counters of the server are numbers beside the type."""
    services = make_services()
    document = _document(whole_app(services).test_client())
    payload = document["components"]["messages"]["metrics"]["payload"]
    message = {"type": "metrics", **services.counters.snapshot()}

    assert [] == list(Draft202012Validator(payload).iter_errors(message))
