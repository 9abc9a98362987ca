"""Both clients, method by method: what they ask a server for, and what they make of its answers."""

from __future__ import annotations

import inspect
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.client import AsyncClient, Client
from datasynth.client.errors import (
    ClientError,
    ConnectionLostError,
    JournalChangedError,
    NoServerError,
    OverloadedError,
    RateLimitExceededError,
    StreamFailedError,
    TimedOutError,
    UnexpectedAnswerError,
)
from datasynth.transports.rpc import synth_pb2
from tests.client.fakes import BOTH, FakeServer
from tests.client.records import arrow, lines, ndjson
from tests.client.test_following import COMPLETE, STARTED, STREAM, entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOST = ConnectionLostError("lost")

pytestmark = pytest.mark.parametrize("run", BOTH)


@pytest.mark.parametrize(
    ("method", "arguments", "asked", "answer", "given"),
    [
        ("config", (), ("GET", "/api/config", {}, None), {"a": 1}, {"a": 1}),
        ("set_config", ({"b": None},), ("POST", "/api/config", {}, {"b": None}), {"a": 1}, {"a": 1}),
        ("start", (), ("POST", "/api/stream/start", {}, {}), {"stream_id": "s"}, "s"),
        (
            "start",
            (5, 2.5, {"c": {}}),
            ("POST", "/api/stream/start", {}, {"count": 5, "entries_per_second": 2.5, "config": {"c": {}}}),
            {"stream_id": "s"},
            "s",
        ),
        ("stop", (), ("POST", "/api/stream/stop", {}, None), {"stream_id": "s"}, "s"),
        ("pause", (), ("POST", "/api/stream/pause", {}, None), {"stream_id": "s"}, "s"),
        ("resume", (), ("POST", "/api/stream/resume", {}, None), {"stream_id": "s"}, "s"),
        (
            "trigger",
            ("a/b",),
            ("POST", "/api/stream/trigger/a%2Fb", {}, None),
            {"entries": 3},
            {"entries": 3},
        ),
        ("stream", (), ("GET", "/api/stream", {}, None), {"state": "x"}, {"state": "x"}),
        ("stream", ("a?",), ("GET", "/api/streams/a%3F", {}, None), {"state": "x"}, {"state": "x"}),
        ("accounts", (), ("GET", "/api/accounts", {}, None), {"accounts": [{}]}, [{}]),
        ("parties", (), ("GET", "/api/parties", {}, None), {"parties": [{}]}, [{}]),
        ("users", (), ("GET", "/api/users", {}, None), {"users": [{}]}, [{}]),
        ("balances", (0,), ("GET", "/api/balances", {"at": "0"}, None), {"balances": []}, {"balances": []}),
        (
            "balances",
            (date(2024, 3, 1),),
            ("GET", "/api/balances", {"at": "2024-03-01"}, None),
            {"balances": []},
            {"balances": []},
        ),
    ],
)
def test_calls(
    run: Callable[..., Any], method: str, arguments: tuple[Any, ...], asked: Any, answer: Any, given: Any
) -> None:
    """Each method is one call, and gives what is in its answer."""
    server = FakeServer([json.dumps(answer)])

    assert given == run(server, method, *arguments)
    assert ([asked], 1) == (server.asked, server.closed)


def test_filters_of_reference_data(run: Callable[..., Any]) -> None:
    """A stream and a company narrow what comes."""
    server = FakeServer(['{"users": []}'])
    run(server, "users", stream_id="s", company="0100")

    assert {"stream_id": "s", "company": "0100"} == server.asked[0][2]


def test_pages_of_open_items(run: Callable[..., Any]) -> None:
    """The iterator goes on until there is no next page."""
    pages = [{"items": [{"n": 1}, {"n": 2}], "next_cursor": "c"}, {"items": [{"n": 3}], "next_cursor": None}]
    server = FakeServer(*([json.dumps(page)] for page in pages))

    assert [{"n": 1}, {"n": 2}, {"n": 3}] == run(server, "open_items", 7, page=2)
    assert [{"at": "7", "limit": "2"}, {"at": "7", "limit": "2", "cursor": "c"}] == [
        query for _, _, query, _ in server.asked
    ]


@pytest.mark.parametrize("method", ["config", "stop", "pause", "resume"])
def test_safe_calls_are_repeated(run: Callable[..., Any], method: str) -> None:
    """After 429 and 503, as late as the server says; after a lost connection, too."""
    failures = [RateLimitExceededError("", retry_after=9), OverloadedError("", retry_after=1), LOST]
    server = FakeServer(*([failure] for failure in failures), ['{"stream_id": "s"}'])
    run(server, method, retries=3)

    assert ([9, 1, 0.8], 4) == (server.waits, len(server.asked))


@pytest.mark.parametrize(("method", "arguments"), [("start", ()), ("trigger", ("month_end",))])
def test_other_calls_are_not(run: Callable[..., Any], method: str, arguments: tuple[str, ...]) -> None:
    """A stream that may have been started, or a trigger, is never asked for twice."""
    for failure in (RateLimitExceededError("", retry_after=1), OverloadedError(""), LOST):
        server = FakeServer([failure])
        with pytest.raises(type(failure)):
            run(server, method, *arguments)
        assert ([], 1) == (server.waits, len(server.asked))


@pytest.mark.parametrize("failure", [NoServerError(""), TimedOutError("")])
@pytest.mark.parametrize("method", ["config", "entries", "table", "follow", "grpc_entries"])
def test_no_server_fails_at_once(run: Callable[..., Any], method: str, failure: ClientError) -> None:
    """Nobody waits for what never was there."""
    server = FakeServer([failure])

    with pytest.raises(type(failure)):
        run(server, method)
    assert [] == server.waits


@pytest.mark.parametrize(("method", "text"), [("config", "<html>"), ("config", "[]"), ("start", "{}")])
def test_another_servers_answer(run: Callable[..., Any], method: str, text: str) -> None:
    """What has not the form of an answer is an error, not a crash."""
    with pytest.raises(UnexpectedAnswerError):
        run(FakeServer([text]), method)


def test_entries_go_on(run: Callable[..., Any]) -> None:
    """Broken connections are waited for, and forgotten as soon as something new has come."""
    body = ndjson(lines(6))
    server = FakeServer(
        [body[:300], LOST],
        [LOST],
        [NoServerError("")],
        [ndjson(lines(6)[1:])[:700], TimedOutError("")],
        [ndjson(lines(6)[4:])],
    )

    assert lines(6) == run(server, "entries", 0, 6, "s", retries=3)
    assert [0.2, 0.4, 0.8, 0.2] == pytest.approx(server.waits)
    assert {"format": "ndjson", "stream_id": "s", "from": "0", "count": "6"} == server.asked[0]


def test_entries_give_up(run: Callable[..., Any]) -> None:
    """After so many failures in a row the last one is raised."""
    body = ndjson(lines(6))[:300]
    server = FakeServer([body, LOST], [body, LOST], [body, LOST])

    with pytest.raises(ConnectionLostError):
        run(server, "entries", retries=2)
    assert (3, 2) == (len(server.asked), len(server.waits))


def test_entries_of_another_journal(run: Callable[..., Any]) -> None:
    """Nothing of it is given out."""
    server = FakeServer([ndjson(lines(2)), LOST], [ndjson(lines(6, seed=1))])

    with pytest.raises(JournalChangedError):
        run(server, "entries")


def test_tables_go_on(run: Callable[..., Any]) -> None:
    """A table is that of an answer without a break; so are its forms."""
    rows = lines(9)
    whole = arrow(rows)

    expected = run(FakeServer([whole]), "table")
    assert rows == expected.to_pylist()
    late = [record for record in rows if record["sequence"] >= 7]
    for first, then in ((whole[:100], whole), (whole[:-200], arrow(late))):
        server = FakeServer([first, LOST], [then])
        assert rows == run(server, "table").to_pylist()
        assert 2 == len(server.asked)
    assert sum(batch.num_rows for batch in run(FakeServer([whole]), "batches")) == len(rows)
    assert (len(rows), 5) == run(FakeServer([whole]), "pandas").shape
    assert (len(rows), 5) == run(FakeServer([whole]), "polars").shape
    assert (len(rows), 5) == run(FakeServer([whole]), "duckdb").shape


def test_download(run: Callable[..., Any], tmp_path: Path) -> None:
    """A file goes on at its byte where the server gives parts."""
    headers = {"Accept-Ranges": "bytes", "ETag": '"t"'}
    server = FakeServer([b"one", LOST], [LOST], [b"two"], headers=headers)
    path = tmp_path / "x.csv"

    assert path == run(server, "download", str(path), "csv", 3, 4, header=False)
    assert b"onetwo" == path.read_bytes()
    assert [{"format": "csv", "header": "false", "from": "3", "count": "4"}] * 3 == server.asked
    assert [{}, *[{"Range": "bytes=3-", "If-Range": '"t"'}] * 2] == server.headers
    assert [0.2, 0.4] == server.waits


def test_a_download_gives_up(run: Callable[..., Any], tmp_path: Path) -> None:
    """One that always breaks at the same byte ends, and leaves nothing."""
    server = FakeServer([b"one", LOST], [b"one", LOST], [b"one", LOST])

    with pytest.raises(ConnectionLostError):
        run(server, "download", tmp_path / "x", retries=2)
    assert [] == list(tmp_path.iterdir())


def test_follow_goes_on(run: Callable[..., Any]) -> None:
    """Events come once, over as many connections as it takes, to `complete`."""
    said = [STARTED, entry(0, 1), entry(0, 2), entry(1, 1), COMPLETE]
    text = [json.dumps(message) for message in said]
    server = FakeServer([*text[:2], LOST], [NoServerError("")], [text[0], *text[2:]])

    assert said == run(server, "follow")
    place = {"view": "line", "stream_id": STREAM, "from": "0", "line": "2"}
    assert [{"view": "line"}, place, place] == server.asked
    assert [0.2, 0.4] == server.waits


def test_follow_gives_up(run: Callable[..., Any]) -> None:
    """Connections that say nothing new count as failures."""
    said = json.dumps(STARTED)
    server = FakeServer([said, LOST], [said, LOST], [said, LOST])

    with pytest.raises(ConnectionLostError):
        run(server, "follow", retries=2)
    assert [0.2, 0.4] == server.waits


def test_follow_of_a_failed_stream(run: Callable[..., Any]) -> None:
    """It ends with the stream's own words."""
    with pytest.raises(StreamFailedError, match="Memory limit exceeded"):
        run(FakeServer(['{"type": "error", "message": "Memory limit exceeded"}']), "follow")


def _message(number: int) -> synth_pb2.Entry:
    line = synth_pb2.LineItem(account="1000", debit=f"{number}.00", credit="0.00")
    return synth_pb2.Entry(document_id=str(number), posting_date="2024-01-01", company_code="1", lines=[line])


def test_grpc_goes_on(run: Callable[..., Any]) -> None:
    """After a lost call the last entry is asked for again, and compared."""
    sent: list[Any] = [_message(number) for number in range(4)]
    server = FakeServer([*sent[:2], LOST], [NoServerError("")], sent[1:])
    found = run(server, "grpc_entries", 4, 10)

    assert ["0", "1", "2", "3"] == [one["document_id"] for one in found]
    assert [{"account": "1000", "debit": "3.00", "credit": "0.00"}] == found[3]["lines"]
    assert [10, 11, 11] == server.asked


def test_grpc_of_another_journal(run: Callable[..., Any]) -> None:
    """Entries of two journals are never mixed."""
    sent: list[Any] = [_message(number) for number in range(4)]

    with pytest.raises(JournalChangedError):
        run(FakeServer([*sent[:2], LOST], sent[2:]), "grpc_entries")


def test_both_have_the_same_methods(run: Callable[..., Any]) -> None:  # noqa: ARG001 - once would do
    """Whoever knows one client knows the other."""

    def parameters(kind: type) -> dict[str, list[str]]:
        methods = inspect.getmembers(kind, inspect.isfunction)
        public = [(name, method) for name, method in methods if not name.startswith("_")]
        return {
            name: list(map(str, inspect.signature(method).parameters.values())) for name, method in public
        }

    assert parameters(Client) == parameters(AsyncClient)
    assert str(inspect.signature(Client)) == str(inspect.signature(AsyncClient))
