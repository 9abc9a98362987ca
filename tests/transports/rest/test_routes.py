"""The calls about streams."""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING

import pytest

from datasynth.bootstrap import services_of
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app
from tests.transports.journal import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from datasynth.service.services import Services


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


def test_an_unknown_stream_is_not_found(client: FlaskClient) -> None:
    """An id that was never given out is a 404."""
    answer = client.get("/api/streams/nobody")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "not_found"


def _count(client: FlaskClient) -> int:
    answer = client.get("/api/config").json
    assert answer is not None
    count = answer["transactions"]["target_count"]
    assert isinstance(count, int)
    return count


def test_the_whole_configuration_is_shown(client: FlaskClient) -> None:
    """The page's example is part of the answer, sections in the order of the page."""
    answer = client.get("/api/config").json

    assert answer is not None
    assert next(iter(answer)) == "global"
    assert answer["global"]["seed"] == 42
    assert answer["global"]["industry"] == "manufacturing"
    assert answer["global"]["start_date"] == "2024-01-01"
    assert answer["global"]["period_months"] == 12


def test_a_partial_document_is_merged(client: FlaskClient) -> None:
    """A change answers with the whole result and holds from then on."""
    answer = client.post("/api/config", json={"transactions": {"target_count": 50_000}})

    assert answer.status_code == 200
    assert answer.json == client.get("/api/config").json
    assert _count(client) == 50_000


def test_yaml_is_as_good_as_json(client: FlaskClient) -> None:
    """The same change in the other spelling has the same effect."""
    answer = client.post(
        "/api/config", data="transactions:\n  target_count: 77\n", content_type="application/yaml"
    )

    assert answer.status_code == 200
    assert _count(client) == 77


def test_null_returns_a_key_to_its_default(client: FlaskClient) -> None:
    """What was overridden can be given back."""
    client.post("/api/config", json={"global": {"seed": 7}})
    answer = client.post("/api/config", json={"global": {"seed": None}}).json

    assert answer is not None
    assert answer["global"]["seed"] == 42


@pytest.mark.parametrize("path", ["/api/config", "/api/config/validate"])
def test_all_problems_are_told_at_once(client: FlaskClient, path: str) -> None:
    """A refusal names every faulty key by its dotted path, and nothing has changed."""
    before = client.get("/api/config").json
    answer = client.post(
        path,
        json={"transactions": {"target_count": 0, "wrong": 1}, "global": {"seed": "x", "period_months": 3}},
    )

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_configuration"
    assert {"transactions.target_count", "transactions.wrong", "global.seed"} == set(answer.json["details"])
    assert before == client.get("/api/config").json


def test_validation_changes_nothing(client: FlaskClient) -> None:
    """A valid document is answered with the result of the merge, which does not happen."""
    before = _count(client)
    answer = client.post("/api/config/validate", json={"transactions": {"target_count": 123}})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["valid"] is True
    assert answer.json["config"]["transactions"]["target_count"] == 123
    assert before == _count(client)


@pytest.mark.parametrize("path", ["/api/config", "/api/config/validate"])
def test_an_empty_body_changes_nothing(client: FlaskClient, path: str) -> None:
    """Nothing sent is a document that changes nothing, and needs no content type."""
    before = client.get("/api/config").json

    assert client.post(path).status_code == 200
    assert before == client.get("/api/config").json


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"global": {"seed": NaN}}', "application/json", 400),
        (b'{"global": {"seed": 1}, "global": {"seed": 2}}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"a: &a [1]\nb: *a", "text/yaml", 400),
        (b'{"global": {"seed": 1e400}}', "application/json", 400),
        (b'{"global": {"seed": %s}}' % (b"9" * 90), "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", None, 415),
    ],
)
def test_bad_documents(client: FlaskClient, body: bytes, content_type: str | None, status: int) -> None:
    """Whatever is sent, the answer is an error of the table and the configuration stays."""
    before = client.get("/api/config").json
    answer = client.post("/api/config", data=body, content_type=content_type)

    assert status == answer.status_code
    assert answer.json is not None
    assert answer.json["error"] in {"invalid_request", "invalid_configuration", "unsupported_media_type"}
    assert before == client.get("/api/config").json


@pytest.fixture
def dear(make_services: Callable[..., Services]) -> FlaskClient:
    """Speak to a server whose journals take a gigabyte a company, of which two fit."""
    services = make_services(rate_limit=0, estimate_bytes=lambda config: len(config.companies) * 10**9)
    return build_app(services, RestOptions(), ThreadWaker).test_client()


THREE = {"companies": [{"code": code} for code in ("A", "B", "C")]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/config", THREE),
        ("/api/config/validate", THREE),
        ("/api/stream/start", {"config": THREE}),
    ],
)
def test_what_costs_too_much_is_refused(dear: FlaskClient, path: str, body: dict[str, object]) -> None:
    """POST, validate and start refuse a configuration for its cost alike, with both figures."""
    answer = dear.post(path, json=body)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_configuration"
    assert answer.json["details"] == {"estimated_bytes": 3 * 10**9, "allowed_bytes": 2 * 10**9}
    assert "3,000 MB" in answer.json["message"]
    assert dear.get("/api/streams").json == {"streams": []}
    assert len(dear.get("/api/config").get_json()["companies"]) == 1


def test_a_dear_configuration_in_force_is_refused_to_readers(make_services: Callable[..., Services]) -> None:
    """Downloads and reference data of a configuration that the server began with are refused as well."""
    services = make_services(rate_limit=0, estimate_bytes=lambda _: 3 * 10**9)
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    refused = [
        client.get(path).status_code
        for path in ("/api/entries?count=1", "/api/accounts", "/api/parties", "/api/users", "/api/balances")
    ]

    assert [400] * 5 == refused


def test_a_ticket_stands_for_its_client(make_services: Callable[..., Services]) -> None:
    """Whoever has a key gets a ticket that stands for it for half a minute."""
    services = make_services(api_keys=("secret",))
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    answer = client.post("/api/ws/ticket", headers={"X-API-Key": "secret"})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["expires_in"] == 30
    assert services.access.check("secret").name == services.tickets.look(answer.json["ticket"]).key


def test_without_a_key_there_is_no_ticket(make_services: Callable[..., Services]) -> None:
    """The call is guarded like any other."""
    client = build_app(make_services(api_keys=("secret",)), RestOptions(), ThreadWaker).test_client()

    assert client.post("/api/ws/ticket").status_code == 401


def test_health_tells_the_uptime(client: FlaskClient) -> None:
    """Health has the page's two keys, the second in whole seconds."""
    answer = client.get("/health").json

    assert answer is not None
    assert answer["status"] == "healthy"
    assert isinstance(answer["uptime_seconds"], int)


def test_a_living_server_says_so(client: FlaskClient) -> None:
    """Live answers as long as anything does."""
    assert client.get("/live").json == {"status": "live"}


def test_a_ready_server_says_so(client: FlaskClient) -> None:
    """Ready is 200 when there is no reason to refuse work."""
    assert client.get("/ready").json == {"status": "ready"}


@pytest.mark.parametrize("path", ["/health", "/live", "/ready", "/metrics"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_probes_read_no_body(client: FlaskClient, method: str, path: str) -> None:
    """Whatever is announced does not come into it: a body that cannot be read changes nothing."""
    unreadable = io.BytesIO()
    unreadable.close()
    environ = {"wsgi.input": unreadable, "CONTENT_LENGTH": "9", "wsgi.input_terminated": True}
    answer = client.open(path, method=method, environ_overrides=environ)

    assert (405 if method == "POST" else 200) == answer.status_code


def test_a_server_that_shuts_down_is_not_ready(make_services: Callable[..., Services]) -> None:
    """Reasons come with the refusal, and so does the time to come back; probes still answer."""
    services = make_services()
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    services.shut_down(1.0)
    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"] == "overloaded"
    assert answer.json["details"]["reasons"]
    assert int(answer.headers["Retry-After"]) >= 1
    assert client.get("/live").status_code == 200
    assert client.get("/health").status_code == 200


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
