"""Streams as Server-Sent Events: what is written, what is refused, and when it ends."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app
from datasynth.transports.rest.event_stream import COMMENT_SECONDS, LAST_TYPES, EventStreamWriter
from tests.transports.events.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services

PATH = "/api/stream/events"


class Scene:
    """A writer, and what it has written."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.written: list[bytes] = []
        self.pauses = 0
        self.writer = EventStreamWriter(self.written.append, self._pause, self.clock)

    def _pause(self) -> None:
        self.pauses += 1


def test_messages_are_events() -> None:
    """A message has its type as the event's name, and its object as the data."""
    scene = Scene()
    scene.writer.message("progress", b'{"a":1}')

    assert [b'event: progress\ndata: {"a":1}\n\n'] == scene.written


@pytest.mark.parametrize("kind", sorted(LAST_TYPES))
def test_the_last_message_has_an_id(kind: str) -> None:
    """A client that comes back with it is told that there is no more."""
    scene = Scene()
    scene.writer.message(kind, b"{}")

    assert [b"id: end\nevent: %s\ndata: {}\n\n" % kind.encode()] == scene.written


def test_large_chunks_are_written_piece_by_piece() -> None:
    """Each piece has a timeout of its own; others run after the chunk."""
    scene = Scene()
    data = bytes(range(256)) * 1_000
    scene.writer.entries(memoryview(data))

    assert data == b"".join(scene.written)
    assert max(map(len, scene.written)) <= SMALL_CHUNK_BYTES
    assert 1 == scene.pauses


def test_silence_is_broken_by_comments() -> None:
    """After a while without an event a comment keeps the connection open; an event puts it off."""
    scene = Scene()
    assert COMMENT_SECONDS == scene.writer.keep_alive()
    scene.clock.pass_by(COMMENT_SECONDS - 1)
    assert 1.0 == scene.writer.keep_alive()
    scene.writer.message("progress", b"{}")
    scene.clock.pass_by(COMMENT_SECONDS - 1)
    assert 1.0 == scene.writer.keep_alive()
    assert 1 == len(scene.written)
    scene.clock.pass_by(1)
    assert COMMENT_SECONDS == scene.writer.keep_alive()
    assert b":\n\n" == scene.written[-1]


def events(text: str) -> list[dict[str, str]]:
    """Read an event stream the way its specification says, comments and blank events left out."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append(fields)
    return found


def _finished(client: FlaskClient, count: int = 3) -> str:
    started = client.post("/api/stream/start", json={"count": count, "wait_for_subscriber": 0}).json
    assert started is not None
    answer = client.get(PATH, query_string={"stream_id": started["stream_id"], "types": "complete"})
    assert ["complete"] == [event["event"] for event in events(answer.text)]
    return str(started["stream_id"])


def _follow(client: FlaskClient, query: dict[str, Any], last: str = "") -> TestResponse:
    return client.get(PATH, query_string=query, headers={"Last-Event-ID": last} if last else {})


def test_a_whole_stream(client: FlaskClient) -> None:
    """A stream comes from its start to its `complete`, with the headers that proxies and browsers need."""
    answer = _follow(client, {"stream_id": _finished(client)})
    told = events(answer.text)

    assert "text/event-stream; charset=utf-8" == answer.headers["Content-Type"]
    assert ("no", "no-store") == (answer.headers["X-Accel-Buffering"], answer.headers["Cache-Control"])
    assert "Content-Length" not in answer.headers
    assert answer.text.startswith("retry: 1000\n\n")
    assert ["started", *["entry"] * 6, "progress", "complete"] == [
        event["event"] for event in told if event["event"] != "progress" or "id" not in event
    ][-9:]
    assert ["0:1", "0:2", "1:1", "1:2", "2:1", "2:2", "end"] == [
        event["id"] for event in told if "id" in event
    ]
    assert [event["event"] for event in told] == [json.loads(event["data"])["type"] for event in told]


@pytest.mark.parametrize("last", ["0:1", "0:2", "1:2", "2:1", "2:2"])
def test_going_on_after_any_event(client: FlaskClient, last: str) -> None:
    """What follows an event is what followed it the first time, byte for byte."""
    query = {"stream_id": _finished(client), "types": "entry,complete"}
    whole = _follow(client, query).text
    rest = _follow(client, query, last).text

    assert whole.split(f"id: {last}\n")[1].split("\n\n", 1)[1] == rest.removeprefix("retry: 1000\n\n")


@pytest.mark.parametrize("last", ["0", "1", "2"])
def test_going_on_after_any_document(client: FlaskClient, last: str) -> None:
    """In document view the next entry follows."""
    query = {"stream_id": _finished(client), "types": "entry", "view": "document"}
    ids = [event["id"] for event in events(_follow(client, query, last).text)]

    assert [str(number) for number in range(int(last) + 1, 3)] == ids


def test_nothing_follows_the_end(client: FlaskClient) -> None:
    """A browser that connects again after `complete` is told to leave it."""
    answer = _follow(client, {"stream_id": _finished(client)}, "end")

    assert (204, b"") == (answer.status_code, answer.data)


def test_a_stream_without_a_name(client: FlaskClient) -> None:
    """Who names none gets the one that is active, and is done with it."""
    client.post("/api/stream/start", json={"count": 2})

    assert "complete" == events(_follow(client, {}).text)[-1]["event"]


@pytest.mark.parametrize(
    ("query", "last", "status", "key"),
    [
        ({"stream_id": "nobody"}, "", 404, "stream_id"),
        ({"from": "-1"}, "", 400, "from"),
        ({"colour": "red"}, "", 400, "colour"),
        ({"types": "nothing"}, "", 400, "types"),
        ({}, "yesterday", 400, "Last-Event-ID"),
    ],
)
def test_refusals(client: FlaskClient, query: dict[str, str], last: str, status: int, key: str) -> None:
    """A refusal is an ordinary answer, before the first event."""
    answer = _follow(client, query, last)

    assert status == answer.status_code
    assert answer.json is not None
    assert [key] == list(answer.json["details"])


def test_an_event_past_the_end(client: FlaskClient) -> None:
    """Who names an entry that the stream does not have is refused."""
    assert 400 == _follow(client, {"stream_id": _finished(client)}, "7:1").status_code


def test_head(client: FlaskClient) -> None:
    """HEAD tells the type and waits for nothing."""
    answer = client.head(PATH)

    assert (200, "text/event-stream", b"") == (answer.status_code, answer.mimetype, answer.data)


def test_a_ticket_opens_one_stream(make_services: Callable[..., Services]) -> None:
    """A refusal and HEAD leave a ticket as it is, a stream spends it, and other addresses take none."""
    client = build_app(
        make_services(api_keys=("secret",), rate_limit=0), RestOptions(), ThreadWaker
    ).test_client()
    key = {"X-API-Key": "secret"}
    client.post("/api/stream/start", json={"count": 1}, headers=key)
    issued = client.post("/api/ws/ticket", headers=key).json
    assert issued is not None
    query = {"ticket": issued["ticket"]}

    assert 401 == client.get(PATH).status_code
    assert 401 == client.get("/api/config", query_string=query).status_code
    assert 400 == client.get(PATH, query_string={**query, "view": "x"}).status_code
    assert 200 == client.head(PATH, query_string=query).status_code
    assert "complete" == events(client.get(PATH, query_string=query).text)[-1]["event"]
    assert 401 == client.get(PATH, query_string=query).status_code


def test_streams_are_counted_and_end_with_the_server(make_services: Callable[..., Services]) -> None:
    """Who waits for a stream is shown among the open ones, and let go when the server ends."""
    services = make_services(rate_limit=0)
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    answers: list[TestResponse] = []
    thread = threading.Thread(target=lambda: answers.append(client.get(PATH)))
    thread.start()
    pause = threading.Event()
    while services.counters.gauges()["event_streams_open"] < 1:
        pause.wait(0.01)
    services.registry.shut_down()
    thread.join(5.0)

    assert ["retry: 1000\n\n"] == [answer.text for answer in answers]
    assert 0 == services.counters.gauges()["event_streams_open"]


def test_a_client_that_leaves_frees_its_place(make_services: Callable[..., Services]) -> None:
    """A failing write ends the conversation, and the server drops the connection."""
    services = make_services(rate_limit=0)
    app = build_app(services, RestOptions(), ThreadWaker)
    app.test_client().post("/api/stream/start", json={"count": 2})
    written: list[bytes] = []

    def write(data: bytes) -> None:
        written.append(data)
        if len(written) > 1:
            raise BrokenPipeError(32, "gone")

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": PATH,
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    with pytest.raises(ConnectionResetError):
        app.wsgi_app(environ, lambda *_: write)

    assert 0 == services.counters.gauges()["event_streams_open"]
    assert 0 == sum(stream.readers for stream in services.registry.all())
