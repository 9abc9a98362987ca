"""The Python client against a real server, and through a proxy that cuts its connections."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from datasynth.client import AsyncClient, Client
from datasynth.client.errors import (
    ConnectionLostError,
    ForbiddenError,
    InvalidConfigurationError,
    NoActiveStreamError,
    NotFoundError,
    RateLimitExceededError,
    UnauthorizedError,
    UnknownPatternError,
)
from tests.e2e.cutting_proxy import cutting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server import Server

COUNT = 3_000
ANSWERS_WITHIN = 20.0


def run(
    url: str, method: str, *arguments: Any, grpc: str | None = None, retries: int = 8, **named: Any
) -> Any:
    """What a method of `Client` gives, as a list where it yields."""
    with Client(url, grpc_url=grpc, retries=retries) as client:
        given = getattr(client, method)(*arguments, **named)
        return list(given) if hasattr(given, "__next__") else given


def run_async(
    url: str, method: str, *arguments: Any, grpc: str | None = None, retries: int = 8, **named: Any
) -> Any:
    """What a method of `AsyncClient` gives, as a list where it yields."""

    async def all_of_it() -> Any:
        async with AsyncClient(url, grpc_url=grpc, retries=retries) as client:
            given = getattr(client, method)(*arguments, **named)
            return [one async for one in given] if hasattr(given, "__aiter__") else await given

    return asyncio.run(all_of_it())


BOTH = pytest.mark.parametrize("call", [run, run_async])


def downloaded(server: Server, **query: object) -> list[dict[str, Any]]:
    """Records as another client reads them."""
    answer = requests.get(f"{server.base_url}/api/entries", params=query, timeout=ANSWERS_WITHIN)  # type: ignore[arg-type]  # texts and numbers
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture(scope="module")
def stream(server: Server) -> str:
    """A stream that is complete, with a trigger in it."""
    with Client(server.base_url) as client:
        stream_id = client.start(COUNT, entries_per_second=1.0)
        client.trigger("month_end")
        client.stop()
        assert "stopped" == client.stream(stream_id)["state"]
        stream_id = client.start(COUNT, config={"global": {"seed": 7}})
        list(client.follow(stream_id, types=["complete"]))
    return stream_id


@BOTH
@pytest.mark.parametrize("view", ["line", "document"])
def test_entries_are_those_of_the_server(
    call: Callable[..., Any], server: Server, stream: str, view: str
) -> None:
    """A range is what any other client reads of it."""
    expected = downloaded(server, **{"stream_id": stream, "from": 100, "count": 50, "view": view})

    assert expected == call(server.base_url, "entries", 100, 50, stream, view=view)


@BOTH
def test_filters(call: Callable[..., Any], server: Server) -> None:
    """Fields, dates and a company narrow what comes."""
    filters = {"fields": ["account", "debit"], "from_date": "2024-03-01", "to_date": "2024-03-02"}
    found = call(server.base_url, "entries", company="1000", **filters)
    query = {**filters, "fields": "account,debit", "company": "1000"}

    assert downloaded(server, **query) == found
    assert found
    table = call(server.base_url, "table", company="1000", **filters)
    assert ["account", "debit"] == table.schema.names
    assert len(found) == table.num_rows


@BOTH
def test_entries_over_cut_connections(call: Callable[..., Any], server: Server, stream: str) -> None:
    """Nothing is lost and nothing comes twice, wherever the connections break."""
    expected = downloaded(server, stream_id=stream)
    with cutting(server.port, 1, 300, 1_000_001, 999_983, 2_500_000, 77, None) as proxy:
        found = call(proxy.url, "entries", 0, None, stream)

    assert 6 == proxy.cuts
    assert len(expected) == len(found)
    assert expected == found


@BOTH
def test_chosen_fields_over_cut_connections(call: Callable[..., Any], server: Server, stream: str) -> None:
    """Likewise where the place of a record is not among the fields."""
    fields = ["account", "debit", "credit"]
    expected = downloaded(server, stream_id=stream, fields=",".join(fields))
    with cutting(server.port, 200_000, 300_000, None) as proxy:
        found = call(proxy.url, "entries", 0, None, stream, fields=fields)

    assert 2 == proxy.cuts
    assert expected == found


@BOTH
def test_tables_over_cut_connections(call: Callable[..., Any], server: Server) -> None:
    """A table of several batches is that of one answer."""
    count = 30_000
    whole = run(server.base_url, "table", 0, count)
    with cutting(server.port, 5_000, 12_000_000, 9_000_000, None) as proxy:
        found = call(proxy.url, "table", 0, count)

    assert 3 == proxy.cuts
    assert (whole.num_rows, whole.schema) == (found.num_rows, found.schema)
    assert whole.equals(found)


@BOTH
def test_downloads_over_cut_connections(
    call: Callable[..., Any], server: Server, stream: str, tmp_path: Path
) -> None:
    """A file is that of one answer, continued at its byte."""
    whole = requests.get(
        f"{server.base_url}/api/entries",
        params={"stream_id": stream, "format": "csv"},
        timeout=ANSWERS_WITHIN,
    ).content
    # No connection carries all of it, so it is whole only if each goes on where the one before ended.
    with cutting(server.port, len(whole) // 3) as proxy:
        path = call(proxy.url, "download", tmp_path / "x.csv", "csv", stream_id=stream)

    assert 3 == proxy.cuts
    assert whole == path.read_bytes()


@BOTH
@pytest.mark.parametrize("view", ["line", "document"])
def test_events_over_cut_connections(
    call: Callable[..., Any], server: Server, stream: str, view: str
) -> None:
    """Every entry of a stream comes once and in order, over as many connections as it takes."""
    expected = [
        event for event in run(server.base_url, "follow", stream, view=view) if event["type"] != "progress"
    ]
    with cutting(server.port, 150, 500_000, 400_001, 500, None) as proxy:
        found = call(proxy.url, "follow", stream, view=view)

    assert 4 == proxy.cuts
    assert expected == [event for event in found if event["type"] != "progress"]


def test_a_running_stream_over_cut_connections(server: Server) -> None:
    """A stream that is triggered, paused and resumed while connections break loses nothing."""
    with (
        Client(server.base_url) as client,
        cutting(server.port, 100_000) as proxy,
        Client(proxy.url) as reader,
    ):
        stream_id = client.start(1_000, entries_per_second=200)
        found, triggered, last = [], None, 0
        for event in reader.follow():
            found.append(event)
            if event["type"] == "entry" and event["sequence"] >= 100 and triggered is None:
                triggered = client.trigger("month_end")
                client.pause()
                client.resume()
        expected = list(client.follow(stream_id, types=["entry"]))
        last = client.stream(stream_id)["total"]

    assert proxy.cuts > 3
    assert expected == [event for event in found if event["type"] == "entry"]
    assert last == expected[-1]["sequence"] + 1 > 1_000
    assert triggered is not None
    assert [triggered["entries"]] == [event["entries"] for event in found if event["type"] == "trigger"]
    assert 1 == sum(event["type"] == "started" for event in found)


@BOTH
def test_a_proxy_that_never_lets_through(call: Callable[..., Any], server: Server, stream: str) -> None:
    """It is given up."""
    with cutting(server.port, 200) as proxy, pytest.raises(ConnectionLostError):
        call(proxy.url, "entries", 0, None, stream, retries=2)
    assert 3 == proxy.cuts


@BOTH
def test_grpc_is_the_same_journal(call: Callable[..., Any], server: Server) -> None:
    """What comes over gRPC is what a download has, also through cut connections."""
    count, first = 4_000, 100
    stream_id = run(server.base_url, "start", count)
    run(server.base_url, "follow", stream_id, types=["complete"])
    documents = downloaded(server, **{"stream_id": stream_id, "view": "document", "from": first})
    expected = [(one["document_id"], len(one["lines"])) for one in documents]
    with cutting(server.grpc_port, 100_000, 120_000, None) as proxy:
        found = call(server.base_url, "grpc_entries", count, first, grpc=f"127.0.0.1:{proxy.port}")

    assert 2 == proxy.cuts
    assert expected == [(one["document_id"], len(one["lines"])) for one in found]
    assert set(found[0]["lines"][0]) == {"account", "debit", "credit"}


@BOTH
def test_parquet_and_reference_data(call: Callable[..., Any], server: Server, tmp_path: Path) -> None:
    """Files, balances, open items and lists are the server's."""
    path = call(server.base_url, "download", tmp_path / "x.parquet", "parquet", 10, 20, amounts="minor")
    table = pq.read_table(path)
    assert (pa.int64(), 20) == (table.schema.field("debit").type, len(set(table["sequence"].to_pylist())))

    balances = call(server.base_url, "balances", 100)
    assert (100, 0) == (
        balances["at_sequence"],
        sum(int(one["balance"].replace(".", "")) for one in balances["balances"]),
    )
    paged = call(server.base_url, "open_items", 500, page=100)
    answer = requests.get(
        f"{server.base_url}/api/open-items?at=500&limit=10000", timeout=ANSWERS_WITHIN
    ).json()
    assert answer["items"] == paged
    assert len(paged) > 100
    for name in ("accounts", "parties", "users"):
        assert call(server.base_url, name)


@BOTH
def test_refusals(call: Callable[..., Any], server: Server) -> None:
    """Each is the error of its code."""
    with pytest.raises(NoActiveStreamError) as raised:
        call(server.base_url, "pause")
    assert (409, True) == (raised.value.status, "stream_id" in raised.value.details)
    with pytest.raises(UnknownPatternError) as unknown:
        call(server.base_url, "trigger", "week_end")
    assert "month_end" in unknown.value.details["patterns"]  # type: ignore[operator]  # a list
    with pytest.raises(InvalidConfigurationError) as invalid:
        call(server.base_url, "set_config", {"transactions": {"target_count": 0}})
    assert ["transactions.target_count"] == list(invalid.value.details)
    for method, arguments in (("stream", ("no",)), ("entries", (0, 1, "no")), ("follow", ("no",))):
        with pytest.raises(NotFoundError):
            call(server.base_url, method, *arguments)


def test_configuration(server: Server) -> None:
    """It is merged, and returns to its default."""
    with Client(server.base_url) as client:
        before = client.config()
        changed = client.set_config({"global": {"seed": 5}})
        assert 5 == changed["global"]["seed"] == client.config()["global"]["seed"]
        assert before == client.set_config({"global": {"seed": None}})


def test_another_configuration_in_between(server: Server) -> None:
    """Without a stream the configuration may change while a connection is lost: that is noticed."""
    with cutting(server.port, 400_000, None) as proxy, Client(proxy.url) as reader:
        entries = reader.entries()
        next(entries)
        with Client(server.base_url) as client:
            client.set_config({"global": {"seed": 5}})
            try:
                with pytest.raises(Exception, match="the journal changed before the retry"):
                    list(entries)
            finally:
                client.set_config({"global": {"seed": None}})


def _exhaust(client: Client) -> None:
    """Call more often than the rate limit lets anybody."""
    for _ in range(20):
        client.config()


@BOTH
def test_keys(call: Callable[..., Any], start_server: Callable[..., Server], tmp_path: Path) -> None:
    """The key goes with every call, over every transport; what it may not do is refused."""
    keys = tmp_path / "keys"
    keys.write_text("watcher 0123456789abcdef0123 read\n")
    keys.chmod(0o600)
    server = start_server(api_key_file=str(keys), rate_limit="9")
    key = "0123456789abcdef0123"
    for method in ("config", "entries", "follow", "grpc_entries"):
        with pytest.raises(UnauthorizedError):
            call(server.base_url, method, grpc=server.grpc_target)

    async def with_key() -> int:
        async with AsyncClient(server.base_url, key, grpc_url=server.grpc_target, retries=0) as client:
            await client.config()
            with pytest.raises(ForbiddenError):
                await client.start()
            return len([one async for one in client.grpc_entries(3)])

    assert 3 == asyncio.run(with_key())
    with Client(server.base_url, key, retries=0) as client:
        with pytest.raises(RateLimitExceededError) as raised:
            _exhaust(client)
        assert 0 < (raised.value.retry_after or 0) <= 60
