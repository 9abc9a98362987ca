"""The same entries over every transport, for any number of threads, through pauses and reconnects."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import requests
import websocket

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e import page_fields
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server import Server

ENTRIES = 20_000
CUTS = (0, 1, 777, 4_096, 9_999, 20_000)
MESSAGES_BEFORE_A_DROP = 17_001
PAUSED_AFTER = 5_000
TIMEOUT = 30


@pytest.fixture(scope="module")
def expected() -> bytes:
    """The journal itself, asked for uneven ranges, the last one first."""
    journal = Journal(config_from_mapping({"transactions": {"target_count": ENTRIES}}))
    ranges = [
        b"".join(page_fields.of_block(journal.block(first, end - first), journal.vocabulary))
        for first, end in reversed(list(pairwise(CUTS)))
    ]
    return b"".join(reversed(ranges))


@pytest.fixture(scope="module", params=["1", "4"], ids=["one thread", "four threads"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A real server whose configuration has as many entries."""
    running = gunicorn(worker_threads=request.param)
    changed = {"transactions": {"target_count": ENTRIES}}
    requests.post(f"{running.base_url}/api/config", json=changed, timeout=TIMEOUT).raise_for_status()
    yield running
    running.stop()


def _post(server: Server, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = requests.post(f"{server.base_url}/api/stream/{call}", json=body, timeout=TIMEOUT)
    answer.raise_for_status()
    decoded: dict[str, Any] = answer.json()
    return decoded


def _download(server: Server, **query: str) -> bytes:
    answer = requests.get(f"{server.base_url}/api/entries", params=query, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.content


def _events(server: Server, stream: str) -> Iterator[dict[str, Any]]:
    """Entry messages of a stream, over as many connections as it takes; each ends amid an entry."""
    sequence, line, complete = 0, 1, False
    while not complete:
        query = f"stream_id={stream}&types=entry,complete&from={sequence}&line={line}"
        client = websocket.create_connection(f"{server.ws_url}/ws/events?{query}", timeout=TIMEOUT)
        for _ in range(MESSAGES_BEFORE_A_DROP):
            message = json.loads(client.recv())
            complete = message["type"] == "complete"
            if complete:
                break
            sequence, line = message["sequence"], message["line"] + 1
            yield message
        client.close()


def _pausing(server: Server, events: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pause and resume the stream in between."""
    for number, event in enumerate(events):
        if number == PAUSED_AFTER:
            assert _post(server, "pause")["status"] == "paused"
            assert _post(server, "resume")["status"] == "resumed"
        yield event


def test_rest_lines(server: Server, expected: bytes) -> None:
    """Downloads of uneven ranges, put together, are the journal."""
    body = b"".join(
        _download(server, **{"from": str(first), "count": str(end - first)}) for first, end in pairwise(CUTS)
    )

    assert expected == b"".join(page_fields.of_rows(page_fields.of_ndjson(body)))


def test_rest_documents(server: Server, expected: bytes) -> None:
    """The document view has the same entries."""
    body = _download(server, view="document")

    assert expected == b"".join(page_fields.of_documents(page_fields.of_ndjson(body)))


def test_websocket_lines(server: Server, expected: bytes) -> None:
    """Frames of one line each, with a pause and several dropped connections, are the journal."""
    stream = _post(server, "start", {"wait_for_subscriber": 20})["stream_id"]
    received = b"".join(page_fields.of_events(_pausing(server, _events(server, stream))))

    assert expected == received


def test_grpc(server: Server, expected: bytes) -> None:
    """A cancelled call and a second one from there on are the journal."""
    with grpc.insecure_channel(server.grpc_target) as channel:
        client = synth_pb2_grpc.SynthServiceStub(channel)
        call = client.StartGeneration(synth_pb2.GenerationRequest(count=ENTRIES), timeout=TIMEOUT)
        messages = [next(call) for _ in range(CUTS[2])]
        call.cancel()
        whole = synth_pb2.GenerationRequest(count=ENTRIES)
        messages += client.StartGeneration(whole, metadata=[("x-first", str(CUTS[2]))], timeout=TIMEOUT)

    assert expected == b"".join(page_fields.of_messages(messages))


def test_a_trigger_belongs_to_the_stream(server: Server) -> None:
    """With its triggers a stream is the same over REST and WebSocket, longer by their entries."""
    started = _post(server, "start", {"count": 2_000, "entries_per_second": 4_000})
    triggered = [_post(server, f"trigger/{pattern}")["entries"] for pattern in ("month_end", "year_end")]
    events = b"".join(page_fields.of_events(_events(server, started["stream_id"])))
    rows = page_fields.of_ndjson(_download(server, stream_id=started["stream_id"]))

    assert 2_000 + sum(triggered) == events.count(b"\n")
    assert events == b"".join(page_fields.of_rows(rows))
