"""One try over a real socket: what is sent, and which error each failure becomes."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from datasynth.client import AsyncClient, Client
from datasynth.client.errors import (
    ClientError,
    ConnectionLostError,
    NoServerError,
    OverloadedError,
    RateLimitExceededError,
    RefusedError,
    TimedOutError,
    UnauthorizedError,
)
from datasynth.client.rpc import _failure
from tests.client.servers import LOOPBACK, answering, http, saying, silent
from tests.server import free_ports

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 0.2
REFUSED = b'{"error": "unauthorized", "message": "A key is required.", "details": {}}'


def call(url: str, method: str, *arguments: Any, **options: Any) -> Any:
    """Call a method of `Client` without further tries."""
    with Client(url, retries=0, **options) as client:
        given = getattr(client, method)(*arguments)
        return list(given) if hasattr(given, "__next__") else given


def call_async(url: str, method: str, *arguments: Any, **options: Any) -> Any:
    """Call a method of `AsyncClient` without further tries."""

    async def run() -> Any:
        async with AsyncClient(url, retries=0, **options) as client:
            given = getattr(client, method)(*arguments)
            return [one async for one in given] if hasattr(given, "__aiter__") else await given

    return asyncio.run(run())


BOTH = pytest.mark.parametrize("run", [call, call_async])
METHODS = pytest.mark.parametrize("method", ["config", "entries", "table", "follow"])


@BOTH
@METHODS
def test_nobody_listens(run: Callable[..., Any], method: str) -> None:
    """The error names the address and the system's reason."""
    (port,) = free_ports(1)

    with pytest.raises(NoServerError, match=rf"^http://{LOOPBACK}:{port}: Connection refused$"):
        run(f"http://{LOOPBACK}:{port}", method)


@BOTH
@METHODS
def test_unknown_host(run: Callable[..., Any], method: str) -> None:
    """Likewise; such names never resolve."""
    with pytest.raises(NoServerError, match=r"^http://nowhere.invalid: .*[nN]ame"):
        run("http://nowhere.invalid", method)


@BOTH
@METHODS
def test_a_silent_server(run: Callable[..., Any], method: str) -> None:
    """It is not waited for longer than was said."""
    with answering(silent) as port, pytest.raises(TimedOutError, match="did not answer in time"):
        run(f"http://{LOOPBACK}:{port}", method, timeout=TIMEOUT)


@BOTH
@METHODS
def test_a_refusal(run: Callable[..., Any], method: str) -> None:
    """The server's words arrive, also where a WebSocket was wanted."""
    answer = http("401 Unauthorized", REFUSED, "Connection: close")
    with answering(saying(answer)) as port, pytest.raises(UnauthorizedError, match=r"^A key is required\.$"):
        run(f"http://{LOOPBACK}:{port}", method)


@BOTH
@METHODS
@pytest.mark.parametrize(
    ("status", "kind"), [("429 Too Many", RateLimitExceededError), ("503 No", OverloadedError)]
)
def test_when_to_come_back(
    run: Callable[..., Any], method: str, status: str, kind: type[ClientError]
) -> None:
    """`Retry-After` is read, whoever says it."""
    answer = http(status, b"", "Retry-After: 7", "Connection: close")
    with answering(saying(answer)) as port, pytest.raises(kind) as raised:
        run(f"http://{LOOPBACK}:{port}", method)
    assert 7.0 == raised.value.retry_after


@BOTH
@METHODS
def test_a_server_that_hangs_up(run: Callable[..., Any], method: str) -> None:
    """Before the first byte of an answer."""
    with answering(saying(b"")) as port, pytest.raises(ConnectionLostError):
        run(f"http://{LOOPBACK}:{port}", method)


@BOTH
@pytest.mark.parametrize("method", ["config", "entries", "table"])
def test_an_answer_that_is_cut(run: Callable[..., Any], method: str) -> None:
    """A short answer is never taken for a whole one."""
    answer = http("200 OK", b"\xff\xff\xff\xff", length=100)
    with answering(saying(answer)) as port, pytest.raises(ConnectionLostError):
        run(f"http://{LOOPBACK}:{port}", method)


@BOTH
def test_a_redirect_is_a_refusal(run: Callable[..., Any]) -> None:
    """There are none on the server; a proxy's is told as it is."""
    answer = http("302 Found", b"", "Location: http://localhost:1/", "Connection: close")
    with answering(saying(answer)) as port, pytest.raises(RefusedError, match="HTTP status 302"):
        run(f"http://{LOOPBACK}:{port}", "config")


@BOTH
def test_429_and_then_an_answer(run: Callable[..., Any]) -> None:
    """A safe call is made again after the time that the server names."""
    told = http("429 Too Many Requests", b"", "Retry-After: 0", "Connection: close")
    answer = http("200 OK", b'{"a": 1}', "Connection: close")
    with answering(saying(told), saying(answer)) as port:
        client = Client(f"http://{LOOPBACK}:{port}")
        assert {"a": 1} == client.config()
    with answering(saying(told)) as port, pytest.raises(RateLimitExceededError):
        run(f"http://{LOOPBACK}:{port}", "start")


@BOTH
@METHODS
def test_what_is_sent(run: Callable[..., Any], method: str) -> None:
    """Key and name of the client go with every request, and nothing asks to be compressed."""
    asked: list[str] = []

    def listen(connection: socket.socket) -> None:
        asked.append(connection.recv(65_536).decode().lower())
        connection.sendall(http("401 Unauthorized", REFUSED, "Connection: close"))
        connection.shutdown(socket.SHUT_RDWR)

    with answering(listen) as port, pytest.raises(UnauthorizedError):
        run(f"http://{LOOPBACK}:{port}/base/", method, api_key="secret")

    head = asked[0]
    assert head.startswith(("get /base/api/", "get /base/ws/events?view=line "))
    key = "authorization: bearer secret" if method == "follow" else "x-api-key: secret"
    assert f"\r\n{key}\r\n" in head
    assert "\r\nuser-agent: datasynth-client/" in head
    if method in {"entries", "table"}:
        assert "\r\naccept-encoding: identity\r\n" in head
    if method == "follow":
        assert "sec-websocket-extensions" not in head


@BOTH
def test_a_redirect_never_gets_the_key(run: Callable[..., Any]) -> None:
    """A WebSocket that is sent on to another server does not show it the key."""
    asked: list[str] = []

    def elsewhere(connection: socket.socket) -> None:
        asked.append(connection.recv(65_536).decode().lower())
        connection.sendall(http("401 Unauthorized", REFUSED, "Connection: close"))
        connection.shutdown(socket.SHUT_RDWR)

    with answering(elsewhere) as other:
        location = f"Location: ws://{LOOPBACK}:{other}/"
        sent_on = saying(http("307 Temporary Redirect", b"", location, "Connection: close"))
        with answering(sent_on) as port, pytest.raises(UnauthorizedError):
            run(f"http://{LOOPBACK}:{port}", "follow", api_key="secret")

    assert [] == [head for head in asked if "secret" in head]
    assert 1 == len(asked)


@BOTH
def test_nobody_listens_for_grpc(run: Callable[..., Any]) -> None:
    """The words are those of gRPC."""
    (port,) = free_ports(1)

    with pytest.raises(NoServerError, match=f"(?s){port}.*onnect"):
        run("http://localhost", "grpc_entries", grpc_url=f"{LOOPBACK}:{port}")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, NoServerError),
        (grpc.StatusCode.DEADLINE_EXCEEDED, TimedOutError),
        (grpc.StatusCode.INTERNAL, ConnectionLostError),
        (grpc.StatusCode.CANCELLED, ConnectionLostError),
        (grpc.StatusCode.UNIMPLEMENTED, RefusedError),
    ],
)
def test_what_grpc_itself_says(code: grpc.StatusCode, kind: type[ClientError]) -> None:
    """A status without the server's code is gRPC's own."""
    error = _failure(code, "Socket closed", None)

    assert (kind, "Socket closed") == (type(error), str(error))


def test_what_the_server_says_over_grpc() -> None:
    """Its code goes before the status."""
    error = _failure(
        grpc.StatusCode.UNAVAILABLE, "Not now.", (("error-code", "overloaded"), ("retry-after", "3"))
    )

    assert (OverloadedError, 3.0) == (type(error), error.retry_after)


def test_a_certificate_that_nobody_knows() -> None:
    """A server without TLS at an https address is told as what it is."""
    with answering(saying(b"no TLS here")) as port, pytest.raises(NoServerError):
        call(f"https://{LOOPBACK}:{port}", "config")
