"""A data set that a server computes."""

from __future__ import annotations

import json
import ssl
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from datasynth.config.merge import config_from_mapping
from datasynth.errors import InvalidRequest
from datasynth.evaluation.readers.reference import from_rows, read_csv
from datasynth.evaluation.readers.source import Unreadable, whole_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from datasynth.config.model import Config

TIMEOUT = 120.0
"""How long a server may be silent. [s]"""

PAGE = 10_000
"""Open items that are asked for at a time."""

READ_BYTES = 4 << 20

TRIES = 20
"""How often a call that is turned away for its rate is made again."""


class Server:
    """A running server, or one stream of it.

    Parameters
    ----------
    url
        ``http://host:port``, with ``?stream_id=`` for a stream's entries in place
        of those of the present configuration.
    key
        API key, if it wants one.
    wait
        Passes the time until a call may be made again. [s]

    Raises
    ------
    Unreadable
        If the address is none.
    """

    def __init__(self, url: str, key: str | None = None, wait: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            port = parts.port
        except ValueError as error:
            raise Unreadable(f"{url}: {error}") from error
        if not parts.hostname or set(query) - {"stream_id"}:
            raise Unreadable(f"{url}: this is not a server address, with or without ?stream_id=")
        self._url = parts._replace(path=parts.path.rstrip("/"), query="", fragment="").geturl()
        self._host, self._port = parts.hostname, port
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._root = parts.path.rstrip("/")
        self._query = query
        self._headers = {"X-API-Key": key} if key else {}
        self._wait = wait

    def config(self) -> Config:
        """Return the server's present configuration."""
        try:
            return config_from_mapping(self._json("/api/config", {}))
        except InvalidRequest as error:
            raise Unreadable(
                f"{self._url}: the configuration of the server is not valid in this version: {error.message}"
            ) from error

    def entries(self) -> Iterator[bytes]:
        """Yield the documents as they are computed."""
        response = self._get("/api/entries", {"view": "document", **self._query})
        yield from whole_lines(lambda _: self._read(response, READ_BYTES))

    def table(self, name: str) -> pa.Table:
        """Return accounts, parties or users."""
        return self._csv(name, {})

    def balances(self, entries: int) -> pa.Table:
        """Return the balances after so many entries."""
        return self._csv("balances", {"at": str(entries)})

    def open_items(self, entries: int) -> pa.Table:
        """Return the open items after so many entries, page by page."""
        rows: list[dict[str, object]] = []
        cursor: object = None
        while True:
            query = {"at": str(entries), "limit": str(PAGE), **self._query}
            page = self._json("/api/open-items", query | ({} if cursor is None else {"cursor": str(cursor)}))
            items = page.get("items")
            if not isinstance(items, list):
                raise Unreadable(f"{self._url}/api/open-items: the answer has no list of items")
            rows += items
            cursor = page.get("next_cursor")
            if cursor is None:
                return from_rows("open-items", rows)

    def _csv(self, name: str, query: dict[str, str]) -> pa.Table:
        response = self._get(f"/api/{name}", {"format": "csv", **query, **self._query})
        return read_csv(name, self._read(response))

    def _json(self, path: str, query: dict[str, str]) -> dict[str, object]:
        text = self._read(self._get(path, query))
        try:
            found = json.loads(text)
        except ValueError as error:
            raise Unreadable(f"{self._url}{path}: the answer is not JSON") from error
        if not isinstance(found, dict):
            raise Unreadable(f"{self._url}{path}: the answer is not an object")
        return found

    def _get(self, path: str, query: dict[str, str]) -> HTTPResponse:
        """Make a call, again and again while the server says that it comes too soon."""
        for _ in range(TRIES):
            response = self._ask(f"{self._root}{path}" + (f"?{urlencode(query)}" if query else ""))
            if response.status == HTTPStatus.OK:
                return response
            retry_after = response.headers.get("Retry-After", "")
            if response.status != HTTPStatus.TOO_MANY_REQUESTS or not retry_after.isdigit():
                break
            self._read(response)
            self._wait(float(retry_after))
        raise Unreadable(f"{self._url}{path}: {response.status} {self._sentence(response)}")

    def _ask(self, target: str) -> HTTPResponse:
        try:
            connection = (
                HTTPConnection(self._host, self._port, timeout=TIMEOUT)
                if self._tls is None
                else HTTPSConnection(self._host, self._port, timeout=TIMEOUT, context=self._tls)
            )
            connection.request("GET", target, headers=self._headers)
            return connection.getresponse()
        except (OSError, HTTPException) as error:
            raise Unreadable(f"{self._url}: {_reason(error)}") from error

    def _read(self, response: HTTPResponse, size: int | None = None) -> bytes:
        try:
            data = response.read(size)
        except (OSError, HTTPException) as error:
            raise Unreadable(
                f"{self._url}: the connection was lost during the answer: {_reason(error)}"
            ) from error
        # A body of a known length that ends early is no error to the library.
        if not data and response.length:
            raise Unreadable(f"{self._url}: the answer is {response.length:,} bytes too short")
        return data

    def _sentence(self, response: HTTPResponse) -> str:
        try:
            return str(json.loads(self._read(response))["message"])
        except (ValueError, KeyError, TypeError):
            return response.reason


def _reason(error: OSError | HTTPException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
