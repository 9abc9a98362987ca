"""A server over the network, for programs that wait: HTTP, WebSocket and gRPC.

It makes one try of what it is asked for, and raises errors of the client and no
others.  `AsyncServerConnection` is the same for asyncio.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import httpx
from websockets.sync.client import connect

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
    from collections.abc import Iterator, Mapping

    from datasynth.client.calls import Answer, Call
    from datasynth.client.rpc import MessageReader, RpcConnection
    from datasynth.client.server_address import ServerAddress
    from datasynth.transports.rpc import synth_pb2

CLOSE_WITHIN = 0.25
"""How long a WebSocket waits for the server's goodbye. [s]"""


class Body(NamedTuple):
    """An answer that is still arriving: its head, and its bytes as they come."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class ServerConnection:
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

    wait = staticmethod(time.sleep)
    """Waits before another try."""

    def __init__(self, address: ServerAddress, api_key: str | None, timeout: float) -> None:
        self._address = address
        self._key = api_key
        self._timeout = timeout
        self._tls = address.tls()
        self._http = httpx.Client(**http_options(address, api_key, timeout), verify=self._tls or True)
        self._rpc: RpcConnection | None = None

    def send(self, call: Call[Answer]) -> bytes:
        """Return the body of a call's answer."""
        with http_failures(self._address.url):
            answer = self._http.request(
                call.method, call.path, params=dict(call.query), **json_body(call.body)
            )
        if not answer.is_success:
            raise refusal(answer.status_code, answer.headers, answer.content)
        return answer.content

    @contextmanager
    def open(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[Body]:
        """Give a download as it arrives."""
        with (
            http_failures(self._address.url),
            self._http.stream("GET", ENTRIES, params=dict(query), headers=plain(headers)) as answer,
        ):
            if not answer.is_success:
                raise refusal(answer.status_code, answer.headers, answer.read())
            yield Body(answer.status_code, answer.headers, answer.iter_bytes())

    @contextmanager
    def listen(self, query: dict[str, str]) -> Iterator[Iterator[str | bytes]]:
        """Give the messages of a WebSocket as they arrive; its end is an error."""
        with (
            websocket_failures(self._address.url),
            connect(
                self._address.websocket(EVENTS, query),
                ssl=self._tls,
                additional_headers=bearer_headers(self._key),
                user_agent_header=USER_AGENT,
                compression=None,
                max_size=None,
                open_timeout=self._timeout,
                close_timeout=CLOSE_WITHIN,
            ) as socket,
        ):
            yield iter(socket.recv, None)

    def generate(self, reader: MessageReader) -> Iterator[synth_pb2.Entry]:
        """Yield the messages of one gRPC call."""
        if self._rpc is None:
            self._rpc = import_module("datasynth.client.rpc").RpcConnection(self._address, self._key)
        return self._rpc.generate(reader)

    def close(self) -> None:
        """Close what is open."""
        self._http.close()
        if self._rpc is not None:
            self._rpc.close()
