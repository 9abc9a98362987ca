"""A trillion entries over every transport and in every format: each reaches the last of them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import grpc
import pyarrow as pa
import pytest
import requests
import websocket
from pyarrow import parquet

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e import page_fields
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

TRILLION = 10**12
FIRST = TRILLION - 60
CONFIG: dict[str, Any] = {"global": {"period_months": 1}, "transactions": {"target_count": TRILLION}}
TIMEOUT = 90

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def expected() -> bytes:
    """The last entries, from the journal itself."""
    journal = Journal(config_from_mapping(CONFIG))
    return b"".join(page_fields.of_block(journal.block(FIRST, 60), journal.vocabulary))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real server whose configuration has a trillion entries."""
    running = gunicorn()
    requests.post(f"{running.base_url}/api/config", json=CONFIG, timeout=TIMEOUT).raise_for_status()
    yield running
    running.stop()


def _download(server: Server, **query: object) -> bytes:
    query = {"from": FIRST, **query}
    answer = requests.get(f"{server.base_url}/api/entries", params=query, timeout=TIMEOUT)  # type: ignore[arg-type]
    answer.raise_for_status()
    return answer.content


def test_text_over_rest(server: Server, expected: bytes) -> None:
    """The lines of the last entries, with their sequence numbers, as JSON and as CSV."""
    rows = page_fields.of_ndjson(_download(server))
    table = list(csv.DictReader(io.StringIO(_download(server, format="csv").decode())))

    assert expected == b"".join(page_fields.of_rows(rows))
    assert [*range(FIRST, TRILLION)] == sorted({row["sequence"] for row in rows})
    assert [row["sequence"] for row in rows] == [int(row["sequence"]) for row in table]
    assert [row["document_id"] for row in rows] == [row["document_id"] for row in table]


@pytest.mark.parametrize("format_", ["arrow", "parquet"])
def test_columns_over_rest(server: Server, format_: str) -> None:
    """Sequence numbers and sums of the last entries are exact in columns, too."""
    rows = page_fields.of_ndjson(_download(server))
    body = pa.BufferReader(_download(server, format=format_))
    table = pa.ipc.open_stream(body).read_all() if format_ == "arrow" else parquet.read_table(body)

    assert [row["sequence"] for row in rows] == table["sequence"].to_pylist()
    assert [row["document_number"] for row in rows] == table["document_number"].to_pylist()
    assert sum(table["debit"].to_pylist()) == sum(table["credit"].to_pylist())


def test_what_lies_behind_the_end(server: Server) -> None:
    """The end is an empty download, and what is above it is refused."""
    above = requests.get(f"{server.base_url}/api/entries?from={TRILLION + 1}", timeout=TIMEOUT)

    assert b"" == _download(server, **{"from": TRILLION})
    assert 400 == above.status_code


def test_a_cursor_of_a_websocket(server: Server, expected: bytes) -> None:
    """A reader that names one of the last entries gets it and those behind it, then the end."""
    started = requests.post(
        f"{server.base_url}/api/stream/start", json={"wait_for_subscriber": 60}, timeout=TIMEOUT
    ).json()
    query = f"stream_id={started['stream_id']}&types=entry,complete&from={FIRST}"
    client = websocket.create_connection(f"{server.ws_url}/ws/events?{query}", timeout=TIMEOUT)
    events: list[dict[str, Any]] = [json.loads(client.recv())]
    while events[-1]["type"] != "complete":
        events.append(json.loads(client.recv()))
    client.close()

    assert TRILLION == events[-1]["total_entries"]
    assert {*range(FIRST, TRILLION)} == {event["sequence"] for event in events[:-1]}
    assert expected == b"".join(page_fields.of_events(iter(events[:-1])))


def test_a_call_of_grpc(server: Server, expected: bytes) -> None:
    """A call that begins at one of the last entries gets the rest, and one for more is refused."""
    with grpc.insecure_channel(server.grpc_target) as channel:
        client = synth_pb2_grpc.SynthServiceStub(channel)
        request = synth_pb2.GenerationRequest(count=TRILLION)
        call = client.StartGeneration(request, metadata=[("x-first", str(FIRST))], timeout=TIMEOUT)

        assert expected == b"".join(page_fields.of_messages(list(call)))
        with pytest.raises(grpc.RpcError, match="from 1 to 1,000,000,000,000"):
            list(client.StartGeneration(synth_pb2.GenerationRequest(count=TRILLION + 1), timeout=TIMEOUT))


def test_balances_at_a_position(server: Server) -> None:
    """Books in the middle balance to the minor unit."""
    query = {"at": TRILLION // 2}
    answer = requests.get(f"{server.base_url}/api/balances", params=query, timeout=TIMEOUT).json()
    cents = [[int(row[side].replace(".", "")) for side in ("debit", "credit")] for row in answer["balances"]]

    assert TRILLION // 2 == answer["at_sequence"]
    assert sum(debit for debit, _ in cents) == sum(credit for _, credit in cents) > 10**16


def test_the_command_line(tmp_path: Path, expected: bytes) -> None:
    """`generate` begins where it is told to, and writes up to the end."""
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    command = [sys.executable, "-m", "datasynth", "generate", "-", "--config", "config.json"]
    format_ = ["--from", str(FIRST), "--format", "ndjson-lines", "--quiet"]
    done = subprocess.run([*command, *format_], cwd=tmp_path, check=True, capture_output=True)

    assert expected == b"".join(page_fields.of_rows(page_fields.of_ndjson(done.stdout)))
