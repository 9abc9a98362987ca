"""The event stream of a real server: vanishing, late, resuming, ill-mannered subscribers, keys, its end."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.subscriber import Refused, Subscriber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

pytestmark = pytest.mark.server

PATIENCE = 20
KEY = "a-key-of-the-tests"


def _start(server: Server, **body: Any) -> str:
    answer = requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=PATIENCE)
    assert 200 == answer.status_code, answer.text
    return str(answer.json()["stream_id"])


def _stop(server: Server) -> None:
    requests.post(f"{server.base_url}/api/stream/stop", timeout=PATIENCE)


def _gauge(server: Server, name: str) -> float:
    text = requests.get(f"{server.base_url}/metrics", timeout=PATIENCE).text
    return float(text.split(f"\ndatasynth_{name} ")[1].split("\n")[0])


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(autouse=True)
def _nothing_runs_and_nothing_fails(server: Server) -> Iterator[None]:
    """Let each test begin without an active stream, and find no error in the log at its end."""
    yield
    _stop(server)
    assert _within(5.0, lambda: not _gauge(server, "websockets_open"))
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]


def test_clients_that_vanish_leave_nothing(server: Server) -> None:
    """Of 20 clients torn away in the middle nothing is left after two seconds."""
    stream = _start(server, count=1_000_000)
    clients = [Subscriber(server, f"/ws/events?stream_id={stream}&types=entry") for _ in range(20)]
    for client in clients:
        next(client.payloads())
    assert 20 == _gauge(server, "websockets_open")
    for number, client in enumerate(clients):
        if number % 2:
            client.vanish()
        else:
            client.socket.close()

    assert _within(2.0, lambda: not _gauge(server, "websockets_open"))


def test_resume_loses_and_repeats_nothing(server: Server) -> None:
    """Cut off every so often and resumed one line further, a stream is the same as read at once."""
    stream = _start(server, count=400)
    with Subscriber(server, f"/ws/events?stream_id={stream}&types=entry") as whole:
        expected = list(whole.payloads())
    received: list[bytes] = []
    sequence, line = 0, 0
    while len(received) < len(expected):
        query = f"stream_id={stream}&types=entry&from={sequence}&line={line + 1}"
        with Subscriber(server, f"/ws/events?{query}") as part:
            received += [payload for payload, _ in zip(part.payloads(), range(97), strict=False)]
        last = json.loads(received[-1])
        sequence, line = last["sequence"], last["line"]

    assert expected == received


def test_a_late_joiner_gets_the_beginning(server: Server) -> None:
    """Who joins a running stream gets it from its first entry, and `complete` right after progress."""
    _start(server, count=300, entries_per_second=300)
    assert _within(5.0, lambda: _current(server) > 100)
    with Subscriber(server) as late:
        messages = late.messages("complete")
        late.part()
    entries = [message for message in messages if message["type"] == "entry"]

    assert "started" == messages[0]["type"]
    assert list(range(300)) == sorted({entry["sequence"] for entry in entries})
    assert ("progress", 300, 100.0) == tuple(messages[-2][key] for key in ("type", "current", "percent"))
    assert (300, "completed") == (messages[-1]["total_entries"], messages[-1]["status"])


def _current(server: Server) -> int:
    return int(requests.get(f"{server.base_url}/api/stream", timeout=PATIENCE).json()["current"])


def test_document_view(server: Server) -> None:
    """One message per entry, with header and all lines, the same as in a download."""
    stream = _start(server, count=100)
    with Subscriber(server, f"/ws/events?stream_id={stream}&types=entry&view=document") as reader:
        documents = [message["data"] for message in reader.messages()]
    url = f"{server.base_url}/api/entries?stream_id={stream}&view=document"
    download = requests.get(url, timeout=PATIENCE).text

    assert [json.loads(row) for row in download.splitlines()] == documents


def test_progress_only(server: Server) -> None:
    """Progress comes about four times a second, and nothing else but `complete`."""
    _start(server, count=150, entries_per_second=100)
    with Subscriber(server, "/ws/events?types=progress,complete") as reader:
        messages = reader.messages("complete")
        reader.part()
    currents = [message["current"] for message in messages[:-1]]

    assert {"progress"} == {message["type"] for message in messages[:-1]}
    assert 5 <= len(currents) <= 9
    assert sorted(currents) == currents
    assert 150 == currents[-1]


def test_a_stopped_stream_ends_at_its_stop_point(server: Server) -> None:
    """After a stop come `stopped`, the rest up to the stop point, and `complete`."""
    stream = _start(server, count=10_000, entries_per_second=200)
    with Subscriber(server, f"/ws/events?stream_id={stream}") as reader:
        payloads = reader.payloads()
        while json.loads(next(payloads)).get("sequence") != 20:
            pass
        _stop(server)
        messages = reader.messages()
    sequences = [message["sequence"] for message in messages if message["type"] == "entry"]

    assert "stopped" in {message["type"] for message in messages}
    assert ("complete", "stopped") == (messages[-1]["type"], messages[-1]["status"])
    assert messages[-1]["total_entries"] == sequences[-1] + 1 == messages[-2]["current"]


@pytest.mark.parametrize(("query", "status"), [("types=x", 400), ("from=-1", 400), ("stream_id=x", 404)])
def test_refused_before_the_upgrade(server: Server, query: str, status: int) -> None:
    """A bad query and an unknown stream never become a WebSocket."""
    with pytest.raises(Refused) as refused:
        Subscriber(server, f"/ws/events?{query}")

    assert status == refused.value.status


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\x81\x03abc", 1002), (b"\x81\xff" + (1 << 40).to_bytes(8, "big") + bytes(4 + 70_000), 1009)],
)
def test_broken_frames_end_only_their_own_connection(server: Server, data: bytes, code: int) -> None:
    """The client is told the code, and another one reads on."""
    stream = _start(server, count=200, entries_per_second=200)
    with Subscriber(server, f"/ws/events?stream_id={stream}&types=complete") as other:
        with Subscriber(server, f"/ws/events?stream_id={stream}") as broken:
            broken.socket.sendall(data)
            broken.messages()
            assert code == broken.close_code
        assert ["complete"] == [message["type"] for message in other.messages()]


def test_metrics(server: Server) -> None:
    """`/ws/metrics` sends the counters once a second."""
    with Subscriber(server, "/ws/metrics") as reader:
        began = time.monotonic()
        messages = [json.loads(payload) for payload, _ in zip(reader.payloads(), range(3), strict=False)]
        took = time.monotonic() - began
        reader.part()

    assert [1, 1, 1] == [message["websockets_open"] for message in messages]
    assert 1.5 < took < 4.0


def test_keys_tickets_and_the_end(start_server: Callable[..., Server]) -> None:
    """Only who shows a key or a ticket comes in; who came before the start stays for two streams, to 1001."""
    server = start_server(api_key=KEY)
    key = {"X-API-Key": KEY}
    with pytest.raises(Refused) as refused:
        Subscriber(server)
    assert 401 == refused.value.status
    answer = requests.post(f"{server.base_url}/api/ws/ticket", headers=key, timeout=PATIENCE)
    path = f"/ws/events?types=started,complete&ticket={answer.json()['ticket']}"
    with (
        Subscriber(server, path) as early,
        Subscriber(server, "/ws/metrics", headers=(f"Authorization: Bearer {KEY}",)) as watcher,
    ):
        with pytest.raises(Refused) as refused:
            Subscriber(server, path)
        assert 401 == refused.value.status
        for _ in range(2):
            body = {"count": 50, "wait_for_subscriber": 5}
            url = f"{server.base_url}/api/stream/start"
            started = requests.post(url, json=body, headers=key, timeout=PATIENCE).json()
            seen = [(message["type"], message["stream_id"]) for message in early.messages("complete")]
            assert [("started", started["stream_id"]), ("complete", started["stream_id"])] == seen
        server.signal(signal.SIGTERM)
        assert [] == early.messages()
        watcher.messages()
        assert (1001, 1001) == (early.close_code, watcher.close_code)
        early.answer_close()
        watcher.answer_close()
    assert 0 == server.wait()
    assert not [line for line in server.log.splitlines() if "ERROR" in line or "Traceback" in line]
