"""The page's samples are tried on every way in: directly, through a mapped port, and through nginx."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.contract.ways_in import NAME, TRUST, behind_nginx, mapped, nginx
from tests.server import gunicorn
from tests.transports.rpc.conftest import self_signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.transports.rpc.server import TlsFiles
    from tests.contract.ways_in import WayIn
    from tests.server import Server

DIRECT, MAPPED, NGINX = "direct", "mapped port", "nginx"

# The page's clients of gRPC do without TLS, which the page on deployment has; its own test has it too.
WITHOUT_TLS = {"tests.contract.test_grpc"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a server once on each way in."""
    if "way" in metafunc.fixturenames:
        without_tls = metafunc.module.__name__ in WITHOUT_TLS
        ways = [DIRECT, MAPPED] if without_tls else [DIRECT, MAPPED, NGINX]
        metafunc.parametrize("way", ways, scope="module")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """What nginx shows, for the names by which it is called here."""
    return self_signed(tmp_path_factory.mktemp("nginx_tls"), NAME)


@contextmanager
def _reached(
    way: str, certificate: TlsFiles, folders: pytest.TempPathFactory
) -> Iterator[Callable[..., Server | WayIn]]:
    """Start servers that are reached in one way; all are ended afterwards."""
    with ExitStack() as stack:
        running: list[Server] = []

        def start(**environment: str) -> Server | WayIn:
            inside = {
                DIRECT: {},
                MAPPED: {"host": "0.0.0.0"},  # noqa: S104  # as in a container
                NGINX: {"allowed_host": NAME, "trusted_proxies": "1"},
            }[way]
            running.append(gunicorn(**{**inside, **environment}))
            if way == MAPPED:
                return stack.enter_context(mapped(running[-1]))
            if way == NGINX:
                folder = folders.mktemp("nginx")
                return stack.enter_context(behind_nginx(running[-1], certificate, folder))
            return running[-1]

        if way == NGINX:
            nginx()
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for variable in TRUST:
                patch.setenv(variable, str(certificate.certificate))
        try:
            yield start
        finally:
            stack.close()
            for one in running:
                status = one.stop()
                assert status == 0, f"the server ended with status {status}:\n{one.log}"


@pytest.fixture(scope="module")
def server(
    way: str, certificate: TlsFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server | WayIn]:
    """A real server without a rate limit, for the tests of one module."""
    with _reached(way, certificate, tmp_path_factory) as start:
        yield start()


@pytest.fixture
def start_server(
    way: str, certificate: TlsFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server | WayIn]]:
    """Start real servers with settings of one's own; all are ended after the test."""
    with _reached(way, certificate, tmp_path_factory) as start:
        yield start
