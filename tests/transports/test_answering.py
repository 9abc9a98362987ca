"""Answers that clients may not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datasynth.transports.answering import CHUNK_BYTES, WAITS, sent_in_time
from datasynth.transports.connection import Connection, Connections, RequestClock, TimeLimits
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SECONDS = 60.0


class Client:
    """A socket that remembers how long it was to wait at most."""

    def __init__(self) -> None:
        self.timeout: float | None = None

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds


class Parts:
    """What an application returns; it remembers whether it was closed."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        self.closed = True


class Server:
    """Calls an application as a WSGI server does, and looks at its connection while a chunk is sent."""

    def __init__(self, parts: Parts, *, length: bool, waits: bool = False) -> None:
        self.clock = FakeClock()
        self.client = Client()
        self.connections = Connections(1, SECONDS, self.clock)
        self.connection = Connection(self.client, RequestClock(TimeLimits(), self.clock))
        self.seen: list[tuple[int, float | None]] = []
        headers = [("content-Length", "1")] if length else [("Content-Type", "text/csv")]

        def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if waits:
                environ[WAITS] = True
            start_response("200 OK", headers)
            return parts

        answers = sent_in_time(application, lambda: self.connection, self.connections, SECONDS)
        self.answer: Any = answers({}, lambda *_: None)

    def send(self) -> bytes:
        """Send all chunks."""
        sent = b""
        for chunk in self.answer:
            self.seen.append((len(chunk), self.client.timeout))
            sent += chunk
        return sent


def test_a_known_length_is_sent_in_chunks_that_each_have_their_time() -> None:
    """The bytes are those of the application; between answers the connection waits for nothing."""
    body = bytes(range(256)) * 600
    server = Server(Parts(body, b"", b"end"), length=True)

    assert body + b"end" == server.send()
    assert [(CHUNK_BYTES, SECONDS)] * 2 + [
        (len(body) - 2 * CHUNK_BYTES, SECONDS),
        (3, SECONDS),
    ] == server.seen
    assert server.client.timeout is None


def test_a_download_goes_out_as_it_comes_and_waits_for_its_reader() -> None:
    """Chunks of a body without announced length are neither cut nor timed."""
    parts = (bytes(200_000), b"x")
    server = Server(Parts(*parts), length=False)

    assert b"".join(parts) == server.send()
    assert [(200_000, None), (1, None)] == server.seen


def test_a_download_whose_length_is_known_waits_as_well() -> None:
    """An announced length does not hurry the reader of what says that it waits."""
    parts = (bytes(200_000), b"x")
    server = Server(Parts(*parts), length=True, waits=True)

    assert b"".join(parts) == server.send()
    assert [(200_000, None), (1, None)] == server.seen


@pytest.mark.parametrize("length", [True, False], ids=["whole", "download"])
def test_a_client_that_takes_nothing_is_known_and_forgotten_again(*, length: bool) -> None:
    """While a chunk is being sent its connection may be spared; not after the answer was closed."""
    server = Server(Parts(b"one", b"two"), length=length)
    cut = []
    server.connection.cut = lambda: cut.append(True)  # type: ignore[method-assign]
    next(iter(server.answer))
    server.clock.advance(SECONDS - 1)
    assert not server.connections.dismiss_one()
    server.clock.advance(1)
    assert server.connections.dismiss_one()
    server.answer.close()

    assert [True] == cut
    assert not server.connections.dismiss_one()


def test_an_answer_that_is_never_asked_for_is_closed_too() -> None:
    """A download holds a reader of blocks until it is closed."""
    parts = Parts(b"one")
    Server(parts, length=False).answer.close()

    assert parts.closed
