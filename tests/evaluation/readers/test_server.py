"""Servers."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from datasynth.evaluation import evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from datasynth.evaluation.readers.server import Server
from datasynth.evaluation.readers.source import Unreadable
from tests.evaluation.good import good_books

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = tuple[int, bytes, dict[str, str]]

KEY = "secret"
PAGE = 2


class Fake:
    """What a server with good books answers, and what it was asked."""

    def __init__(self) -> None:
        self.books = good_books()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.refusals: list[Answer] = []
        self.broken = False

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        self.asked.append((path, query))
        if self.refusals:
            return self.refusals.pop()
        name = path.removeprefix("/api/")
        if name == "entries":
            return 200, b"".join(self.books.entries()), {}
        if name == "config":
            return 200, json.dumps(self.books.config_document).encode(), {}
        if name == "open-items":
            rows = self.books.tables["open-items-opening" if query["at"] == "0" else "open-items"]
            first = int(query.get("cursor", 0))
            following = first + PAGE if first + PAGE < len(rows) else None
            return (
                200,
                json.dumps({"items": rows[first : first + PAGE], "next_cursor": following}).encode(),
                {},
            )
        return 200, _csv(self.books.tables[name]), {}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    lines = [list(rows[0]), *(["" if one is None else str(one) for one in row.values()] for row in rows)]
    return "".join(f"{','.join(line)}\n" for line in lines).replace("True", "true").encode()


@contextmanager
def _serving(fake: Fake) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, body, headers = fake.answer(parts.path, query)
            if self.headers.get("X-API-Key") != KEY:
                status, body = 401, b'{"error": "unauthorized", "message": "A key is needed."}'
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + fake.broken))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_server() -> None:
    """A server is judged as the books that it serves, page by page."""
    fake = Fake()
    with _serving(fake) as url:
        source = Server(f"{url}/?stream_id=s-1", KEY)
        report = evaluate(read_dataset(source, source.config()), source.config())

    assert () == report.failed
    count = str(len(fake.books.documents))
    assert ("/api/entries", {"view": "document", "stream_id": "s-1"}) in fake.asked
    assert ("/api/balances", {"format": "csv", "at": count, "stream_id": "s-1"}) in fake.asked
    items = [query for path, query in fake.asked if path == "/api/open-items"]
    assert {"0", count} == {query["at"] for query in items}
    assert len(items) > 2


def test_wait_for_the_rate_limit() -> None:
    """A call that comes too soon is made again when the server says so."""
    fake, waited = Fake(), list[float]()
    fake.refusals = [(429, b"{}", {"Retry-After": "7"})] * 2
    with _serving(fake) as url:
        Server(url, KEY, waited.append).config()

    assert ([7.0, 7.0], 3) == (waited, len(fake.asked))


def _refused(fake: Fake, act: Callable[[Server], object], key: str = KEY) -> str:
    with _serving(fake) as url, pytest.raises(Unreadable) as caught:
        act(Server(url, key))
    return str(caught.value).removeprefix(url)


def test_a_server_that_wants_a_key() -> None:
    """The line has the server's own sentence."""
    assert "/api/config: 401 A key is needed." == _refused(Fake(), lambda server: server.config(), "wrong")


def test_a_server_that_refuses() -> None:
    """Without a sentence the line has the status and its name."""
    fake = Fake()
    fake.refusals = [(503, b"<html>", {})]

    assert "/api/config: 503 Service Unavailable" == _refused(fake, lambda server: server.config())


def test_an_answer_that_breaks_off() -> None:
    """An answer without its end is not taken for a whole one."""
    fake = Fake()
    fake.broken = True

    assert "the answer is 1 bytes too short" in _refused(fake, lambda server: list(server.entries()))


@pytest.mark.parametrize("body", [b"hello", b"[]", b'{"global": {"seed": "x"}}'])
def test_a_configuration_that_is_none(body: bytes) -> None:
    """Something else that listens there is found out."""
    fake = Fake()
    fake.refusals = [(200, body, {})]

    assert _refused(fake, lambda server: server.config())


def test_a_page_without_items() -> None:
    """So is an answer without the list that was asked for."""
    fake = Fake()
    fake.refusals = [(200, b"{}", {})]

    assert "/api/open-items: the answer has no list" in _refused(fake, lambda server: server.open_items(0))


def test_nobody_listens() -> None:
    """A port that is closed is told in one line."""
    with _serving(Fake()) as url:
        pass

    with pytest.raises(Unreadable, match=rf"^{url}: Connection refused$"):
        Server(url).config()


@pytest.mark.parametrize("url", ["http://", "http://host:port", "http://host/?from=3"])
def test_addresses_that_are_none(url: str) -> None:
    """What cannot be the address of a server is refused before anything is asked."""
    with pytest.raises(Unreadable, match=r"^http://[^\n]+$"):
        Server(url)
