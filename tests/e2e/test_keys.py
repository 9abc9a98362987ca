"""Keys with rights, tickets and the log of control, on a real server with real clients."""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import requests
import websocket
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e.programs import ANSWERS_WITHIN, APP, GUNICORN, eventually, refused, started
from tests.transports.rpc.harness import trailers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

pytestmark = pytest.mark.server

LOOK, DRIVE, FLAG = "look-key-0c0f", "drive-key-51ab", "flag-key-77e2"
RATE_LIMIT = 200
FREE = {"DATASYNTH_PORT": "0", "DATASYNTH_GRPC_PORT": "0"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a hashed key that reads, one that also controls, and one of the command line."""
    file = tmp_path_factory.mktemp("keys") / "keys"
    file.write_text(
        "# name     key                                  rights\n"
        f"dashboard  sha256:{hashlib.sha256(LOOK.encode()).hexdigest()}  read\n"
        f"operator   {DRIVE}                              read,control\n"
    )
    file.chmod(0o644)
    flags = ["--worker-threads", "2", "--rate-limit", str(RATE_LIMIT)]
    with started([*APP, *flags, "--api-key", FLAG, "--api-key-file", str(file)]) as running:
        yield running


def ask(server: Server, method: str, path: str, key: str, **arguments: Any) -> requests.Response:
    """Make a call with a key."""
    return requests.request(
        method, server.base_url + path, headers={"X-API-Key": key}, timeout=ANSWERS_WITHIN, **arguments
    )


def ticket(server: Server) -> str:
    """Ask for a ticket with the key that only reads."""
    answer = ask(server, "POST", "/api/ws/ticket", LOOK)
    assert 200 == answer.status_code, answer.text
    return str(answer.json()["ticket"])


def upgrade(server: Server, query: str, **headers: str) -> int:
    """Try to open a WebSocket; the status of the answer."""
    try:
        websocket.create_connection(
            f"{server.ws_url}/ws/events?{query}", header=headers, timeout=ANSWERS_WITHIN
        ).close()
    except websocket.WebSocketBadStatusException as error:
        return int(error.status_code)
    return 101


def control_lines(server: Server) -> list[str]:
    """What the log says of control, without time and request id."""
    found = re.findall(r"datasynth\.service\.access: (.*), request_id \S+$", server.log, re.MULTILINE)
    return [str(line) for line in found]


def test_reading_is_for_every_key(server: Server) -> None:
    """GETs, HEADs, downloads, tickets and WebSockets are for a key that reads."""
    started_stream = ask(server, "POST", "/api/stream/start", DRIVE, json={"entries_per_second": 1})
    assert 200 == started_stream.status_code
    answered = [
        ask(server, method, path, LOOK).status_code
        for method, path in (
            ("GET", "/api/config"),
            ("HEAD", "/api/config"),
            ("GET", "/api/stream"),
            ("GET", "/api/entries?count=2"),
            ("GET", "/metrics"),
            ("POST", "/api/ws/ticket"),
        )
    ]

    assert [200] * 6 == answered
    assert 101 == upgrade(server, "types=progress", X_API_Key="ignored", **{"X-API-Key": LOOK})
    assert 101 == upgrade(server, f"ticket={ticket(server)}")
    assert 200 == ask(server, "POST", "/api/stream/stop", DRIVE).status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/config"),
        ("POST", "/api/config/validate"),
        ("POST", "/api/stream/start"),
        ("POST", "/api/stream/stop"),
        ("POST", "/api/stream/pause"),
        ("POST", "/api/stream/resume"),
        ("POST", "/api/stream/trigger/month_end"),
        ("PUT", "/api/config"),
        ("DELETE", "/api/streams/1"),
        ("POST", "/nothing/here"),
    ],
)
def test_anything_else_is_forbidden_without_control(server: Server, method: str, path: str) -> None:
    """The answer is of the table, counts for the key, and is one line in the log."""
    left = int(ask(server, "GET", "/api/streams", LOOK).headers["X-RateLimit-Remaining"])

    answer = ask(server, method, path, LOOK)

    assert (403, "forbidden") == (answer.status_code, answer.json()["error"])
    assert "control" in answer.json()["message"]
    assert left - 1 == int(answer.headers["X-RateLimit-Remaining"])
    line = f"{method} {path} by key dashboard at 127.0.0.1 refused"
    assert eventually(lambda: control_lines(server)[-1:] == [line])
    assert f"request_id {answer.headers['X-Request-Id']}" in server.log


@pytest.mark.parametrize(("key", "name"), [(DRIVE, "operator"), (FLAG, "api-key-1")])
def test_control_is_logged_with_name_and_address(server: Server, key: str, name: str) -> None:
    """A key of the file and one of the command line may do everything, and the log says which did."""
    before = len(control_lines(server))
    answered = [
        ask(server, "POST", path, key).status_code
        for path in ("/api/stream/start", "/api/stream/pause", "/api/stream/stop")
    ]

    assert [200, 200, 200] == answered
    assert eventually(lambda: len(control_lines(server)) == before + 3)
    assert [
        f"POST /api/stream/{call} by key {name} at 127.0.0.1" for call in ("start", "pause", "stop")
    ] == control_lines(server)[before:]


def test_grpc_knows_the_same_rights(server: Server) -> None:
    """A key that reads may see the configuration, read a stream of its own and ask for the proto, no more."""
    look, drive = (("x-api-key", LOOK),), (("authorization", f"Bearer {DRIVE}"),)
    with grpc.insecure_channel(server.grpc_target) as channel:
        stubs: list[Any] = [synth_pb2_grpc.SynthServiceStub(channel), synth_pb2_grpc.SynthStub(channel)]
        for stub in stubs:
            assert "seed" in stub.GetConfig(synth_pb2.Empty(), metadata=look, timeout=ANSWERS_WITHIN).yaml
            request = synth_pb2.GenerationRequest(count=3)
            entries = list(stub.StartGeneration(request, metadata=look, timeout=ANSWERS_WITHIN))
            assert 3 == len(entries)
            for method, message in (
                (stub.SetConfig, synth_pb2.Config(yaml="global: {seed: 1}")),
                (stub.StopGeneration, synth_pb2.Empty()),
            ):
                with pytest.raises(grpc.RpcError) as refusal:
                    method(message, metadata=look, timeout=ANSWERS_WITHIN)
                assert grpc.StatusCode.PERMISSION_DENIED == refusal.value.code()
                assert trailers(refusal.value)["error-code"] == "forbidden"
        reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        [services] = reflection.ServerReflectionInfo(iter([question]), metadata=look, timeout=ANSWERS_WITHIN)
        _, call = stubs[0].StopGeneration.with_call(synth_pb2.Empty(), metadata=drive, timeout=ANSWERS_WITHIN)

    assert services.list_services_response.service
    assert [
        "gRPC /synth.SynthService/SetConfig by key dashboard at 127.0.0.1 refused",
        "gRPC /synth.SynthService/StopGeneration by key dashboard at 127.0.0.1 refused",
        "gRPC /synth.Synth/SetConfig by key dashboard at 127.0.0.1 refused",
        "gRPC /synth.Synth/StopGeneration by key dashboard at 127.0.0.1 refused",
        "gRPC /synth.SynthService/StopGeneration by key operator at 127.0.0.1",
    ] == [line.replace("::1", "127.0.0.1") for line in control_lines(server) if "gRPC" in line]
    assert f"request_id {trailers(call)['x-request-id']}" in server.log


def test_both_transports_share_one_window(server: Server) -> None:
    """What a key asks over HTTP counts over gRPC."""
    left = int(ask(server, "GET", "/api/config", FLAG).headers["X-RateLimit-Remaining"])
    with grpc.insecure_channel(server.grpc_target) as channel:
        stub: Any = synth_pb2_grpc.SynthServiceStub(channel)
        _, call = stub.GetConfig.with_call(
            synth_pb2.Empty(), metadata=(("x-api-key", FLAG),), timeout=ANSWERS_WITHIN
        )

    assert str(left - 1) == trailers(call)["x-ratelimit-remaining"]


def test_no_key_is_in_the_log(server: Server) -> None:
    """Neither keys nor their hashes are, and a file that others can read is warned of."""
    for key in (LOOK, DRIVE, FLAG, "wrong-key"):
        ask(server, "POST", "/api/stream/stop", key)
    hashes = [hashlib.sha256(key.encode()).hexdigest()[:8] for key in (LOOK, DRIVE, FLAG)]

    assert not [secret for secret in (LOOK, DRIVE, FLAG, "wrong-key", *hashes) if secret in server.log]
    assert 1 == server.log.count("Other users can read or write")


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("view=sideways", {}, 400),
        ("stream_id=nobody", {}, 404),
        ("types=entry&types=progress", {}, 400),
        ("types=entry", {"Sec-WebSocket-Version": "8"}, 400),
        ("types=entry", {"Sec-WebSocket-Key": "short"}, 400),
    ],
)
def test_a_ticket_survives_a_refused_upgrade(
    server: Server, query: str, headers: dict[str, str], expected: int
) -> None:
    """A bad query, an unknown stream or a broken handshake costs no ticket, and the upgrade does."""
    token = ticket(server)
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }

    url = f"{server.base_url}/ws/events?ticket={token}&{query}"
    answered = requests.get(url, headers=handshake, timeout=ANSWERS_WITHIN)

    assert expected == answered.status_code, answered.text
    assert [101, 401] == [upgrade(server, f"ticket={token}&types=progress") for _ in range(2)]


def test_a_ticket_survives_other_requests(server: Server) -> None:
    """A plain GET of the same address and a REST call with it are refused and leave it as it is."""
    token = ticket(server)
    answered = [
        requests.get(f"{server.base_url}{path}?ticket={token}", timeout=ANSWERS_WITHIN).status_code
        for path in ("/ws/events", "/ws/nothing", "/api/config")
    ]

    assert [400, 404, 401] == answered
    assert 101 == upgrade(server, f"ticket={token}")


def test_of_many_upgrades_by_one_ticket_one_succeeds(server: Server) -> None:
    """However close they come."""
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            query = f"ticket={ticket(server)}"
            answers = sorted(threads.map(lambda _, query=query: upgrade(server, query), range(8)))
            assert [101] + [401] * 7 == answers


def test_a_full_window_costs_no_ticket(start_server: Callable[..., Server]) -> None:
    """An upgrade that is refused for the rate limit leaves its ticket for the next minute."""
    server = start_server(api_key=LOOK, rate_limit="2")
    token = ticket(server)
    ask(server, "GET", "/api/config", LOOK)

    assert [429, 429] == [upgrade(server, f"ticket={token}") for _ in range(2)]


def test_control_is_logged_without_keys_too(start_server: Callable[..., Server]) -> None:
    """On an open server the log has the address; in JSON the facts have fields of their own."""
    server = start_server(log_format="json")
    headers = {"X-Request-Id": "mine-1"}
    requests.post(f"{server.base_url}/api/stream/stop", headers=headers, timeout=ANSWERS_WITHIN)
    assert server.wait_for_line("mine-1", timeout=ANSWERS_WITHIN)
    [record] = [json.loads(line) for line in server.log.splitlines() if "mine-1" in line]

    assert ("info", "POST /api/stream/stop", None, True, "mine-1") == tuple(
        record[name] for name in ("level", "call", "key_name", "allowed", "request_id")
    )
    assert record["address"] in {"127.0.0.1", "::1"}


@pytest.mark.parametrize("command", [APP, GUNICORN], ids=["app", "gunicorn"])
@pytest.mark.parametrize(
    ("variable", "given"),
    [("API_KEY", ""), ("API_KEY", "a,,b"), ("API_KEY_FILE", ""), ("TLS_CERT", ""), ("MEMORY_LIMIT", "")],
)
def test_an_empty_setting_does_not_leave_the_server_open(
    command: list[str], variable: str, given: str
) -> None:
    """One line names the variable, and the status is that of a bad start."""
    status, lines = refused(command, {**FREE, f"DATASYNTH_{variable}": given})

    assert (2, 1) == (status, len(lines))
    assert lines[0].startswith(f"datasynth: DATASYNTH_{variable}: ")


def test_a_faulty_key_file_is_one_line(tmp_path: Any) -> None:
    """The line is named, and none of its words."""
    file = tmp_path / "keys"
    file.write_text("# keys\noperator s3cret write\n")

    status, lines = refused([*APP, "--api-key-file", str(file)], FREE)

    assert (2, 1) == (status, len(lines))
    assert lines[0].startswith(
        f"datasynth: {file}: line 2: rights must be all, or a list of read and control"
    )
    assert "s3cret" not in lines[0]
