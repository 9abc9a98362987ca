"""What every HTTP request of the client carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import httpx
import orjson

from datasynth.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.client.server_address import ServerAddress

ENTRIES = "/api/entries"
EVENTS = "/ws/events"
USER_AGENT = f"datasynth-client/{__version__}"

CONNECT_WITHIN = 10.0
"""How long it may take until a server accepts a connection. [s]"""


class HttpOptions(TypedDict):
    """What both kinds of httpx's clients are made with."""

    base_url: str
    headers: dict[str, str]
    timeout: httpx.Timeout


def http_options(address: ServerAddress, api_key: str | None, timeout: float) -> HttpOptions:
    """Return the options of a client of httpx."""
    return {
        "base_url": address.url,
        "headers": {"User-Agent": USER_AGENT, **key_headers(api_key)},
        "timeout": httpx.Timeout(timeout, connect=min(timeout, CONNECT_WITHIN)),
    }


def key_headers(api_key: str | None) -> dict[str, str]:
    """Return the header that shows the key."""
    return {"X-API-Key": api_key} if api_key else {}


def bearer_headers(api_key: str | None) -> dict[str, str]:
    """Return the header that shows the key to a WebSocket.

    websockets follows redirects, and leaves this header out where one leads to another server.
    """
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def plain(headers: Mapping[str, str]) -> dict[str, str]:
    """Add that bytes come as they are; to compress them would cost more time than it saves."""
    return {"Accept-Encoding": "identity", **headers}


class JsonBody(TypedDict, total=False):
    """A body with its type, or nothing."""

    content: bytes
    headers: dict[str, str]


def json_body(document: object) -> JsonBody:
    """Return a JSON document as httpx takes it."""
    if document is None:
        return {}
    return {"content": orjson.dumps(document), "headers": {"Content-Type": "application/json"}}
