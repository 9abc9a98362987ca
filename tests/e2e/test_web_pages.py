"""What web pages can do to a real server, however it is started."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
import requests
import websocket

from tests.e2e.programs import ANSWERS_WITHIN, GUNICORN, READY, started
from tests.e2e.test_other_servers import FLASK
from tests.server import LOOPBACK, Server, free_ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EVERYWHERE = "0.0.0.0"  # noqa: S104  # one of the ways to start a server
STRANGE = "http://evil.example"
QUICK = {"DATASYNTH_WORKER_THREADS": "1", "DATASYNTH_RATE_LIMIT": "0"}


def _answer(
    to: tuple[str, int] | Path, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, object]]:
    """Status and body; the headers are sent as they are, `Host` too."""
    connection = http.client.HTTPConnection("localhost", timeout=ANSWERS_WITHIN)
    if isinstance(to, tuple):
        connection.sock = socket.create_connection(to, ANSWERS_WITHIN)
    else:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(ANSWERS_WITHIN)
        connection.sock.connect(str(to))
    connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def _upgrade(server: Server, **options: Any) -> int:
    """Status of a WebSocket's handshake."""
    try:
        client = websocket.create_connection(
            f"{server.ws_url}/ws/events", timeout=ANSWERS_WITHIN, redirect_limit=0, **options
        )
    except websocket.WebSocketBadStatusException as refusal:
        return int(refusal.status_code)
    client.close()
    return 101


def test_a_strange_page_cannot_drive_the_server(server: Server) -> None:
    """Neither by a form, nor under a name that was made to lead here; what it asked for has not happened."""
    own = f"localhost:{server.port}"
    to = (LOOPBACK, server.port)
    for call in ("start", "stop", "pause", "resume", "trigger/month_end"):
        path = f"/api/stream/{call}"
        status, body = _answer(to, path, "POST", Host=own, Origin=STRANGE, Content_Type="text/plain")
        assert (403, "forbidden") == (status, body["error"])
        status, body = _answer(to, path, "POST", Host=f"evil.example:{server.port}")
        assert (400, "invalid_request") == (status, body["error"])

    assert _answer(to, "/api/stream", Host=own)[0] == 404
    assert _answer(to, "/health", Host=own, Origin=f"http://{own}")[0] == 200


def test_websockets_are_refused_before_the_upgrade(server: Server) -> None:
    """A page of this machine gets one, and so does a client that sends no origin or the server's own."""
    assert [101, 101, 101, 403, 403, 400] == [
        _upgrade(server),
        _upgrade(server, suppress_origin=True),
        _upgrade(server, origin="http://127.0.0.1:5173"),
        _upgrade(server, origin=STRANGE),
        _upgrade(server, origin="null"),
        _upgrade(server, host="evil.example"),
    ]


def test_a_page_of_this_machine_reads_answers(server: Server) -> None:
    """Its browser is told so by the headers, on what failed as well."""
    page = {"Origin": "http://localhost:5173"}
    for path, status in (("/api/config", 200), ("/nowhere", 404)):
        answer = requests.get(server.base_url + path, headers=page, timeout=ANSWERS_WITHIN)
        assert (status, page["Origin"]) == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])
    asked = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    preflight = requests.options(f"{server.base_url}/api/config", headers=asked, timeout=ANSWERS_WITHIN)

    assert 204 == preflight.status_code
    assert "X-API-Key" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("command", "environment", "ready", "checked"),
    [
        ([*GUNICORN, "-b", "{everywhere}"], {}, READY, False),
        ([*GUNICORN, "-b", "{loopback}"], {"DATASYNTH_HOST": EVERYWHERE}, READY, True),
        ([FLASK, "run", "--host", EVERYWHERE, "--port", "{port}"], {}, "Running on", False),
        ([FLASK, "run", "--port", "{port}"], {"DATASYNTH_HOST": EVERYWHERE}, "Running on", True),
    ],
    ids=["gunicorn, everywhere", "gunicorn, loopback", "flask, everywhere", "flask, loopback"],
)
def test_what_the_server_listens_on_counts(
    command: list[str], environment: Mapping[str, str], ready: str, checked: bool
) -> None:
    """Not what the setting says; a page of this machine has a say where only this machine has."""
    [port] = free_ports(1)
    places = {"port": str(port), "everywhere": f"{EVERYWHERE}:{port}", "loopback": f"{LOOPBACK}:{port}"}
    server = Server([part.format(**places) for part in command], {**QUICK, **environment})
    try:
        assert server.wait_for_line(ready, timeout=40.0), server.log
        named = _answer((LOOPBACK, port), "/health", Host="ledger.example")[0]
        page = _answer((LOOPBACK, port), "/health", Host=f"localhost:{port}", Origin="http://localhost:1")[0]
    finally:
        server.stop()

    assert ((400, 200) if checked else (200, 403)) == (named, page)


def test_a_unix_socket_is_not_loopback(tmp_path: Path) -> None:
    """Whoever put a proxy before it decides about names; pages still have to be of the server."""
    path = tmp_path / "http.sock"
    with started([*GUNICORN, "-b", f"unix:{path}"], QUICK):
        named = _answer(path, "/health", Host="ledger.example")[0]
        own = _answer(path, "/health", Host="ledger.example", Origin="https://ledger.example")[0]
        page = _answer(path, "/health", Host="localhost", Origin="http://localhost:5173")[0]

    assert (200, 200, 403) == (named, own, page)
