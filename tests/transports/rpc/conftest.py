"""Fixtures of the gRPC tests."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from datasynth.transports.rpc.server import GrpcServer, TlsFiles
from tests.transports.rpc.harness import Served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from datasynth.service.services import Services


def self_signed(folder: Path, *more: str) -> TlsFiles:
    """Make a certificate for localhost and more names, good for a day."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and makes the certificates of the TLS tests")
    files = TlsFiles(folder / "cert.pem", folder / "key.pem")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    alternatives = ",".join(["DNS:localhost", "IP:127.0.0.1", *(f"DNS:{name}" for name in more)])
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName={alternatives}"]
    paths = ["-keyout", str(files.key), "-out", str(files.certificate)]
    subprocess.run(
        [openssl, "req", "-x509", "-days", "1", *curve, *names, *paths], check=True, capture_output=True
    )
    return files


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """A certificate for localhost and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def other_tls_files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Another one."""
    return self_signed(tmp_path_factory.mktemp("other_tls"))


@pytest.fixture
def serve(make_services: Callable[..., Services]) -> Iterator[Callable[..., Served]]:
    """Serve real services over gRPC on a free port of 127.0.0.1; all are stopped after the test."""
    running: list[Served] = []

    def start(
        *,
        api_keys: tuple[str, ...] = (),
        rate_limit: int = 0,
        memory_limit: int | None = None,
        streams: int = 128,
        **engine: object,
    ) -> Served:
        services = make_services(
            api_keys=api_keys, rate_limit=rate_limit, memory_limit=memory_limit, **engine
        )
        server = GrpcServer(services, ("127.0.0.1",), 0, streams=streams)
        running.append(Served(services, server, server.start()))
        return running[-1]

    yield start
    for served in running:
        served.close()
