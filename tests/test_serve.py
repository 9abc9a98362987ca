"""What is tried before a server starts, gunicorn's options, and the ready line."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from gunicorn.arbiter import Arbiter as GunicornArbiter
from gunicorn.config import KNOWN_SETTINGS, Config
from gunicorn.workers.ggevent import GeventWorker

from datasynth import serve
from datasynth.errors import InvalidConfiguration, InvalidRequest
from datasynth.serve import BAD_START, Plan, or_exit, ready_line, sentence, try_settings
from datasynth.settings import Settings, SettingsError
from datasynth.transports.worker import DRAIN_SECONDS, DatasynthWorker
from tests.server import LOOPBACK

PLAN = Plan(Settings(grpc_port=50051), ("127.0.0.1", "::1"), 3000)


@dataclass
class Arbiter:
    """As much of gunicorn's arbiter as is asked."""

    cfg: Any
    pidfile: None = None
    ended: list[str] = field(default_factory=list)

    def handle_term(self) -> None:
        self.ended.append("term")

    def handle_hup(self) -> None:
        self.ended.append("reload")


def configured(*, hang_up_ends: bool = False, **overrides: object) -> Config:
    """Gunicorn's configuration with our options, and then those of its own command line."""
    config = Config()
    for name, value in {**serve._options(PLAN, hang_up_ends=hang_up_ends), **overrides}.items():
        config.set(name, value)
    return config


def test_gunicorn_takes_every_option() -> None:
    """Gunicorn checks each of them; none is misspelt."""
    config = configured()

    assert [("127.0.0.1", 3000), ("::1", 3000)] == config.address
    assert (DatasynthWorker, 1, True) == (config.worker_class, config.workers, config.control_socket_disable)
    assert not config.is_ssl


def test_no_option_repeats_gunicorn_s_own() -> None:
    """What is set changes something; `-w 1` is said because a variable could say otherwise."""
    own = {setting.name: setting.default for setting in KNOWN_SETTINGS}
    options = serve._options(PLAN, hang_up_ends=False)

    assert {"certfile", "keyfile", "workers"} == {
        name for name, value in options.items() if value == own[name]
    }


EFFECTS = {
    "bind": "e2e/test_flags.py::test_host_decides_where_it_listens",
    "certfile": "e2e/test_flags.py::test_tls_is_on_both_ports",
    "control_socket_disable": "e2e/test_options.py::test_one_worker_and_no_control_socket",
    "forwarded_allow_ips": "e2e/test_believing.py::test_claims_of_an_address_buy_no_second_window",
    "forwarder_headers": "e2e/test_believing.py::test_headers_change_neither_path_nor_scheme_nor_key",
    "graceful_timeout": "e2e/test_options.py::test_a_worker_that_does_not_end_is_ended",
    "keepalive": "e2e/test_hanging_clients.py::test_an_idle_connection_is_closed_without_a_word",
    "keyfile": "e2e/test_flags.py::test_tls_is_on_both_ports",
    "logger_class": "e2e/test_flags.py::test_log_format_json_makes_every_line_an_object",
    "on_starting": "e2e/test_bad_starts.py::test_what_would_split_the_state_is_refused",
    "post_worker_init": "e2e/test_bad_starts.py::test_a_worker_that_cannot_start_ends_the_server",
    "secure_scheme_headers": "e2e/test_believing.py::test_headers_change_neither_path_nor_scheme_nor_key",
    "timeout": "test_serve.py::test_a_worker_may_be_silent_for_two_minutes",
    "worker_class": "e2e/test_worker.py::test_sockets_are_cooperative_and_threads_native",
    "worker_connections": "e2e/test_hanging_clients.py::test_connections_that_wait_shut_nobody_out",
    "worker_tmp_dir": "e2e/test_options.py::test_one_worker_and_no_control_socket",
    "workers": "e2e/test_options.py::test_one_worker_and_no_control_socket",
}
"""Tests that show what an option does."""


def test_every_option_has_a_test_of_its_effect() -> None:
    """One that is set for nothing goes; these are there."""
    assert set(EFFECTS) == set(serve._options(PLAN, hang_up_ends=False))
    for file, _, name in (where.partition("::") for where in EFFECTS.values()):
        assert f"def {name}(" in (Path(__file__).parent / file).read_text()


@dataclass
class SilentWorker:
    """A worker whose last sign of life is so many seconds old."""

    silent: float
    aborted: bool = False

    @property
    def tmp(self) -> SilentWorker:
        return self

    def last_update(self) -> float:
        return time.monotonic() - self.silent


def test_a_worker_may_be_silent_for_two_minutes() -> None:
    """Gunicorn ends it after half a minute by default, which compiling for the first time can take."""
    ended: list[int] = []
    arbiter = object.__new__(GunicornArbiter)
    arbiter.log = serve._log
    arbiter.WORKERS = {1: SilentWorker(115.0), 2: SilentWorker(125.0)}
    arbiter.kill_worker = lambda pid, _: ended.append(pid)
    for timeout, expected in ((configured().timeout, [2]), (Config().timeout, [1, 2])):
        ended.clear()
        arbiter.timeout = timeout
        arbiter.murder_workers()
        assert expected == ended


def _handed_over(switch: float) -> float:
    """How long a thread waits for the interpreter while another one computes; the lower quartile. [s]"""
    over, waits = threading.Event(), []

    def compute() -> None:
        while not over.is_set():
            sum(range(100))

    busy = threading.Thread(target=compute)
    before = sys.getswitchinterval()
    sys.setswitchinterval(switch)
    busy.start()
    for _ in range(60):
        began = time.perf_counter()
        # Long enough for the other thread to have taken it.
        time.sleep(0.001)
        waits.append(time.perf_counter() - began - 0.001)
    over.set()
    busy.join()
    sys.setswitchinterval(before)
    # A machine that is busy otherwise adds to some waits, and takes from none.
    return statistics.quantiles(waits, n=4)[0]


def test_the_interpreter_is_given_up_soon() -> None:
    """While Python computes, the hub waits for a fraction of what it does by default."""
    assert _handed_over(serve.SWITCH_SECONDS) < _handed_over(sys.getswitchinterval()) / 2


@pytest.mark.parametrize(("variable", "lines"), [(None, 0), ("ERROR", 1)])
def test_grpc_writes_nothing_of_its_own(variable: str | None, lines: int) -> None:
    """Its core is silent, unless an operator wants to hear it."""
    program = (
        "from datasynth import serve, settings\n"
        "serve._plan(lambda: settings.Settings(port=0, grpc_port=0))\n"
        "import grpc\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "make = lambda: grpc.server(ThreadPoolExecutor(1), options=[('grpc.so_reuseport', 0)])\n"
        "one, other = make(), make()\n"
        "port = one.add_insecure_port('127.0.0.1:0')\n"
        "try:\n"
        "    other.add_insecure_port(f'127.0.0.1:{port}')\n"
        "except RuntimeError:\n"
        "    print('taken')\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "GRPC_VERBOSITY"}
    if variable:
        environment["GRPC_VERBOSITY"] = variable
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )

    assert done.stdout == "taken\n"
    assert lines == done.stderr.count("Failed to add port")
    assert lines or not done.stderr


def test_an_application_that_cannot_be_built_ends_worker_and_arbiter(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is found wrong in the worker is one line, and no endless new tries."""

    def refuse(settings: Settings) -> None:
        raise InvalidConfiguration(f"too costly\nby far: {settings.grpc_port}")

    monkeypatch.setattr("datasynth.create_app", refuse)
    with pytest.raises(SystemExit) as ended:
        serve._Server(PLAN, hang_up_ends=False).load()

    assert 3 == ended.value.code
    assert ["too costly by far: 50051"] == [record.getMessage() for record in caplog.records]


def test_the_arbiter_waits_longer_than_the_worker_drains() -> None:
    """The worker ends by itself, and all is over within ten seconds."""
    assert DRAIN_SECONDS + 2 < configured().graceful_timeout < 10


def test_nothing_that_a_client_says_of_itself_is_believed() -> None:
    """Neither this machine nor a Unix socket may set a path prefix, a scheme or an address."""
    config = configured()

    assert ([], [], {}) == (
        config.forwarded_allow_ips,
        config.forwarder_headers,
        config.secure_scheme_headers,
    )
    assert ("drop", "off") == (config.header_map, config.proxy_protocol)


def test_tls_goes_to_gunicorn() -> None:
    """With both files HTTP is encrypted."""
    settings = Settings(tls_cert=Path("cert.pem"), tls_key=Path("key.pem"))

    options = serve._options(Plan(settings, ("127.0.0.1",), 3000), hang_up_ends=False)

    assert ("cert.pem", "key.pem") == (options["certfile"], options["keyfile"])


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"worker_class": GeventWorker}, "another worker class (-k)"),
        ({"workers": 4}, "4 workers (-w)"),
        ({"workers": 2, "worker_class": "sync"}, "another worker class (-k) and 2 workers (-w)"),
    ],
)
def test_what_would_split_the_state_stops_the_server(
    overrides: dict[str, object], expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said in one record, and the status is that of a bad start."""
    config = configured()
    for name, value in overrides.items():
        config.set(name, value)

    with pytest.raises(SystemExit) as ended:
        config.on_starting(Arbiter(config))

    assert ended.value.code == BAD_START
    assert [f"gunicorn was given {expected}"] == [
        message.partition(", but")[0] for message in caplog.messages
    ]


@pytest.mark.parametrize(("hang_up_ends", "expected"), [(True, ["term"]), (False, [])])
def test_a_hang_up_never_reloads(hang_up_ends: bool, expected: list[str]) -> None:
    """It ends a program in a terminal, and does nothing to a service."""
    config = configured(hang_up_ends=hang_up_ends)
    arbiter = Arbiter(config)

    config.on_starting(arbiter)
    arbiter.handle_hup()

    assert expected == arbiter.ended


def test_good_settings_become_addresses_and_a_free_port() -> None:
    """Port 0 is settled here, one for all addresses."""
    settings = Settings(host=LOOPBACK, port=0, grpc_port=0)

    planned = try_settings(settings)

    assert Plan(settings, (LOOPBACK,), planned.port) == planned
    assert planned.port > 0


def test_a_taken_port_is_refused() -> None:
    """The sentence tells who wanted which port."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(OSError, match=rf"HTTP cannot listen on 127\.0\.0\.1:{port}"):
            try_settings(Settings(host=LOOPBACK, port=port, grpc_port=0))
        with pytest.raises(OSError, match=rf"gRPC cannot listen on 127\.0\.0\.1:{port}"):
            try_settings(Settings(host=LOOPBACK, port=0, grpc_port=port))


def test_a_bad_configuration_file_is_refused(tmp_path: Path) -> None:
    """It is read before anything is forked."""
    file = tmp_path / "config.yaml"
    file.write_text("transactions: {target_count: 0}")

    with pytest.raises(InvalidConfiguration, match="target_count"):
        try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, config=file))


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    """Both files are named."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_text("certainly")
    key.write_text("not")

    with pytest.raises(SettingsError, match=r"cert\.pem with key .*key\.pem"):
        try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, tls_cert=certificate, tls_key=key))


def test_an_open_server_without_a_key_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """With a key, or on the loopback address, there is nothing to warn of."""
    everywhere = "0.0.0.0"  # noqa: S104  # what the warning is about

    try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0))
    try_settings(Settings(host=everywhere, port=0, grpc_port=0, api_keys=("key",)))
    assert caplog.messages == []
    try_settings(Settings(host=everywhere, port=0, grpc_port=0))

    assert caplog.messages == ["Host 0.0.0.0 can be reached from other machines, and there is no --api-key"]


def test_pages_of_all_origins_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """With a key, or where origins are named, there is nothing to warn of."""
    try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("https://app.example",)))
    try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("*",), api_keys=("key",)))
    assert caplog.messages == []
    try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, allowed_origins=("*",)))

    assert caplog.messages == [
        "--allowed-origin * lets every web page control this server, and there is no --api-key"
    ]


def test_keys_of_a_file_are_keys(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A server with a file of keys is not open; a file that others can read is warned of."""
    file = tmp_path / "keys"
    file.write_text("ops secret all")
    file.chmod(0o600)
    settings = Settings(host="0.0.0.0", port=0, grpc_port=0, api_key_file=file)  # noqa: S104  # not bound

    try_settings(settings)
    assert [] == caplog.messages
    file.chmod(0o644)
    try_settings(settings)

    assert [
        f"Other users can read or write key file {file}. Allow only its owner: chmod 600"
    ] == caplog.messages


def test_a_faulty_file_of_keys_is_refused(tmp_path: Path) -> None:
    """It is read before anything is forked."""
    file = tmp_path / "keys"
    file.write_text("ops\n")

    with pytest.raises(InvalidRequest, match="line 1"):
        try_settings(Settings(host=LOOPBACK, port=0, grpc_port=0, api_key_file=file))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SettingsError("--port: 'x' is no port"), "--port: 'x' is no port"),
        (OSError(98, "HTTP cannot listen on [::1]:3000: in use"), "HTTP cannot listen on [::1]:3000: in use"),
        (OSError("cannot find host 'x'"), "cannot find host 'x'"),
        (InvalidConfiguration("two\nlines", {"seed": ["wrong"]}), "two lines"),
    ],
)
def test_an_error_is_told_in_one_line(error: Exception, expected: str) -> None:
    """Numbers of errors and line ends are left out."""
    assert expected == sentence(error)


def test_a_failure_ends_the_process_with_status_2(capfd: pytest.CaptureFixture[str]) -> None:
    """One line on standard error, and no traceback."""

    def fail() -> None:
        raise SettingsError("it cannot be done")

    with pytest.raises(SystemExit) as ended:
        or_exit(fail)

    assert ended.value.code == 2
    assert ("", "datasynth: it cannot be done\n") == capfd.readouterr()


def test_what_works_is_handed_on() -> None:
    """Without a failure there is no end."""
    assert or_exit(lambda: 3) == 3


HTTP = ("127.0.0.1:3000", "[::1]:3000")
GRPC = ("127.0.0.1:50051", "[::1]:50051")


def test_the_line_names_every_address() -> None:
    """A person can paste each of them."""
    expected = (
        "HTTP http://127.0.0.1:3000 http://[::1]:3000, "
        "WebSocket ws://127.0.0.1:3000/ws/events ws://[::1]:3000/ws/events, "
        "gRPC 127.0.0.1:50051 [::1]:50051"
    )

    assert expected == ready_line(HTTP, GRPC, "text", tls=False).partition("is ready: ")[2]


def test_with_tls_the_schemes_say_so() -> None:
    """The addresses are those that work."""
    line = ready_line(HTTP[:1], GRPC[:1], "text", tls=True)

    assert "https://127.0.0.1:3000, WebSocket wss://127.0.0.1:3000/ws/events" in line


def test_as_json_it_has_lists() -> None:
    """A program need not take a sentence apart."""
    record = json.loads(ready_line(HTTP, GRPC, "json", tls=False))

    assert ["http://127.0.0.1:3000", "http://[::1]:3000"] == record["http"]
    assert ["ws://127.0.0.1:3000/ws/events", "ws://[::1]:3000/ws/events"] == record["websocket"]
    assert ["127.0.0.1:50051", "[::1]:50051"] == record["grpc"]
