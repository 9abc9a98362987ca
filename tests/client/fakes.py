"""A server that a client reaches without a network, sync and async, and that breaks off where a test says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from datasynth.client import AsyncClient, Client
from datasynth.client.async_connection import AsyncBody
from datasynth.client.connection import Body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from datasynth.client.calls import Call

Query = dict[str, str]
Step = bytes | str | Exception
"""What arrives next, or what goes wrong."""


class FakeServer:
    """Answers from what a test lays out, in order, and remembers what was asked.

    Parameters
    ----------
    answers
        One for each request: what arrives of it, step by step.
    status
        Of downloads.
    headers
        Of downloads.
    """

    def __init__(
        self, *answers: Sequence[Step], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self._answers = list(answers)
        self._status = status
        self._headers = headers or {}
        self.asked: list[Any] = []
        self.headers: list[Mapping[str, str]] = []
        self.waits: list[float] = []
        self.closed = 0

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def send(self, call: Call[object]) -> bytes:
        self.asked.append((call.method, call.path, dict(call.query), call.body))
        return b"".join(step.encode() if isinstance(step, str) else step for step in self._steps())

    @contextmanager
    def open(self, query: Query, headers: Mapping[str, str]) -> Iterator[Body]:
        self.asked.append(query)
        self.headers.append(headers)
        yield Body(206 if headers else self._status, self._headers, self._bytes())

    @contextmanager
    def listen(self, query: Query) -> Iterator[Iterator[str | bytes]]:
        self.asked.append(query)
        yield self._steps()

    def generate(self, reader: Any) -> Iterator[Any]:
        self.asked.append(reader.first())
        return iter(self._steps())

    def close(self) -> None:
        self.closed += 1

    def _bytes(self) -> Iterator[bytes]:
        return (step.encode() if isinstance(step, str) else step for step in self._steps())

    def _steps(self) -> Iterator[Any]:
        for step in self._answers.pop(0):
            if isinstance(step, Exception):
                raise step
            yield step


class AsyncFakeServer:
    """The same for asyncio."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server

    async def wait(self, seconds: float) -> None:
        self._server.wait(seconds)

    async def send(self, call: Call[object]) -> bytes:
        return self._server.send(call)

    @asynccontextmanager
    async def open(self, query: Query, headers: Mapping[str, str]) -> AsyncIterator[AsyncBody]:
        with self._server.open(query, headers) as body:
            yield AsyncBody(body.status, body.headers, _async(body.chunks))

    @asynccontextmanager
    async def listen(self, query: Query) -> AsyncIterator[AsyncIterator[str | bytes]]:
        with self._server.listen(query) as messages:
            yield _async(messages)

    def generate(self, reader: Any) -> AsyncIterator[Any]:
        return _async(self._server.generate(reader))

    async def close(self) -> None:
        self._server.close()


async def _async(steps: Iterator[Any]) -> AsyncIterator[Any]:
    for step in steps:
        yield step


def run_client(server: FakeServer, method: str, *arguments: Any, retries: int = 2, **named: Any) -> Any:
    """Return what a method of `Client` gives, as a list where it yields."""
    with Client(retries=retries) as client:
        client._connection.close()
        client._connection = server  # type: ignore[assignment]  # a fake
        return _drained(getattr(client, method)(*arguments, **named))


def run_async_client(server: FakeServer, method: str, *arguments: Any, retries: int = 2, **named: Any) -> Any:
    """Return what a method of `AsyncClient` gives, as a list where it yields."""

    async def run() -> Any:
        async with AsyncClient(retries=retries) as client:
            await client._connection.close()
            client._connection = AsyncFakeServer(server)  # type: ignore[assignment]  # a fake
            given = getattr(client, method)(*arguments, **named)
            return [one async for one in given] if hasattr(given, "__aiter__") else await given

    return asyncio.run(run())


def _drained(given: Any) -> Any:
    return list(given) if hasattr(given, "__next__") else given


BOTH = [run_client, run_async_client]
"""Each a way to call a method; tests run with both."""
