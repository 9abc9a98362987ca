"""Downloads."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from datasynth.generation.journal import Journal
from datasynth.service.waker import ThreadWaker
from datasynth.transports.rest.app import build_app
from datasynth.transports.rest.options import RestOptions
from tests.transports.conftest import TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services


@pytest.fixture
def ledger(make_services: Callable[..., Services]) -> FlaskClient:
    """Speak to an application over the real journal, which the other tests need not wait for."""
    services = make_services(rate_limit=0, make_journal=lambda config, _: Journal(config))
    return build_app(services, RestOptions(), ThreadWaker).test_client()


def _sequences(answer: TestResponse) -> list[int]:
    """Sequence numbers in a download, each once, in the order of appearance."""
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return list(dict.fromkeys(line["sequence"] for line in lines))


def _entries(client: FlaskClient, query: str = "") -> TestResponse:
    answer = client.get(f"/api/entries?{query}")
    assert answer.status_code == 200, answer.text
    return answer


def test_the_whole_of_the_present_configuration(ledger: FlaskClient) -> None:
    """Without a query every entry comes, as NDJSON, one object per line item."""
    answer = _entries(ledger)

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert list(range(TOTAL)) == _sequences(answer)
    first = json.loads(answer.text.splitlines()[0])
    assert ["document_id", "posting_date", "account", "debit", "credit", "sequence", "line"] == list(first)[
        :7
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from=5&count=3", [5, 6, 7]),
        ("count=2", [0, 1]),
        (f"from={TOTAL - 1}", [TOTAL - 1]),
        (f"from={TOTAL - 1}&count=50", [TOTAL - 1]),
        ("count=0", []),
        (f"from={TOTAL}", []),
        (f"from={TOTAL}&count=9223372036854775807", []),
    ],
)
def test_ranges(client: FlaskClient, query: str, expected: list[int]) -> None:
    """A range begins at its first entry and is cut at the end; it may be empty."""
    assert expected == _sequences(_entries(client, query))


def test_a_range_is_a_part_of_the_whole(ledger: FlaskClient) -> None:
    """Any cut gives the same bytes as the whole."""
    whole = _entries(ledger).data
    parts = [_entries(ledger, f"from={first}&count=70").data for first in range(0, TOTAL, 70)]

    assert whole == b"".join(parts)


def test_documents(client: FlaskClient) -> None:
    """Document view has one object per entry, with its lines."""
    answer = _entries(client, "view=document&count=3")
    documents = [json.loads(line) for line in answer.text.splitlines()]

    assert [0, 1, 2] == [document["sequence"] for document in documents]
    assert all(document["lines"] for document in documents)


def test_csv(ledger: FlaskClient) -> None:
    """CSV has a header row and LF, and holds what NDJSON holds."""
    answer = _entries(ledger, "format=csv&count=3")
    rows = list(csv.DictReader(answer.text.splitlines()))
    objects = [json.loads(line) for line in _entries(ledger, "count=3").text.splitlines()]

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "\r" not in answer.text
    assert [one["document_id"] for one in objects] == [row["document_id"] for row in rows]
    assert list(objects[0]) == list(rows[0])


def test_an_empty_csv_has_its_header(client: FlaskClient) -> None:
    """The header row is there even when nothing follows."""
    assert _entries(client, "format=csv&count=0").text.count("\n") == 1


@pytest.mark.parametrize(
    ("query", "key"),
    [
        (f"from={TOTAL + 1}", "from"),
        ("from=-1", "from"),
        ("count=x", "count"),
        ("format=parquet", "format"),
        ("view=document&format=csv", "view"),
        ("colour=red", "colour"),
    ],
)
def test_bad_queries(client: FlaskClient, query: str, key: str) -> None:
    """A bad query is refused before anything is sent, and its key is named."""
    answer = client.get(f"/api/entries?{query}")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_request"
    assert key in answer.json["details"]


def test_an_unknown_stream_is_not_found(client: FlaskClient) -> None:
    """A stream that nobody started has no entries."""
    answer = client.get("/api/entries?stream_id=nobody")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "not_found"


def test_a_stream_keeps_its_configuration(ledger: FlaskClient) -> None:
    """A stream's entries are those of its start, whatever the configuration is now."""
    started = ledger.post("/api/stream/start", json={"entries_per_second": 1}).json
    assert started is not None
    before = _entries(ledger, f"stream_id={started['stream_id']}&count=5").data
    ledger.post("/api/config", json={"global": {"seed": 7}, "transactions": {"target_count": 3}})

    assert before == _entries(ledger, f"stream_id={started['stream_id']}&count=5").data
    assert [0, 1, 2] == _sequences(_entries(ledger))


def test_a_stopped_stream_ends_at_its_stop_point(client: FlaskClient) -> None:
    """What a stopped stream never reached cannot be downloaded."""
    started = client.post("/api/stream/start", json={"entries_per_second": 0.001}).json
    assert started is not None
    client.post("/api/stream/stop")
    current = client.get("/api/stream").json
    assert current is not None

    assert list(range(current["current"])) == _sequences(
        _entries(client, f"stream_id={started['stream_id']}")
    )


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    """HEAD has the same headers and failures, and no body."""
    answer = client.head("/api/entries?format=csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.data == b""
    assert client.head("/api/entries?from=x").status_code == 400


def test_a_client_that_leaves_frees_its_download(make_services: Callable[..., Services]) -> None:
    """Nothing is left of a download whose client stops reading, asks for the head only, or is done."""
    services = make_services()
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    left = client.get("/api/entries")
    next(left.iter_encoded())
    open_then = len(services.downloads)
    left.close()
    client.head("/api/entries").close()
    client.get("/api/entries").close()

    assert open_then == 1
    assert len(services.downloads) == 0
