"""Downloads."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from datasynth.encoding import CSV_LINES, NDJSON_DOCUMENTS, NDJSON_LINES, EntriesFormat
from datasynth.errors import InvalidRequest
from datasynth.generation.journal import Journal
from datasynth.service.downloads import measuring
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app
from datasynth.transports.rest.entries_query import KEYS, DownloadQuery, read_download_query
from tests.transports.conftest import TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
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
        ("format=xml", "format"),
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


@pytest.mark.parametrize("query", ["", "view=document", "format=csv", "from=7&count=5&format=csv", "count=0"])
def test_head_has_the_headers_of_get(ledger: FlaskClient, query: str) -> None:
    """Length, tag and name are those of the body that GET would have."""
    whole, head = _entries(ledger, query), ledger.head(f"/api/entries?{query}")
    named = ["Content-Length", "Content-Type", "Content-Disposition", "ETag", "Accept-Ranges"]

    assert str(len(whole.data)) == whole.headers["Content-Length"]
    assert [whole.headers[name] for name in named] == [head.headers[name] for name in named]
    assert b"" == head.data


@pytest.mark.parametrize("query", ["count=40", "view=document&count=40", "format=csv&from=3&count=40"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_of_bytes_is_that_slice(ledger: FlaskClient, query: str, data: st.DataObject) -> None:
    """A range has exactly the bytes that the whole has there, the CSV's header row included."""
    whole = _entries(ledger, query).data
    first = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.integers(0, 600)))
    last = data.draw(st.one_of(st.integers(first, len(whole) + 10), st.just(first)))
    tail = data.draw(st.integers(1, len(whole) + 10))
    answers = [
        ledger.get(f"/api/entries?{query}", headers={"Range": f"bytes={wanted}"})
        for wanted in (f"{first}-{last}", f"{first}-", f"-{tail}")
    ]

    assert [206, 206, 206] == [answer.status_code for answer in answers]
    assert [whole[first : last + 1], whole[first:], whole[-tail:]] == [answer.data for answer in answers]
    assert all(str(len(answer.data)) == answer.headers["Content-Length"] for answer in answers)
    assert f"bytes {first}-{min(last, len(whole) - 1)}/{len(whole)}" == answers[0].headers["Content-Range"]


def test_a_range_behind_the_end(client: FlaskClient, app: Flask) -> None:
    """It is 416 in the one shape, with the length, and leaves nothing open."""
    length = len(_entries(client).data)
    answer = client.get("/api/entries", headers={"Range": f"bytes={length}-"})

    assert answer.status_code == 416
    assert answer.json is not None
    assert ("range_not_satisfiable", {"length_bytes": length}) == (
        answer.json["error"],
        answer.json["details"],
    )
    assert f"bytes */{length}" == answer.headers["Content-Range"]
    assert 0 == len(app.extensions["datasynth"].downloads)


def test_who_has_it_already_gets_nothing(client: FlaskClient, app: Flask) -> None:
    """The tag that an answer had brings 304 without a body; another configuration has another tag."""
    with client.head("/api/entries") as head:
        tag = head.headers["ETag"]
    again = client.get("/api/entries", headers={"If-None-Match": tag})
    open_then = len(app.extensions["datasynth"].downloads)
    other = client.get("/api/entries?count=3", headers={"If-None-Match": tag})
    client.post("/api/config", json={"global": {"seed": 7}})
    changed = client.get("/api/entries", headers={"If-None-Match": tag})

    assert [304, 200, 200] == [again.status_code, other.status_code, changed.status_code]
    assert (b"", tag) == (again.data, again.headers["ETag"])
    assert 0 == open_then


def test_a_part_of_what_has_changed_is_the_whole(client: FlaskClient) -> None:
    """A download that is resumed after the configuration has changed begins anew, or is refused."""
    old = _entries(client)
    client.post("/api/config", json={"global": {"seed": 7}})
    resumed = client.get("/api/entries", headers={"Range": "bytes=100-", "If-Range": old.headers["ETag"]})
    refused = client.get("/api/entries", headers={"Range": "bytes=100-", "If-Match": old.headers["ETag"]})

    assert (200, _entries(client).data) == (resumed.status_code, resumed.data)
    assert refused.status_code == 412
    assert refused.json is not None
    assert refused.json["error"] == "precondition_failed"


def test_a_large_download_has_no_length(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the bound neither length nor ranges are offered, and what is asked for comes whole."""
    whole = _entries(client).data
    monkeypatch.setattr(measuring, "LARGEST", 1_000)
    answer = client.get("/api/entries", headers={"Range": "bytes=0-10"})
    head = client.head("/api/entries")

    assert (200, whole) == (answer.status_code, answer.data)
    assert all("Accept-Ranges" not in one.headers for one in (answer, head))
    assert all("Content-Length" not in one.headers for one in (answer, head))
    assert head.status_code == 200


def test_names_of_files(client: FlaskClient) -> None:
    """A browser saves a download under a name that tells stream, range and format."""
    started = client.post("/api/stream/start", json={"entries_per_second": 1}).json
    assert started is not None
    stream = started["stream_id"]
    queries = ["", "format=csv&from=5&count=10", f"view=document&from=190&count=50&stream_id={stream}"]

    assert [
        f'attachment; filename="entries-from-0-count-{TOTAL}.ndjson"',
        'attachment; filename="entries-from-5-count-10.csv"',
        f'attachment; filename="documents-{stream}-from-190-count-10.ndjson"',
    ] == [_entries(client, query).headers["Content-Disposition"] for query in queries]


def _read(*pairs: tuple[str, str]) -> DownloadQuery:
    return read_download_query(MultiDict(pairs))


def test_an_empty_query_is_the_whole_in_lines() -> None:
    """Without a query, everything of the present configuration comes as NDJSON lines."""
    assert DownloadQuery(None, 0, None, (None, None), NDJSON_LINES) == _read()


def test_every_key_is_read() -> None:
    """Each key of the query reaches the service."""
    query = _read(("stream_id", "a"), ("from", "5"), ("count", "0"), ("format", "csv"), ("view", "line"))

    assert DownloadQuery("a", 5, 0, (None, None), CSV_LINES) == query


@pytest.mark.parametrize(
    ("name", "view", "expected"),
    [
        ("ndjson", "line", NDJSON_LINES),
        ("ndjson", "document", NDJSON_DOCUMENTS),
        ("csv", "line", CSV_LINES),
    ],
)
def test_formats_and_views(name: str, view: str, expected: EntriesFormat) -> None:
    """Format and view together choose the encoding."""
    assert expected == _read(("format", name), ("view", view)).format


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("from", "-1"),
        ("from", "1.0"),
        ("from", ""),
        ("from", " 1"),
        ("from", "+1"),
        ("from", "1_000"),
        ("from", "latest"),
        ("from", "٣"),
        ("count", "many"),
        ("count", "1" * 5_000),
        ("format", "xml"),
        ("format", ""),
        ("view", "page"),
        ("limit", "5"),
        ("FROM", "5"),
    ],
)
def test_a_faulty_value_is_named(key: str, value: str) -> None:
    """A faulty value is refused under its key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read((key, value))

    assert [key] == list(refusal.value.details)


@pytest.mark.parametrize("key", ["from", "count"])
def test_numbers_without_end_are_the_largest(key: str) -> None:
    """No number is too large to be one, which the sentence about numbers would deny."""
    query = _read((key, "1" + "0" * 30))

    assert 2**63 - 1 == (query.first if key == "from" else query.count)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "Must be a whole number, 0 or larger, not '-1'."),
        (" 1", "Must be a whole number, 0 or larger, not ' 1'. (In a query, + means a space.)"),
        ("\ud800ü", r"Must be a whole number, 0 or larger, not '\ud800\xfc'."),
    ],
)
def test_the_sentence_shows_what_came(text: str, sentence: str) -> None:
    """Whoever sent `count=+1` sees the space that became of the plus."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("count", text))

    assert {"count": [sentence]} == refusal.value.details


def test_an_unknown_key_is_told_what_there_is() -> None:
    """A slip of the finger is answered with the key that was meant, and with all of them."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("form", "csv"))

    known = f"Unknown key. Did you mean format? Known keys: {', '.join(KEYS)}."
    assert {"form": [known]} == refusal.value.details


def test_a_key_given_twice_is_refused() -> None:
    """Nobody guesses which of two values was meant."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("from", "1"), ("from", "2"))

    assert {"from": ["This key was given more than once."]} == refusal.value.details


def test_csv_has_no_document_view() -> None:
    """A document is not a row."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("format", "csv"), ("view", "document"))

    assert {"view": ["The format csv has no view document."]} == refusal.value.details


def test_all_faults_are_told_at_once() -> None:
    """One refusal names every faulty key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("from", "x"), ("count", "y"), ("format", "z"), ("view", "w"), ("other", ""))

    assert {"from", "count", "format", "view", "other"} == set(refusal.value.details)
