"""The same application without gunicorn: `flask run`, a test client, and gRPC beside them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
import requests
import websocket

from bench.wire.answers import read_answers
from bench.wire.playing import Attempt, play
from datasynth import create_app
from datasynth.bootstrap import services_of, start_grpc
from datasynth.settings import Settings
from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e.programs import ANSWERS_WITHIN, eventually
from tests.e2e.test_http_edges import UPGRADE
from tests.server import LOOPBACK, ROOT, Server, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.wire.answers import Answer

FLASK = str(Path(sys.executable).with_name("flask"))
COUNT = 100
KEY = {"X-API-Key": "k"}
PATIENCE = 6 * ANSWERS_WITHIN
"""Kernels may have to be loaded first. [s]"""


@pytest.fixture(scope="module")
def flask_server() -> Iterator[str]:
    """`flask run` in the project's folder; host and port."""
    [port] = free_ports(1)
    server = Server(
        [FLASK, "run", "--port", str(port)], {"DATASYNTH_API_KEY": "k", "DATASYNTH_RATE_LIMIT": "0"}
    )
    address = f"{LOOPBACK}:{port}"
    try:
        assert server.wait_for_line("Running on", timeout=40.0), server.log
        yield address
    finally:
        server.stop()
    assert "Traceback" not in server.log


def test_flask_run_serves_rest(flask_server: str) -> None:
    """The variables count there as under gunicorn."""
    address = f"http://{flask_server}"

    assert requests.get(f"{address}/api/config", timeout=ANSWERS_WITHIN).status_code == 401
    entries = requests.get(f"{address}/api/entries?count={COUNT}", headers=KEY, timeout=PATIENCE)
    assert len({json.loads(line)["sequence"] for line in entries.text.splitlines()}) == COUNT


def test_flask_run_serves_websockets(flask_server: str) -> None:
    """A reader sees a stream from its first entry to `complete`."""
    headers = {"X-API-Key": "k"}
    reader = websocket.create_connection(f"ws://{flask_server}/ws/events", header=headers, timeout=PATIENCE)
    requests.post(
        f"http://{flask_server}/api/stream/start",
        json={"count": COUNT},
        headers=KEY,
        timeout=PATIENCE,
    )

    sequences = set()
    while (message := json.loads(reader.recv()))["type"] != "complete":
        if message["type"] == "entry":
            sequences.add(message["sequence"])
    reader.close()

    assert (COUNT, set(range(COUNT))) == (message["total_entries"], sequences)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Host: a b"], 400),
        ([], 400),
        (["Host: localhost", "Transfer-Encoding: gzip, chunked"], 501),
        (["Host: localhost", "Expect: 100-continue", "Content-Length: 99999999"], 413),
    ],
)
def test_flask_run_holds_requests_to_http(flask_server: str, headers: list[str], status: int) -> None:
    """What a head has to have, whichever server reads it."""
    lines = ["POST /api/stream/stop HTTP/1.1", *headers, "X-API-Key: k"]

    assert status == _answer(flask_server, lines).status


@pytest.mark.parametrize(
    ("version", "header", "named"),
    [("1.1", "Sec-WebSocket-Version: 8", "13"), ("1.0", "Sec-WebSocket-Version: 13", None)],
)
def test_flask_run_refuses_other_handshakes(
    flask_server: str, version: str, header: str, named: str | None
) -> None:
    """Another version is told the right one, and HTTP/1.0 knows no upgrades."""
    lines = [
        f"GET /ws/metrics HTTP/{version}",
        "Host: localhost",
        "X-API-Key: k",
        *UPGRADE[:2],
        header,
        UPGRADE[3],
    ]
    answer = _answer(flask_server, lines)

    assert (400, named) == (answer.status, answer.headers.get("sec-websocket-version"))


def test_flask_run_chooses_a_subprotocol(flask_server: str) -> None:
    """A client that offers some does not fail."""
    reader = websocket.create_connection(
        f"ws://{flask_server}/ws/metrics/",
        header={"X-API-Key": "k"},
        timeout=PATIENCE,
        subprotocols=["a", "b"],
    )
    message = json.loads(reader.recv())
    reader.close()

    assert ("a", "metrics") == (reader.getsubprotocol(), message["type"])


def _answer(address: str, lines: list[str]) -> Answer:
    text = "\r\n".join([*lines, "", ""]).encode()
    received = play(Attempt("", (text,), certain=True), int(address.rpartition(":")[2]))
    answers, _ = read_answers(received.data.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"), ended=True)
    return answers[0]


def test_a_test_client_needs_no_server() -> None:
    """Flask's own client gets entries; threads begin with the first request and end when asked."""
    app = create_app(Settings(worker_threads=1, rate_limit=0))
    before = threading.active_count()
    client = app.test_client()

    assert before == threading.active_count()
    entries = client.get(f"/api/entries?count={COUNT}&view=document").get_data(as_text=True)
    services_of(app).shut_down(ANSWERS_WITHIN)

    assert COUNT == len(entries.splitlines())
    assert eventually(lambda: threading.active_count() == before)


def test_grpc_runs_beside_an_application() -> None:
    """One call starts it in the same process, over the same services."""
    app = create_app(Settings(worker_threads=1, port=0, grpc_port=0, rate_limit=0))
    server = start_grpc(app)
    try:
        with grpc.insecure_channel(server.addresses[0]) as channel:
            stub = synth_pb2_grpc.SynthServiceStub(channel)
            entries = list(stub.StartGeneration(synth_pb2.GenerationRequest(count=COUNT), timeout=PATIENCE))
        known = app.test_client().get("/api/streams").get_json()["streams"]
    finally:
        server.stop(grace=1.0)
        services_of(app).shut_down(ANSWERS_WITHIN)

    assert (COUNT, ["grpc"]) == (len(entries), [stream["kind"] for stream in known])


def test_importing_the_package_does_nothing() -> None:
    """No thread, no gRPC, no kernels, until the door is opened."""
    program = """
import sys, threading, datasynth
loaded = sorted({"grpc", "numba", "flask", "gevent"} & set(sys.modules))
print(threading.active_count(), loaded, datasynth.__version__)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert re.fullmatch(r"1 \[\] \d+\.\d+\.\d+\n", done.stdout)
