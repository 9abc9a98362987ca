"""`datasynth follow` beside a real server."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import websocket

from datasynth.client import Client
from tests.e2e.cutting_proxy import cutting
from tests.server import free_ports

if TYPE_CHECKING:
    from tests.server import Server

PROGRAM = str(Path(sys.executable).with_name("datasynth"))
ENDS_WITHIN = 40.0


def follow(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [PROGRAM, "follow", url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN)


def messages(server: Server, stream_id: str) -> list[str]:
    """What the server says, as another client hears it."""
    socket = websocket.create_connection(f"{server.ws_url}/ws/events?stream_id={stream_id}", timeout=20)
    found = []
    while text := socket.recv():
        found.append(str(text))
    socket.shutdown()  # type: ignore[no-untyped-call]  # as the library has it
    return found


def complete(server: Server, count: int) -> str:
    """Start a stream, and wait for its end."""
    with Client(server.base_url) as client:
        stream_id = client.start(count)
        list(client.follow(stream_id, types=["complete"]))
    return stream_id


def test_a_stream_that_is_over(server: Server) -> None:
    """As JSON, the output is what the server says, byte for byte; the status is 0."""
    stream_id = complete(server, 50)
    done = follow(server.base_url, "--stream-id", stream_id, "--json")

    assert (0, "") == (done.returncode, done.stderr)
    assert messages(server, stream_id) == done.stdout.splitlines()


def test_cut_connections(server: Server) -> None:
    """A connection that breaks leaves no trace in the lines."""
    stream_id = complete(server, 800)
    whole = follow(server.base_url, "--stream-id", stream_id)
    with cutting(server.port, 100_000, 400_000, None) as proxy:
        done = follow(proxy.url, "--stream-id", stream_id)

    assert 2 == proxy.cuts
    assert (0, whole.stdout) == (done.returncode, done.stdout)
    assert whole.stdout.splitlines()[-1].startswith("complete total_entries=800 ")


def test_a_stream_that_is_yet_to_start(server: Server) -> None:
    """Without an id it waits for the next one, and prints its entries alone where these are asked for."""
    command = [PROGRAM, "follow", server.base_url, "--types", "entry"]
    with (
        Client(server.base_url) as client,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        output: list[str] = []
        reader = threading.Thread(target=lambda: output.extend(process.stdout or ()))
        reader.start()
        stream_id = client.start(40, entries_per_second=10.0)
        assert 0 == process.wait(ENDS_WITHIN)
        reader.join(ENDS_WITHIN)
        expected = list(client.entries(0, None, stream_id))

    assert [f"{one['sequence']}.{one['line']}" for one in expected] == [line.split()[0] for line in output]


def test_an_interrupt(server: Server) -> None:
    """Control-C ends it at once, without a word."""
    with Client(server.base_url) as client:
        client.start(100_000, entries_per_second=20.0)
        with subprocess.Popen(
            [PROGRAM, "follow", server.base_url, "--types", "entry"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("0.1 ")
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=ENDS_WITHIN)
        client.stop()

    assert (130, "") == (process.returncode, errors)


def test_no_server() -> None:
    """One line and status 2, at once."""
    (port,) = free_ports(1)
    done = follow(f"http://127.0.0.1:{port}")

    line = f"datasynth: http://127.0.0.1:{port}: Connection refused\n"
    assert (2, "", line) == (done.returncode, done.stdout, done.stderr)


def test_unknown_stream(server: Server) -> None:
    """The server's own words."""
    done = follow(server.base_url, "--stream-id", "no")

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("datasynth: Unknown stream")
    assert 1 == len(done.stderr.splitlines())
