"""A server over the network, for programs on asyncio: HTTP, WebSocket and gRPC.

The same as `ServerConnection`, method by method.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import httpx
from websockets.asyncio.client import connect

from datasynth.client.failures import http_failures, websocket_failures
from datasynth.client.http_requests import (
    ENTRIES,
    EVENTS,
    USER_AGENT,
    bearer_headers,
    http_options,
    json_body,
    plain,
)
from datasynth.client.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from websockets.asyncio.client import ClientConnection

    from datasynth.client.calls import Answer, Call
    from datasynth.client.rpc import AsyncRpcConnection, MessageReader
    from datasynth.client.server_address import ServerAddress
    from datasynth.transports.rpc import synth_pb2

CLOSE_WITHIN = 0.25
"""How long a WebSocket waits for the server's goodbye. [s]"""


class AsyncBody(NamedTuple):
    """An answer that is still arriving: its head, and its bytes as they come."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class AsyncServerConnection:
    """A server over the network.

    Parameters
    ----------
    address
        Of the server.
    api_key
        Its key, if it wants one.
    timeout
        How long the server may be silent. [s]
    """

    wait = staticmethod(asyncio.sleep)
    """Waits before another try."""

    def __init__(self, address: ServerAddress, api_key: str | None, timeout: float) -> None:
        self._address = address
        self._key = api_key
        self._timeout = timeout
        self._tls = address.tls()
        self._http = httpx.AsyncClient(**http_options(address, api_key, timeout), verify=self._tls or True)
        self._rpc: AsyncRpcConnection | None = None

    async def send(self, call: Call[Answer]) -> bytes:
        """Return the body of a call's answer."""
        with http_failures(self._address.url):
            answer = await self._http.request(
                call.method, call.path, params=dict(call.query), **json_body(call.body)
            )
        if not answer.is_success:
            raise refusal(answer.status_code, answer.headers, answer.content)
        return answer.content

    @asynccontextmanager
    async def open(self, query: Mapping[str, str], headers: Mapping[str, str]) -> AsyncIterator[AsyncBody]:
        """Give a download as it arrives."""
        with http_failures(self._address.url):
            async with self._http.stream(
                "GET", ENTRIES, params=dict(query), headers=plain(headers)
            ) as answer:
                if not answer.is_success:
                    raise refusal(answer.status_code, answer.headers, await answer.aread())
                yield AsyncBody(answer.status_code, answer.headers, answer.aiter_bytes())

    @asynccontextmanager
    async def listen(self, query: dict[str, str]) -> AsyncIterator[AsyncIterator[str | bytes]]:
        """Give the messages of a WebSocket as they arrive; its end is an error."""
        with websocket_failures(self._address.url):
            async with connect(
                self._address.websocket(EVENTS, query),
                ssl=self._tls,
                additional_headers=bearer_headers(self._key),
                user_agent_header=USER_AGENT,
                compression=None,
                max_size=None,
                open_timeout=self._timeout,
                close_timeout=CLOSE_WITHIN,
            ) as socket:
                yield _messages(socket)

    def generate(self, reader: MessageReader) -> AsyncIterator[synth_pb2.Entry]:
        """Yield the messages of one gRPC call."""
        if self._rpc is None:
            self._rpc = import_module("datasynth.client.rpc").AsyncRpcConnection(self._address, self._key)
        return self._rpc.generate(reader)

    async def close(self) -> None:
        """Close what is open."""
        await self._http.aclose()
        if self._rpc is not None:
            await self._rpc.close()


async def _messages(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    while True:
        yield await socket.recv()
