"""The calls about streams."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from datasynth.bootstrap import services_of
from tests.transports.journal import PATTERNS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SLOW = {"entries_per_second": 1}
"""Keeps a stream running for as long as a test takes."""


def _start(client: FlaskClient, **body: object) -> str:
    answer = client.post("/api/stream/start", json={**SLOW, **body})
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["status"] == "started"
    return str(answer.json["stream_id"])


def _failure(client: FlaskClient, path: str, **request: object) -> tuple[int, str, dict[str, object]]:
    answer = client.post(path, **request)
    assert answer.json is not None
    return answer.status_code, answer.json["error"], answer.json["details"]


def test_a_stream_starts_without_a_body(client: FlaskClient) -> None:
    """The page's command, which sends nothing, starts a stream."""
    answer = client.post("/api/stream/start")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "started"
    assert answer.json["stream_id"]


def test_only_one_stream_at_a_time(client: FlaskClient) -> None:
    """A second start is a conflict."""
    _start(client)
    status, code, _ = _failure(client, "/api/stream/start")

    assert (status, code) == (409, "stream_already_running")


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({"count": 0}, {"count"}),
        ({"count": "5"}, {"count"}),
        ({"count": True}, {"count"}),
        (
            {"entries_per_second": -1, "wait_for_subscriber": -1},
            {"entries_per_second", "wait_for_subscriber"},
        ),
        ({"speed": 1, "count": 1.5}, {"speed", "count"}),
        ({"config": 5}, {"config"}),
    ],
)
def test_a_bad_start_names_its_faults(client: FlaskClient, body: dict[str, object], keys: set[str]) -> None:
    """Every faulty key of a start is named, and nothing starts."""
    status, code, details = _failure(client, "/api/stream/start", json=body)

    assert (status, code) == (400, "invalid_request")
    assert keys == set(details)
    assert client.get("/api/stream").status_code == 404


def test_a_start_takes_a_configuration_of_its_own(client: FlaskClient) -> None:
    """The patch holds for this run only, and its problems have dotted paths."""
    before = client.get("/api/config").json
    status, code, details = _failure(
        client, "/api/stream/start", json={"config": {"transactions": {"target_count": 0}}}
    )
    stream_id = _start(client, config={"transactions": {"target_count": 17}})
    answer = client.get(f"/api/streams/{stream_id}").json

    assert (status, code) == (400, "invalid_configuration")
    assert "transactions.target_count" in str(details)
    assert answer is not None
    assert answer["total"] == 17
    assert before == client.get("/api/config").json


def test_pause_resume_and_stop(client: FlaskClient) -> None:
    """Each call answers with its status and the stream's id, and may be repeated."""
    stream_id = _start(client)
    for call, status in (("pause", "paused"), ("resume", "resumed"), ("stop", "stopped")):
        for _ in range(2):
            answer = client.post(f"/api/stream/{call}")

            assert answer.status_code == 200
            assert answer.json == {"status": status, "stream_id": stream_id}


@pytest.mark.parametrize("call", ["stop", "pause", "resume", "trigger/month_end"])
def test_without_a_stream_there_is_nothing_to_steer(client: FlaskClient, call: str) -> None:
    """Steering before the first start is a conflict, not a 404."""
    status, code, _ = _failure(client, f"/api/stream/{call}")

    assert (status, code) == (409, "no_active_stream")


def test_a_stream_that_is_over_cannot_be_paused(client: FlaskClient) -> None:
    """The refusal names the last stream and how to keep one running."""
    stream_id = _start(client)
    client.post("/api/stream/stop")
    answer = client.post("/api/stream/pause")

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"] == "no_active_stream"
    assert answer.json["details"]["stream_id"] == stream_id
    assert answer.json["details"]["state"] == "stopped"
    assert "entries_per_second" in answer.json["message"]


@pytest.mark.parametrize("body", [b"{", b"not json at all", b"{}"])
def test_calls_that_take_no_body_ignore_it(client: FlaskClient, body: bytes) -> None:
    """A body of any kind does not keep a stream from being stopped."""
    _start(client)

    assert client.post("/api/stream/stop", data=body, content_type="text/plain").status_code == 200


def test_a_trigger_tells_what_it_added(client: FlaskClient) -> None:
    """The answer names pattern, stream, place and number of entries, and the stream's total grows."""
    stream_id = _start(client)
    before = client.get("/api/stream").json
    answer = client.post("/api/stream/trigger/month_end").json
    after = client.get("/api/stream").json

    assert before is not None
    assert answer is not None
    assert after is not None
    assert {"status", "pattern", "stream_id", "at_sequence", "entries"} == set(answer)
    assert (answer["status"], answer["pattern"]) == ("triggered", "month_end")
    assert answer["stream_id"] == stream_id
    assert after["total"] == before["total"] + answer["entries"]
    assert [trigger["pattern"] for trigger in after["triggers"]] == ["month_end"]


@pytest.mark.parametrize("pattern", ["", "week_end", "month_end//", "a/b", "Month_End", "%20"])
@pytest.mark.parametrize("running", [True, False])
def test_an_unknown_pattern_is_found_before_the_state(
    client: FlaskClient, pattern: str, running: bool
) -> None:
    """No name, or a wrong one, is a bad request with the list of names, stream or not."""
    if running:
        _start(client)
    status, code, details = _failure(client, f"/api/stream/trigger/{pattern}")

    assert (status, code) == (400, "unknown_pattern")
    assert details["patterns"] == list(PATTERNS)


def test_there_is_no_stream_before_the_first(client: FlaskClient) -> None:
    """Looking before anything was started finds nothing."""
    answer = client.get("/api/stream")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "no_stream"
    assert client.get("/api/streams").json == {"streams": []}


def test_the_current_stream_is_shown(client: FlaskClient) -> None:
    """The active stream, or the last one, with state, position and times."""
    stream_id = _start(client)
    client.post("/api/stream/stop")
    answer = client.get("/api/stream").json

    assert answer is not None
    assert (answer["stream_id"], answer["state"]) == (stream_id, "stopped")
    assert {"current", "total", "percent", "rate", "created_at", "started_at", "ended_at"} <= set(answer)


def test_every_stream_is_listed(client: FlaskClient) -> None:
    """Streams that are over stay known, oldest first, and each can be asked for."""
    ids = []
    for _ in range(2):
        ids.append(_start(client))
        client.post("/api/stream/stop")
    answer = client.get("/api/streams").json

    assert answer is not None
    assert ids == [stream["stream_id"] for stream in answer["streams"]]
    assert answer["streams"][0] == client.get(f"/api/streams/{ids[0]}").json


@pytest.mark.parametrize("path", ["/api/stream", "/api/streams", "/api/streams/{}", "/metrics"])
def test_an_end_is_seen_at_once(app: Flask, client: FlaskClient, path: str) -> None:
    """Each answer about a stream brings it up to the present moment; no tick is needed for that."""
    services = services_of(app)
    stream_id = _start(client, count=20, entries_per_second=1_000)
    while services.registry.get(stream_id).preparing:
        time.sleep(0.001)
    services.ticker.close()
    assert services.ticker.join(1.0)
    time.sleep(0.05)
    answer = client.get(path.format(stream_id)).text

    assert re.search(r'"state":\s*"completed"|state="completed"} 1', answer)


def test_an_unknown_stream_is_not_found(client: FlaskClient) -> None:
    """An id that was never given out is a 404."""
    answer = client.get("/api/streams/nobody")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "not_found"
