"""The OpenAPI document, the routes, and what the server really answers: held against one another."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from datasynth.errors import DatasynthError
from datasynth.generation.journal import Journal
from datasynth.transports.documents.routes import FILES, SCHEMAS, operations_of
from datasynth.transports.errors import error_table
from datasynth.transports.open_addresses import is_open
from tests.transports.documents.answers import operation_at, problems
from tests.transports.documents.conftest import whole_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services

YAML = {"Content-Type": "application/yaml"}
READABLE = ("document_id", "posting_date")

GOOD: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/", {}),
    ("GET", "/", {"headers": {"Accept": "text/html"}}),
    ("GET", "/version", {}),
    ("GET", "/openapi.json", {}),
    ("GET", "/asyncapi.json", {}),
    ("GET", "/docs", {}),
    *(("GET", f"/docs/{name}", {}) for name in (*FILES, *SCHEMAS)),
    ("GET", "/page/datasynth.js", {}),
    ("GET", "/page/page.css", {}),
    ("GET", "/health", {}),
    ("GET", "/live", {}),
    ("GET", "/ready", {}),
    ("GET", "/metrics", {}),
    ("GET", "/api/config", {}),
    ("POST", "/api/config", {"json": {"global": {"seed": 7}}}),
    ("POST", "/api/config/validate", {"data": "global: {seed: 8}", "headers": YAML}),
    ("POST", "/api/stream/start", {"json": {"entries_per_second": 1}}),
    ("GET", "/api/stream", {}),
    ("POST", "/api/stream/pause", {}),
    ("POST", "/api/stream/trigger/month_end", {}),
    ("POST", "/api/stream/resume", {}),
    ("POST", "/api/stream/stop", {}),
    ("GET", "/api/stream", {}),
    ("GET", "/api/streams", {}),
    ("GET", "/api/stream/events", {"query_string": "types=complete"}),
    ("POST", "/api/ws/ticket", {}),
    ("GET", "/api/entries", {"query_string": "count=3"}),
    *(
        ("GET", "/api/entries", {"query_string": f"count=3&{query}"})
        for query in ("format=csv", "format=arrow", "format=parquet", "compression=gzip", "compression=zstd")
    ),
    ("GET", "/api/entries", {"query_string": "count=3", "headers": {"Range": "bytes=0-9"}}),
    *(("GET", "/api/statements", {"query_string": f"at=head&format={format}"}) for format in ("json", "csv")),
    ("GET", "/api/statistics", {"query_string": "at=50&per=month"}),
    ("GET", "/api/statistics", {}),
    *(
        ("GET", f"/api/{table}", {"query_string": f"format={format}"})
        for table in ("accounts", "parties", "users", "balances", "open-items")
        for format in ("json", "csv")
    ),
    ("GET", "/api/balances", {"headers": {"Range": "bytes=0-9"}}),
]
"""Requests that succeed, in an order in which they do: every operation is there."""

BAD: list[tuple[str, str, int, dict[str, Any]]] = [
    ("POST", "/api/config", 400, {"json": {"global": {"seed": "x"}}}),
    ("POST", "/api/config", 400, {"data": "{", "content_type": "application/json"}),
    ("POST", "/api/config", 413, {"data": b" " * 1_100_000, "content_type": "application/json"}),
    ("POST", "/api/config", 415, {"data": b"x", "content_type": "text/plain"}),
    ("POST", "/api/stream/pause", 409, {}),
    ("POST", "/api/stream/trigger", 400, {}),
    ("POST", "/api/stream/trigger/nothing", 400, {}),
    ("GET", "/api/stream", 404, {}),
    ("GET", "/api/streams/nobody", 404, {}),
    ("GET", "/api/entries", 400, {"query_string": "from=-1"}),
    ("GET", "/api/entries", 404, {"query_string": "stream_id=nobody"}),
    ("GET", "/api/entries", 412, {"headers": {"If-Match": '"other"'}}),
    ("GET", "/api/entries", 416, {"query_string": "count=1", "headers": {"Range": "bytes=999999-"}}),
    ("GET", "/docs/nothing", 404, {}),
    ("GET", "/health", 403, {"headers": {"Origin": "https://evil.example"}}),
    ("GET", "/health", 400, {"headers": {"Host": "evil.example"}}),
    ("GET", "/api/config", 501, {"headers": {"Transfer-Encoding": "gzip"}}),
    ("DELETE", "/api/config", 405, {}),
]
"""Requests that fail, with the status of the answer."""


def _send(client: FlaskClient, method: str, path: str, request: dict[str, Any]) -> TestResponse:
    return client.open(path, method=method, **request)


def _methods_and_templates(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """A validator of OpenAPI 3.1 finds no fault, and every schema in it is one of JSON Schema 2020-12."""
    assert [] == [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_has_an_operation_and_every_operation_a_route(
    app: Flask, document: dict[str, Any]
) -> None:
    """Addresses and methods are the same; HEAD goes with every GET, and WebSockets are elsewhere."""
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if not rule.websocket
        for method in (rule.methods or set()) - {"HEAD"}
    }

    assert routes == _methods_and_templates(document)


def test_every_operation_has_an_id_of_its_own(app: Flask) -> None:
    """Programs that write clients name calls by it."""
    names = [operation.name for operation in operations_of(app)]

    assert len(names) == len(set(names))


def test_every_error_appears(document: dict[str, Any]) -> None:
    """Each code of the table is the answer of some operation, under its own status."""
    found = {
        (code, status)
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if "$ref" in answer
        for code in answer["$ref"].rpartition("/")[2].split(".")
    }

    assert {(code, str(kind.status.value)) for code, kind in error_table().items()} == found
    assert set(error_table()) == {kind.code for kind in _leaves(DatasynthError)}


def _leaves(kind: type[DatasynthError]) -> list[type[DatasynthError]]:
    below = [leaf for child in kind.__subclasses__() for leaf in _leaves(child)]
    abstract = kind is DatasynthError or (below and "code" not in vars(kind))
    return below if abstract else [kind, *below]


def test_open_pages_want_no_key(document: dict[str, Any]) -> None:
    """The document says of each address what the guard does."""
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert is_open(path) == (operation["security"] == [])
            assert ("401" in operation["responses"]) == (not is_open(path))


@pytest.mark.parametrize(("keys", "optional"), [((), True), (("secret",), False)])
def test_a_key_is_optional_where_the_server_has_none(
    make_services: Callable[..., Services], keys: tuple[str, ...], optional: bool
) -> None:
    """An open server says that a key may be left out."""
    document = whole_app(make_services(api_keys=keys)).test_client().get("/openapi.json").json
    assert document is not None

    assert optional == ({} in operation_at(document, "GET", "/api/config")["security"])


@pytest.mark.slow
def test_answers_are_what_the_document_says(make_services: Callable[..., Services]) -> None:
    """Each operation is tried, and its answer has the described keys and no others."""
    app = whole_app(make_services(rate_limit=0, make_journal=lambda config, _: Journal(config)))
    client = app.test_client()
    document = client.get("/openapi.json").json
    assert document is not None
    found: list[str] = []
    tried = set()
    for method, path, request in GOOD:
        answer = _send(client, method, path, request)
        assert answer.status_code in {200, 206}, (method, path, answer.text)
        found += problems(document, method, path, answer)
        tried.add(operation_at(document, method, path)["operationId"])
    [stream] = client.get("/api/streams").json["streams"]  # type: ignore[index]  # it was answered
    path = f"/api/streams/{stream['stream_id']}"
    found += problems(document, "GET", path, client.get(path))
    tried.add("show_stream_by_id")

    assert [] == found
    # It never succeeds.
    assert {operation.name for operation in operations_of(app)} - tried == {"trigger_without_pattern"}


@pytest.mark.parametrize(("method", "path", "status", "request_"), BAD)
def test_failures_are_what_the_document_says(
    app: Flask, document: dict[str, Any], method: str, path: str, status: int, request_: dict[str, Any]
) -> None:
    """A refusal has a described status, code and shape."""
    answer = _send(app.test_client(), method, path, request_)
    described = "GET" if method == "DELETE" else method

    assert status == answer.status_code
    assert [] == problems(document, described, path, answer)


def test_refusals_of_the_guard_are_what_the_document_says(make_services: Callable[..., Services]) -> None:
    """A missing key and a full window have the described shape and headers."""
    client = whole_app(make_services(api_keys=("secret",), rate_limit=1)).test_client()
    document = client.get("/openapi.json").json
    assert document is not None
    answers = [client.get("/api/config", headers={"X-API-Key": key}) for key in ("wrong", "secret", "secret")]

    assert [401, 200, 429] == [answer.status_code for answer in answers]
    assert [] == [fault for one in answers for fault in problems(document, "GET", "/api/config", one)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "view"), [(name, str(view)) for name, view in SCHEMAS.items()])
def test_entries_are_what_their_schema_says(
    make_services: Callable[..., Services], name: str, view: str
) -> None:
    """Each record of a download has the fields of the published schema, in its order, and no others."""
    services = make_services(rate_limit=0, make_journal=lambda config, _: Journal(config))
    client = whole_app(services).test_client()
    schema = client.get(f"/docs/{name}").json
    assert schema is not None
    judge = Draft202012Validator(
        {**schema, "additionalProperties": False}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    records = [json.loads(line) for line in client.get(f"/api/entries?view={view}").text.splitlines()]

    assert len(records) >= 200
    assert [] == [fault.message for record in records for fault in judge.iter_errors(record)]
    assert {tuple(schema["properties"])} == {tuple(record) for record in records}
