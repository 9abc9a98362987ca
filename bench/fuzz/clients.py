"""Ways to ask a server: Flask's test client in this process, or HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

PIECE = 1 << 16
PATIENCE = 300.0
"""How long an answer may take; the largest journals take long to build. [s]"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body; a body that was not wanted whole is cut."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


class Client(Protocol):
    """Somebody who asks."""

    def get(self, path: str, most: int | None = None) -> Answer:
        """Ask for something, and stop reading after about so many bytes."""

    def post(self, path: str, document: object) -> Answer:
        """Send a document."""


class AppClient:
    """Asks an application in this process.

    Parameters
    ----------
    app
        From `create_app`.
    """

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def get(self, path: str, most: int | None = None) -> Answer:
        """Ask for something."""
        answer = self._client.get(path, buffered=False)
        try:
            return Answer(answer.status_code, _upto(answer.response, most))
        finally:
            answer.close()

    def post(self, path: str, document: object) -> Answer:
        """Send a document."""
        answer = self._client.post(path, json=document)
        return Answer(answer.status_code, answer.data)


class HttpClient:
    """Asks a server by HTTP.

    Parameters
    ----------
    base_url
        Where it answers.
    """

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session = requests.Session()

    def get(self, path: str, most: int | None = None) -> Answer:
        """Ask for something."""
        with self._session.get(self._base + path, stream=True, timeout=PATIENCE) as answer:
            return Answer(answer.status_code, _upto(answer.iter_content(PIECE), most))

    def post(self, path: str, document: object) -> Answer:
        """Send a document."""
        answer = self._session.post(self._base + path, json=document, timeout=PATIENCE)
        return Answer(answer.status_code, answer.content)

    def close(self) -> None:
        """End the connection."""
        self._session.close()


def _upto(pieces: Iterable[Any], most: int | None) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        if most is not None and len(found) >= most:
            break
    return bytes(found)
