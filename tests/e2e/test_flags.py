"""Every flag, by what it does to a real server."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import grpc
import psutil
import pytest
import requests

from datasynth.settings import OPTIONS
from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.e2e.programs import ANSWERS_WITHIN, APP, eventually, http_address, ready_line, started
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.transports.rpc.server import TlsFiles
    from tests.server import Server

RATE_LIMIT = 5
WORKER_THREADS = 9
MEMORY_LIMIT = 3 * 2**30

# The test of each flag; a new flag without one fails.
SHOWN_BY = {
    "--host": "test_host_decides_where_it_listens",
    "--port": "test_port_0_picks_a_free_one",
    "--grpc-port": "test_grpc_port_0_picks_a_free_one",
    "--worker-threads": "test_worker_threads_are_native_threads",
    "--api-key": "test_api_keys_are_required",
    "--api-key-file": "test_keys_of_a_file_open_with_their_rights",
    "--rate-limit": "test_rate_limit_refuses_the_next_request",
    "--memory-limit": "test_memory_limit_is_watched",
    "--config": "test_config_is_merged_over_the_defaults",
    "--tls-cert": "test_tls_is_on_both_ports",
    "--tls-key": "test_tls_is_on_both_ports",
    "--trusted-proxies": "test_trusted_proxies_tell_clients_apart",
    "--allowed-origin": "test_allowed_origins_may_use_it",
    "--allowed-host": "test_allowed_hosts_are_names_of_it",
    "--log-level": "test_log_level_lets_more_through",
    "--log-format": "test_log_format_json_makes_every_line_an_object",
}


@pytest.fixture(scope="module")
def bare() -> Iterator[Server]:
    """A server with two threads, and else as it is by default, but for its ports."""
    with started([*APP, "--worker-threads", "2"]) as server:
        yield server


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with many flags that leave one another alone."""
    config = tmp_path_factory.mktemp("config") / "retail.yaml"
    config.write_text("global: {industry: retail, seed: 7}\n")
    flags = {
        "--host": "127.0.0.1",
        "--port": "0",
        "--grpc-port": "0",
        "--worker-threads": str(WORKER_THREADS),
        "--rate-limit": str(RATE_LIMIT),
        "--trusted-proxies": "1",
        "--allowed-origin": "https://app.example",
        "--allowed-host": "ledger.example",
        "--config": str(config),
        "--log-level": "debug",
        "--log-format": "json",
    }
    with started([*APP, *(part for flag in flags.items() for part in flag)]) as server:
        yield server


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """A certificate for localhost."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def locked(tls_files: TlsFiles) -> Iterator[Server]:
    """A server with keys, TLS and a memory limit, and without a rate limit."""
    file = tls_files.key.with_name("keys")
    file.write_text("reader fourth read\n")
    keys = ["--api-key", "first", "--api-key", "second", "--api-key-file", str(file)]
    tls = ["--tls-cert", str(tls_files.certificate), "--tls-key", str(tls_files.key)]
    limits = ["--memory-limit", "3G", "--rate-limit", "0", "--worker-threads", "2"]
    with started([*APP, *keys, *tls, *limits]) as server:
        yield server


def test_every_flag_is_shown_here() -> None:
    """No flag can be added without a test of its effect."""
    assert set(SHOWN_BY) == {option.flag for option in OPTIONS}
    assert set(SHOWN_BY.values()) <= set(globals())


def status(address: str, path: str, **headers: str) -> int:
    """Status of a GET."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(address + path, headers=sent, timeout=ANSWERS_WITHIN).status_code


def accepts(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((address, port), ANSWERS_WITHIN).close()
    except OSError:
        return False
    return True


def port_of(address: str) -> int:
    """The port in an address."""
    return int(address.rpartition(":")[2])


def threads_of(server: Server) -> int:
    """Native threads of the worker."""
    [worker] = psutil.Process(server.pid).children()
    return worker.num_threads()


def test_host_decides_where_it_listens(bare: Server, tuned: Server) -> None:
    """Localhost means both loopback addresses on both ports, and an address itself alone."""
    both = [accepts(host, port) for host in ("127.0.0.1", "::1") for port in (bare.port, bare.grpc_port)]
    ports = [port_of(http_address(tuned)), port_of(grpc_in_json(tuned))]
    one = [accepts(host, port) for host in ("127.0.0.1", "::1") for port in ports]

    assert [True, True, True, True] == both
    assert [True, True, False, False] == one


def test_localhost_without_ipv6_is_127_0_0_1_alone() -> None:
    """A machine without ::1 is served, and the log says what is missing."""
    apart = ["unshare", "--map-root-user", "--net", "sh", "-c"]
    without = "ip link set lo up && echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"
    if shutil.which("unshare") is None or subprocess.run([*apart, without], check=False).returncode:
        pytest.skip("unshare and ip, or the right to use them, are missing, and make a machine without ::1")

    with started([*apart, f"{without} && exec {' '.join(APP)}"]) as server:
        told = [line for line in server.log.splitlines() if "This machine has no address ::1" in line]
        line = ready_line(server)

    assert len(told) == 2
    assert "HTTP http://127.0.0.1:" in line
    assert "::1" not in line


def test_host_that_others_can_reach_warns_without_a_key() -> None:
    """An open server on all addresses works, and says what that means."""
    with started([*APP, "--host", "0.0.0.0", "--port", "0", "--grpc-port", "0"]) as server:  # noqa: S104
        told = [line for line in server.log.splitlines() if "WARNING" in line]
        answered = status(f"http://127.0.0.1:{port_of(http_address(server))}", "/health")

    assert answered == 200
    assert len(told) == 1
    assert "can be reached from other machines, and there is no --api-key" in told[0]


def test_port_0_picks_a_free_one(tuned: Server) -> None:
    """The ready line tells which."""
    address = http_address(tuned)

    assert port_of(address) not in {0, tuned.port}
    assert status(address, "/health") == 200


def grpc_in_json(server: Server) -> str:
    """The gRPC address in a ready line of JSON."""
    [address] = json.loads(ready_line(server))["grpc"]
    return str(address)


def test_grpc_port_0_picks_a_free_one(tuned: Server) -> None:
    """The ready line tells which, and the calls answer there."""
    address = grpc_in_json(tuned)

    with grpc.insecure_channel(address) as channel:
        config = synth_pb2_grpc.SynthServiceStub(channel).GetConfig(synth_pb2.Empty(), timeout=ANSWERS_WITHIN)

    assert port_of(address) not in {0, tuned.grpc_port}
    assert "seed: 7" in config.yaml


def test_worker_threads_are_native_threads(bare: Server, locked: Server) -> None:
    """Seven generator threads more are seven threads of the process more."""
    with started([*APP, "--worker-threads", "9"]) as more:
        # The thread that loads the kernels ends a moment after the server is ready.
        assert eventually(lambda: threads_of(more) - threads_of(bare) == 7)
    assert threads_of(locked) > 2


def test_api_keys_are_required(locked: Server, tls_files: TlsFiles) -> None:
    """Each of the keys opens REST, no other does, and the probes stay open."""
    trusted = str(tls_files.certificate)
    address = f"https://localhost:{locked.port}"
    keys = [{}, {"X-API-Key": "first"}, {"X-API-Key": "second"}, {"X-API-Key": "third"}]

    answered = [
        requests.get(f"{address}/api/config", headers=key, verify=trusted, timeout=ANSWERS_WITHIN).status_code
        for key in keys
    ]

    assert [401, 200, 200, 401] == answered
    assert requests.get(f"{address}/health", verify=trusted, timeout=ANSWERS_WITHIN).ok


def test_keys_of_a_file_open_with_their_rights(locked: Server, tls_files: TlsFiles) -> None:
    """A key that reads sees the configuration, and does not change it."""
    answered = [
        requests.request(
            method,
            f"https://localhost:{locked.port}/api/config",
            headers={"X-API-Key": "fourth"},
            verify=str(tls_files.certificate),
            timeout=ANSWERS_WITHIN,
        ).status_code
        for method in ("GET", "POST")
    ]

    assert [200, 403] == answered


def test_rate_limit_refuses_the_next_request(tuned: Server, bare: Server) -> None:
    """Five a minute means that the sixth is refused."""
    address = http_address(tuned)

    answered = [status(address, "/api/config", X_Forwarded_For="198.51.100.1") for _ in range(RATE_LIMIT + 1)]

    assert [200] * RATE_LIMIT + [429] == answered
    default = requests.get(f"http://127.0.0.1:{bare.port}/api/config", timeout=ANSWERS_WITHIN)
    assert default.headers["X-RateLimit-Limit"] == "100"


def test_trusted_proxies_tell_clients_apart(tuned: Server, bare: Server) -> None:
    """With one proxy to believe, clients behind it are told apart; without, its word is nothing."""
    address = http_address(tuned)
    answered = [status(address, "/api/config", X_Forwarded_For=f"198.51.100.{n}") for n in range(10, 20)]
    plain = f"http://127.0.0.1:{bare.port}/api/config"
    left = [
        int(
            requests.get(
                plain, headers={"X-Forwarded-For": f"198.51.100.{n}"}, timeout=ANSWERS_WITHIN
            ).headers["X-RateLimit-Remaining"]
        )
        for n in (1, 2)
    ]

    assert [200] * 10 == answered
    assert left[0] - left[1] == 1


def test_allowed_origins_may_use_it(tuned: Server, bare: Server) -> None:
    """A page of that origin is answered, and none of another; without the flag, neither."""
    plain = f"http://localhost:{bare.port}"
    answered = [
        status(address, "/health", Origin=origin)
        for address in (http_address(tuned), plain)
        for origin in ("https://app.example", "https://other.example")
    ]

    assert [200, 403, 403, 403] == answered


def test_allowed_hosts_are_names_of_it(tuned: Server, bare: Server) -> None:
    """On any port; without the flag a server on loopback has the names of loopback alone."""
    plain = f"http://localhost:{bare.port}"
    answered = [
        status(address, "/health", Host=host)
        for address in (http_address(tuned), plain)
        for host in ("ledger.example:8443", "other.example", "localhost")
    ]

    assert [200, 400, 200, 400, 400, 200] == answered


def test_memory_limit_is_watched(locked: Server, tls_files: TlsFiles) -> None:
    """The limit is in the metrics, in bytes."""
    metrics = requests.get(
        f"https://localhost:{locked.port}/metrics",
        headers={"X-API-Key": "first"},
        verify=str(tls_files.certificate),
        timeout=ANSWERS_WITHIN,
    ).text

    [limit] = [
        line.split()[1] for line in metrics.splitlines() if "memory_limit_bytes " in line and line[0] != "#"
    ]
    assert float(limit) == MEMORY_LIMIT


def test_memory_limit_below_its_own_size_refuses_work() -> None:
    """Such a server starts, and answers 503 to whatever would generate."""
    with started([*APP, "--memory-limit", "1M", "--worker-threads", "1"]) as server:
        address = http_address(server)
        started_stream = requests.post(f"{address}/api/stream/start", timeout=ANSWERS_WITHIN)

        assert status(address, "/health") == 200
        assert (503, "overloaded") == (started_stream.status_code, started_stream.json()["error"])


def test_config_is_merged_over_the_defaults(tuned: Server) -> None:
    """What the file says holds, and the rest is as always."""
    config = requests.get(
        f"{http_address(tuned)}/api/config",
        headers={"X-Forwarded-For": "198.51.100.77"},
        timeout=ANSWERS_WITHIN,
    ).json()

    assert ("retail", 7, 100_000) == (
        config["global"]["industry"],
        config["global"]["seed"],
        config["transactions"]["target_count"],
    )


def test_tls_is_on_both_ports(locked: Server, tls_files: TlsFiles) -> None:
    """HTTP, WebSocket and gRPC are encrypted, and the ready line says so."""
    line = ready_line(locked)
    credentials = grpc.ssl_channel_credentials(tls_files.certificate.read_bytes())
    with grpc.secure_channel(f"localhost:{locked.grpc_port}", credentials) as channel:
        config = synth_pb2_grpc.SynthServiceStub(channel).GetConfig(
            synth_pb2.Empty(), metadata=[("x-api-key", "first")], timeout=ANSWERS_WITHIN
        )

    assert f"https://127.0.0.1:{locked.port}" in line
    assert f"wss://127.0.0.1:{locked.port}/ws/events" in line
    assert "seed: 42" in config.yaml
    with pytest.raises(requests.exceptions.ConnectionError):
        status(f"http://localhost:{locked.port}", "/health")


def test_log_level_lets_more_through(tuned: Server, bare: Server) -> None:
    """Debugging shows requests; the default says nothing as long as all is well."""
    status(http_address(tuned), "/live")
    status(f"http://localhost:{bare.port}", "/live")

    assert '"level": "debug"' in tuned.log
    assert bare.log.splitlines() == [ready_line(bare)]


def test_log_format_json_makes_every_line_an_object(tuned: Server) -> None:
    """Each line that the server prints, the ready line included, is one JSON object."""
    records = [json.loads(line) for line in tuned.log.splitlines()]

    assert len(records) > 5
    assert all({"level", "message"} <= set(record) for record in records)
