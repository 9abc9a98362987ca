"""gunicorn's options, and what may not override them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.ggevent import GeventWorker

from datasynth import serve
from datasynth.errors import InvalidConfiguration
from datasynth.preflight import BAD_START, Plan
from datasynth.settings import Settings
from datasynth.transports.worker import DRAIN_SECONDS, DatasynthWorker

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
