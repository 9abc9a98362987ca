"""Reference data over HTTP."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest import reference
from datasynth.transports.rest.app import RestOptions, build_app
from tests.transports.conftest import TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services

CALLS = {
    "/api/accounts": "accounts",
    "/api/parties": "parties",
    "/api/users": "users",
    "/api/balances": "balances",
    "/api/open-items": "items",
}
CONTRACT = {
    "/api/accounts": ["account", "name", "class", "type", "normal_side", "postable", "control"],
    "/api/parties": ["partner_id", "partner_type", "name", "country"],
    "/api/users": ["user_id", "name", "role", "approval_limit"],
    "/api/balances": ["company_code", "account", "currency", "opening", "debit", "credit", "balance"],
    "/api/open-items": [
        "company_code",
        "account",
        "partner_id",
        "document_id",
        "reference",
        "posting_date",
        "due_date",
        "currency",
        "amount",
        "local_amount",
    ],
}


def _get(client: FlaskClient, path: str) -> TestResponse:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer


def _read(client: FlaskClient, path: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(_get(client, path).data)
    return decoded


@pytest.mark.parametrize("path", CALLS)
def test_shapes(client: FlaskClient, path: str) -> None:
    """Each call answers one JSON object with a list whose rows have the promised keys, in order."""
    answer = _get(client, path)
    rows = json.loads(answer.data)[CALLS[path]]

    assert answer.headers["Content-Type"] == "application/json"
    assert rows
    assert all(CONTRACT[path] == list(row)[: len(CONTRACT[path])] for row in rows)


@pytest.mark.parametrize("path", CALLS)
def test_csv_holds_what_json_holds(client: FlaskClient, path: str) -> None:
    """CSV has a header row and LF, the same rows, and nothing where JSON has null."""
    answer = _get(client, f"{path}?format=csv")
    rows = _read(client, path)[CALLS[path]]
    spelt = {None: "", True: "true", False: "false"}
    expected = [{key: spelt.get(value, str(value)) for key, value in row.items()} for row in rows]

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "\r" not in answer.text
    assert answer.text.endswith("\n")
    assert expected == list(csv.DictReader(answer.text.splitlines()))


@pytest.mark.parametrize("path", ["/api/balances", "/api/open-items"])
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("", TOTAL),
        ("?at=0", 0),
        ("?at=7", 7),
        ("?at=2023-12-31", 0),
        ("?at=2024-01-01", TOTAL),
        ("?at=2030-01-01", TOTAL),
    ],
)
def test_positions(client: FlaskClient, path: str, at: str, expected: int) -> None:
    """The answer says how many entries it counts and when the last of them was posted, in headers too."""
    answer = _get(client, path + at)
    facts = json.loads(answer.data)

    assert (expected, "2024-01-01") == (facts["at_sequence"], facts["at_date"])
    assert (str(expected), "2024-01-01") == (answer.headers["X-At-Sequence"], answer.headers["X-At-Date"])


def test_pages(client: FlaskClient) -> None:
    """Following `next_cursor` leads through all open items, and the last page has null there."""
    whole = _read(client, "/api/open-items")
    pages = [_read(client, "/api/open-items?limit=7")]
    while pages[-1]["next_cursor"] is not None:
        pages.append(_read(client, f"/api/open-items?limit=7&cursor={pages[-1]['next_cursor']}"))

    assert whole["next_cursor"] is None
    assert [7, 7, 6] == [len(page["items"]) for page in pages]
    assert whole["items"] == [item for page in pages for item in page["items"]]


def test_pages_in_csv(client: FlaskClient) -> None:
    """A CSV's next cursor is a header, which the last page lacks."""
    first = _get(client, "/api/open-items?limit=15&format=csv")
    last = _get(client, f"/api/open-items?limit=15&format=csv&cursor={first.headers['X-Next-Cursor']}")

    assert (16, 6) == (first.text.count("\n"), last.text.count("\n"))
    assert "X-Next-Cursor" not in last.headers


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/api/accounts?at=5", "at"),
        ("/api/parties?limit=5", "limit"),
        ("/api/users?company=nobody", "company"),
        ("/api/balances?cursor=5", "cursor"),
        (f"/api/balances?at={TOTAL + 1}", "at"),
        ("/api/balances?at=2024-02-30", "at"),
        ("/api/open-items?limit=10001", "limit"),
        ("/api/open-items?cursor=5", "cursor"),
        ("/api/open-items?format=ndjson", "format"),
    ],
)
def test_bad_queries(client: FlaskClient, path: str, key: str) -> None:
    """A bad query is refused before anything is sent, and its key is named."""
    answer = client.get(path)

    assert answer.status_code == 400
    assert answer.json is not None
    assert "invalid_request" == answer.json["error"]
    assert [key] == list(answer.json["details"])


@pytest.mark.parametrize("path", CALLS)
def test_unknown_streams_are_not_found(client: FlaskClient, path: str) -> None:
    """A stream that nobody started has no reference data."""
    answer = client.get(f"{path}?stream_id=nobody")

    assert answer.status_code == 404
    assert answer.json is not None
    assert "not_found" == answer.json["error"]


def test_a_stream_has_reference_data_of_its_own(client: FlaskClient) -> None:
    """A stream's reference data are those of its start, whatever the configuration is now."""
    started = client.post("/api/stream/start", json={"entries_per_second": 1, "count": 50}).json
    assert started is not None
    client.post("/api/config", json={"companies": [{"code": "2000"}]})
    query = f"stream_id={started['stream_id']}&company=1000"

    assert 50 == _read(client, f"/api/balances?{query}")["at_sequence"]
    assert ["C-1000"] == [row["partner_id"] for row in _read(client, f"/api/parties?{query}")["parties"]]
    assert client.get("/api/parties?company=1000").status_code == 400


@pytest.mark.parametrize("path", CALLS)
def test_head_answers_like_get_without_a_body(client: FlaskClient, path: str) -> None:
    """HEAD has the same headers and failures, and no body."""
    answer = client.head(f"{path}?format=csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.data == b""
    assert client.head(f"{path}?format=x").status_code == 400


def test_low_memory_refuses(make_services: Callable[..., Services]) -> None:
    """While memory is low every call is 503 and says when to come back."""
    services = make_services(memory_limit=1)
    waker = ThreadWaker()
    services.registry.attach(waker)
    assert services.guard.low or waker.wait(5.0)
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    answers = [client.get(path) for path in CALLS]

    assert [503] * len(CALLS) == [answer.status_code for answer in answers]
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("format", ["json", "csv"])
def test_a_short_table_has_a_length_and_parts(client: FlaskClient, path: str, format: str) -> None:
    """A table that fits is told whole in HEAD, and any part of it can be had, as data frames want it."""
    url = f"{path}?format={format}"
    whole, head = _get(client, url), client.head(url)
    part = client.get(url, headers={"Range": "bytes=3-9"})

    assert str(len(whole.data)) == whole.headers["Content-Length"] == head.headers["Content-Length"]
    assert (206, whole.data[3:10]) == (part.status_code, part.data)
    assert f"bytes 3-9/{len(whole.data)}" == part.headers["Content-Range"]
    assert 304 == client.get(url, headers={"If-None-Match": head.headers["ETag"]}).status_code
    assert 416 == client.get(url, headers={"Range": "bytes=99999999-"}).status_code


def test_a_table_is_saved_under_its_name(client: FlaskClient) -> None:
    """CSV is a file to save; JSON is shown."""
    saved = _get(client, "/api/open-items?format=csv").headers["Content-Disposition"]

    assert 'attachment; filename="open-items.csv"' == saved
    assert "Content-Disposition" not in _get(client, "/api/open-items").headers


def test_a_long_table_is_sent_as_it_is_made(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What exceeds the bound comes whole, without a length."""
    whole = _get(client, "/api/accounts").data
    monkeypatch.setattr(reference, "LARGEST_HELD", 10)
    answer = client.get("/api/accounts", headers={"Range": "bytes=0-3"})

    assert (200, whole) == (answer.status_code, answer.data)
    assert "Content-Length" not in answer.headers
