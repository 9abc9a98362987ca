"""Server-Sent Events of a real server, read by clients that are not ours."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from httpx_sse import connect_sse

from bench.footprint import Footprint
from tests.contract.ways_in import behind_nginx, nginx
from tests.e2e.cutting_proxy import cutting
from tests.e2e.programs import ANSWERS_WITHIN
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from httpx_sse import ServerSentEvent

    from tests.server import Server

PATH = "/api/stream/events"
COUNT = 2_000
READERS = 40
SOME = 60_000


def _start(server: Server, **body: object) -> str:
    answer = requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=ANSWERS_WITHIN)
    answer.raise_for_status()
    return str(answer.json()["stream_id"])


def _finished(server: Server, count: int = COUNT) -> str:
    stream_id = _start(server, count=count, wait_for_subscriber=0)
    _read(server.base_url, {"stream_id": stream_id, "types": "complete"})
    return stream_id


def _read(url: str, query: dict[str, str], last: str = "", **options: Any) -> list[ServerSentEvent]:
    """Read events until the server ends the answer."""
    headers = {"Last-Event-ID": last} if last else {}
    with (
        httpx.Client(timeout=ANSWERS_WITHIN, **options) as client,
        connect_sse(client, "GET", f"{url}{PATH}", params=query, headers=headers) as source,
    ):
        # This library takes the pause before a new connection for an event without data.
        return [event for event in source.iter_sse() if event.data]


def _ids(events: list[ServerSentEvent]) -> list[str]:
    """The ids of entries; httpx-sse repeats the last id where an event has none."""
    return [event.id for event in events if event.event == "entry"]


def _lines(server: Server, stream_id: str) -> list[str]:
    """The ids that a stream's lines have, from a download."""
    answer = requests.get(
        f"{server.base_url}/api/entries", params={"stream_id": stream_id}, timeout=ANSWERS_WITHIN
    )
    rows = map(json.loads, answer.text.splitlines())
    return [f"{row['sequence']}:{row['line']}" for row in rows]


def test_a_stream_as_it_happens(server: Server) -> None:
    """Every line comes once and in order, between `started` and `complete`, and the answer then ends."""
    stream_id = _start(server, count=COUNT)
    told = _read(server.base_url, {})

    assert ("started", "complete") == (told[0].event, told[-1].event)
    assert {stream_id} == {event.json()["stream_id"] for event in told}
    assert _lines(server, stream_id) == _ids(told)


def test_curl(server: Server) -> None:
    """`curl -N` shows events, and ends with status 0 after the last one."""
    curl = shutil.which("curl")
    assert curl is not None
    stream_id = _finished(server, 5)
    done = subprocess.run(
        [curl, "-sSN", f"{server.base_url}{PATH}?stream_id={stream_id}"],
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN,
        check=True,
    )

    assert done.stdout.startswith("retry: 1000\n\nevent: started\ndata: {")
    assert "id: end\nevent: complete\ndata: {" in done.stdout


def test_going_on_where_connections_broke(server: Server) -> None:
    """A client whose connection is cut again and again gets every line, none twice."""
    stream_id = _finished(server)
    query = {"stream_id": stream_id, "types": "entry,complete"}
    got: list[ServerSentEvent] = []
    with cutting(server.port, SOME, SOME, SOME, None) as proxy:
        last = ""
        while not got or got[-1].event != "complete":
            with (
                httpx.Client(timeout=ANSWERS_WITHIN) as client,
                connect_sse(
                    client,
                    "GET",
                    f"{proxy.url}{PATH}",
                    params=query,
                    headers={"Last-Event-ID": last} if last else {},
                ) as source,
            ):
                try:
                    for event in source.iter_sse():
                        got.append(event)
                        last = event.id
                except httpx.RemoteProtocolError:
                    continue
        assert 3 == proxy.cuts

    assert _lines(server, stream_id) == _ids(got)


def test_many_readers_get_the_same(server: Server) -> None:
    """Entries are encoded once for all of them."""
    stream_id = _finished(server)
    query = {"stream_id": stream_id, "types": "entry"}

    def read(_: int) -> bytes:
        return requests.get(f"{server.base_url}{PATH}", params=query, timeout=ANSWERS_WITHIN).content

    with ThreadPoolExecutor(READERS) as threads:
        first, *others = threads.map(read, range(READERS))

    assert len(_lines(server, stream_id)) == first.count(b"\nevent: entry\n")
    assert {first} == set(others)


def test_a_reader_that_takes_nothing_costs_nothing(server: Server) -> None:
    """The server answers others as before, its memory stays flat, and the reader goes on later."""
    _finished(server)
    stream_id = _start(server, count=60_000)
    before = Footprint.of(server.pid)
    request = f"GET {PATH}?stream_id={stream_id}&types=entry HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as stalled:
        stalled.sendall(request.encode())
        other = requests.get(
            f"{server.base_url}{PATH}", params={"stream_id": stream_id}, timeout=ANSWERS_WITHIN
        )
        health = requests.get(f"{server.base_url}/health", timeout=1.0)
        after = Footprint.of(server.pid)
        stalled.settimeout(ANSWERS_WITHIN)
        begun = stalled.recv(4_096)

    assert b"event: complete" in other.content[-1_000:]
    assert 200 == health.status_code
    # The blocks that the cache keeps are within this.
    assert after.resident - before.resident < 400 << 20
    assert begun.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_leaves_is_noticed(server: Server) -> None:
    """Also where nothing is written, because no stream is active."""
    requests.post(f"{server.base_url}/api/stream/stop", timeout=ANSWERS_WITHIN)
    time.sleep(10.5)  # a stream that finished lately would be told about
    with socket.create_connection(("127.0.0.1", server.port)) as waiting:
        waiting.sendall(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        waiting.recv(4_096)
        assert 1 == _open(server)
    deadline = time.monotonic() + 5.0
    while _open(server) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert 0 == _open(server)


def _open(server: Server) -> int:
    text = requests.get(f"{server.base_url}/metrics", timeout=ANSWERS_WITHIN).text
    [line] = [line for line in text.splitlines() if line.startswith("datasynth_event_streams_open ")]
    return int(float(line.split()[1]))


def test_the_end_of_the_server(start_server: Callable[..., Server]) -> None:
    """Readers see a whole answer when the server ends, and the server does not wait for them."""
    server = start_server()
    _start(server, count=100_000, entries_per_second=10)
    told: list[list[ServerSentEvent]] = []
    reader = threading.Thread(target=lambda: told.append(_read(server.base_url, {})))
    reader.start()
    while not _open(server):
        time.sleep(0.05)
    began = time.monotonic()
    status = server.stop()
    reader.join(ANSWERS_WITHIN)

    assert 0 == status
    assert time.monotonic() - began < 8.0
    assert "started" == told[0][0].event
    assert "complete" not in {event.event for event in told[0]}


def test_keys_origins_and_the_rate_limit(start_server: Callable[..., Server]) -> None:
    """The same guards as everywhere; an accepted page may read the events; one connection is one request."""
    server = start_server(api_key="secret", rate_limit="5", allowed_origin="https://app.example")
    url, key = f"{server.base_url}{PATH}", {"X-API-Key": "secret"}
    stranger = requests.get(url, headers={**key, "Origin": "https://evil.example"}, timeout=5)
    requests.post(f"{server.base_url}/api/stream/start", json={"count": 3}, headers=key, timeout=5)
    page = requests.get(url, headers={**key, "Origin": "https://app.example"}, timeout=ANSWERS_WITHIN)
    refused = [requests.get(url, headers=key, params={"view": "x"}, timeout=5) for _ in range(4)]

    assert 403 == stranger.status_code
    assert (200, "3") == (page.status_code, page.headers["X-RateLimit-Remaining"])
    assert "https://app.example" == page.headers["Access-Control-Allow-Origin"]
    assert [400, 400, 400, 429] == [answer.status_code for answer in refused]


@pytest.mark.timeout(120)
def test_through_nginx(start_server: Callable[..., Server], tmp_path: Path) -> None:
    """A proxy passes each event on at once."""
    nginx()
    server = start_server(allowed_host="localhost", trusted_proxies="1")
    certificate = self_signed(tmp_path, "localhost")
    with behind_nginx(server, certificate, tmp_path) as way:
        _start(server, count=1_000, entries_per_second=2)
        with (
            httpx.Client(
                timeout=ANSWERS_WITHIN, verify=ssl.create_default_context(cafile=certificate.certificate)
            ) as client,
            connect_sse(client, "GET", f"{way.base_url}{PATH}", params={"types": "entry"}) as source,
        ):
            assert "entry" == next(event for event in source.iter_sse() if event.data).event
    requests.post(f"{server.base_url}/api/stream/stop", timeout=ANSWERS_WITHIN)
