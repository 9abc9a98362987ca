"""What a client says of itself, and whether a real server believes it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.e2e.programs import ANSWERS_WITHIN, APP, GUNICORN, started
from tests.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

pytestmark = pytest.mark.server

KEY = "believe-me-not"


@pytest.fixture(scope="module", params=["app", "gunicorn", "unix"])
def connect(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A way to a server with a key: through `app.py`, plain gunicorn, and gunicorn on a Unix socket."""
    path = tmp_path_factory.mktemp("unix") / "http"
    command = APP if request.param == "app" else GUNICORN
    bind = ["--bind", f"unix:{path}"] if request.param == "unix" else []
    environment = {"DATASYNTH_API_KEY": KEY, "DATASYNTH_WORKER_THREADS": "1", "FORWARDED_ALLOW_IPS": "*"}
    with started([*command, *bind], environment) as server:
        yield Door(server, path if bind else None)


class Door:
    """Where a server takes requests, byte by byte."""

    def __init__(self, server: Server, path: Path | None) -> None:
        self._server = server
        self._path = path

    def answer(self, request: bytes) -> bytes:
        """Send a request as it is; all that comes back."""
        family = socket.AF_UNIX if self._path else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.settimeout(ANSWERS_WITHIN)
            client.connect(str(self._path) if self._path else (LOOPBACK, self._server.port))
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
            received = b""
            while piece := client.recv(65_536):
                received += piece
        return received

    def status(self, path: str, *headers: str, before: bytes = b"") -> int:
        """Ask for a path; the status of the answer."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "Connection: close", "", ""]
        return int(self.answer(before + "\r\n".join(lines).encode()).split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/x/health", ["SCRIPT_NAME: /x"], 404),
        ("/x/health", ["Script-Name: /x"], 404),
        ("/health", ["SCRIPT_NAME: /x"], 200),
        ("/api/config", ["SCRIPT_NAME: /api", "PATH_INFO: /health"], 401),
        ("/api/config", ["PATH_INFO: /health"], 401),
        ("/api/config", ["X-Original-URL: /health", "X-Rewrite-URL: /health"], 401),
        ("/health", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"], 200),
        ("/api/config", ["X_API_KEY: " + KEY], 401),
        ("/api/config", ["HTTP_X_API_KEY: " + KEY, "REMOTE_USER: root"], 401),
        ("/api/config", ["X-API-Key: " + KEY], 200),
    ],
)
def test_headers_change_neither_path_nor_scheme_nor_key(
    connect: Door, path: str, headers: list[str], expected: int
) -> None:
    """What a header says of path, scheme or key is nothing, also from this machine and a Unix socket."""
    # A path outside is refused for want of a key where it is not found.
    sent = [*headers, "X-API-Key: " + KEY] if expected == 404 else headers

    assert expected == connect.status(path, *sent)


def test_the_proxy_protocol_is_not_spoken(connect: Door) -> None:
    """A line that claims another address is no request."""
    line = b"PROXY TCP4 198.51.100.1 198.51.100.2 1 2\r\n"

    assert 400 == connect.status("/health", before=line)


def test_claims_of_an_address_buy_no_second_window(connect: Door) -> None:
    """Without trusted proxies each request of this machine counts for the same client."""
    claims = ["X-Forwarded-For", "X_Forwarded_For", "Forwarded", "X-Real-IP", "REMOTE_ADDR", "True-Client-IP"]
    left = []
    for number, name in enumerate(claims):
        lines = ["GET /api/config HTTP/1.1", "Host: localhost", f"{name}: 198.51.100.{number}"]
        answer = connect.answer("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        left.append(int(answer.lower().split(b"x-ratelimit-remaining: ")[1].split(b"\r\n")[0]))

    assert [left[0] - number for number in range(len(claims))] == left
