"""How servers end, and that nothing else ends them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import grpc
import psutil
import pytest
import requests
import websocket

from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e.programs import ANSWERS_WITHIN, APP, ENDS_WITHIN, GUNICORN, eventually, started
from tests.server import LOOPBACK, ROOT, free_ports

if TYPE_CHECKING:
    from tests.server import Server

THE_LIMIT = 10.0
SLOWLY = {"entries_per_second": 50}


def close_code(connection: websocket.WebSocket) -> int:
    """Read until the server closes; with which code."""
    while True:
        opcode, data = connection.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


@pytest.mark.parametrize("command", [APP, GUNICORN], ids=["app.py", "gunicorn"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_tells_every_reader_and_ends_it_well(command: list[str], number: signal.Signals) -> None:
    """WebSocket readers see 1001, gRPC calls UNAVAILABLE, and the whole takes less than ten seconds."""
    with started(command) as server, grpc.insecure_channel(server.grpc_target) as channel:
        requests.post(f"{server.base_url}/api/stream/start", json=SLOWLY, timeout=ANSWERS_WITHIN)
        reader = websocket.create_connection(f"{server.ws_url}/ws/events", timeout=ANSWERS_WITHIN)
        call = synth_pb2_grpc.SynthServiceStub(channel).StartGeneration(synth_pb2.GenerationRequest())
        assert next(iter(call)).document_id
        assert json.loads(reader.recv())["type"]
        began = time.monotonic()

        server.signal(number)

        assert close_code(reader) == 1001
        with pytest.raises(grpc.RpcError) as ended:
            list(call)
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
        assert server.wait(ENDS_WITHIN) == 0
        assert time.monotonic() - began < THE_LIMIT
        assert "Traceback" not in server.log
        reader.shutdown()  # type: ignore[no-untyped-call]  # closes the socket, which a `close` after the fact leaves


def test_a_reader_that_does_not_read_delays_nobody() -> None:
    """A socket that takes nothing is cut off at the end of the grace."""
    with started(APP) as server:
        stuck = websocket.create_connection(f"{server.ws_url}/ws/events?types=entry", timeout=ANSWERS_WITHIN)
        requests.post(f"{server.base_url}/api/stream/start", timeout=ANSWERS_WITHIN)
        time.sleep(1.0)
        began = time.monotonic()

        server.signal(signal.SIGTERM)

        assert server.wait(ENDS_WITHIN) == 0
        assert time.monotonic() - began < THE_LIMIT
        assert "Traceback" not in server.log
        stuck.shutdown()  # type: ignore[no-untyped-call]


def test_a_hang_up_ends_a_program_in_a_terminal() -> None:
    """Who closes the terminal closes the server."""
    # What `nohup` runs has hang-ups ignored, and passes that on.
    with started(["env", "--default-signal=HUP", *APP]) as server:
        server.signal(signal.SIGHUP)

        assert server.wait(ENDS_WITHIN) == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2, signal.SIGTTIN, signal.SIGTTOU])
def test_under_gunicorn_a_reload_is_refused(number: signal.Signals, server: Server) -> None:
    """Streams cannot move to another process, so the one that there is stays."""
    workers = [worker.pid for worker in psutil.Process(server.pid).children()]

    server.signal(number)

    assert server.wait_for_line(f"{number.name} is ignored", timeout=ANSWERS_WITHIN)
    assert workers == [worker.pid for worker in psutil.Process(server.pid).children()]
    assert requests.get(f"{server.base_url}/health", timeout=ANSWERS_WITHIN).ok


def answers(port: int) -> bool:
    """Whether a server answers on a port."""
    try:
        return requests.get(f"http://{LOOPBACK}:{port}/health", timeout=ANSWERS_WITHIN).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("redirection", [">/dev/full 2>&1", ">&- 2>&-", "<&- 2>&-", "2>&1 | exec sleep 15"])
def test_a_log_that_cannot_be_written_hurts_nobody(redirection: str) -> None:
    """A full disk, closed descriptors and a pipe that nobody reads leave the server as it is."""
    port, grpc_port = free_ports(2)
    command = f"{' '.join(APP)} --port {port} --grpc-port {grpc_port} --log-level debug --worker-threads 1"
    shell = subprocess.Popen(["sh", "-c", f"{command} {redirection}"], cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        assert eventually(lambda: answers(port), within=ENDS_WITHIN)
        assert all(answers(port) for _ in range(300))
        [worker] = [
            child for child in psutil.Process(shell.pid).children(recursive=True) if serves(child, port)
        ]
        arbiter = worker.parent()
        assert arbiter is not None
        arbiter.terminate()
        assert eventually(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    finally:
        for process in psutil.Process(shell.pid).children(recursive=True):
            process.terminate()
    status = shell.wait(ENDS_WITHIN)
    assert status == 0 or "|" in redirection


def serves(process: psutil.Process, port: int) -> bool:
    """Whether a process listens on a port and has native threads: the worker, not the arbiter."""
    listening = any(
        one.laddr.port == port and one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp")
    )
    return listening and process.num_threads() > 1
