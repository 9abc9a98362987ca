"""The page on deployment: its commands start the server, its configuration of nginx stands before it."""

from __future__ import annotations

import json
import ssl
import subprocess
from typing import TYPE_CHECKING

import grpc
import pytest
import websocket

from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc
from tests.contract.ways_in import NAME, behind_nginx, nginx, page_start
from tests.e2e.programs import ANSWERS_WITHIN, GUNICORN, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasynth.transports.rpc.server import TlsFiles
    from tests.contract.ways_in import WayIn

KEY = "your-api-key"
STRANGE = "https://evil.example"


@pytest.fixture(scope="module")
def deployed(certificate: TlsFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WayIn]:
    """All as printed, but for the ports and where the program and the certificate are."""
    nginx()
    printed = ".venv/bin/gunicorn wsgi:app"
    script = page_start()
    assert script.count(printed) == 1
    # In place of the shell, so that the server is ended and not the shell alone.
    script = script.replace(printed, f"exec {' '.join(GUNICORN)}")
    with (
        started(["bash", "-c", script]) as server,
        behind_nginx(server, certificate, tmp_path_factory.mktemp("nginx")) as way,
    ):
        yield way


def _curl(
    deployed: WayIn, certificate: TlsFiles, path: str, *options: str, name: str = NAME
) -> tuple[str, str]:
    """Status and body, where the name leads to nginx."""
    address = f"https://{name}:{deployed.port}"
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}"]
    # An address that is reached by its number has no name to check.
    command += ["--connect-to", f"{name}:{deployed.port}:127.0.0.1:{deployed.port}"]
    trust = ["--cacert", str(certificate.certificate)] if name == NAME else ["--insecure"]
    done = subprocess.run(
        [*command, *trust, *options, address + path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return status, body


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_clients_call_it_by_its_name(deployed: WayIn, certificate: TlsFiles, version: str) -> None:
    """With a key they get in, in both versions of HTTP, and without one they do not."""
    key = ["--header", f"X-API-Key: {KEY}"]

    assert _curl(deployed, certificate, "/api/config", version)[0] == "401"
    status, body = _curl(deployed, certificate, "/api/config", version, *key)
    assert ("200", 42) == (status, json.loads(body)["global"]["seed"])
    status, body = _curl(deployed, certificate, "/api/entries?count=300", version, *key)
    assert len({json.loads(line)["sequence"] for line in body.splitlines()}) == 300


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_its_own_pages_and_no_others(deployed: WayIn, certificate: TlsFiles, version: str) -> None:
    """A page has the name and the port of the outside; the server knows both by `Host`."""
    own = f"Origin: https://{NAME}:{deployed.port}"

    assert _curl(deployed, certificate, "/health", version, "--header", own)[0] == "200"
    assert _curl(deployed, certificate, "/health", version, "--header", f"Origin: {STRANGE}")[0] == "403"


def test_another_name_is_refused(deployed: WayIn, certificate: TlsFiles) -> None:
    """Whatever name leads to nginx, the server answers to its own."""
    status, body = _curl(deployed, certificate, "/health", name="evil.example")

    assert ("400", "invalid_request") == (status, json.loads(body)["error"])


def test_what_is_too_large_is_answered_by_the_server(
    deployed: WayIn, certificate: TlsFiles, tmp_path: Path
) -> None:
    """The refusal has the server's shape, and not that of nginx."""
    (tmp_path / "body").write_bytes(b" " * ((1 << 20) + 1))
    sent = ["--header", f"X-API-Key: {KEY}", "--data-binary", f"@{tmp_path / 'body'}"]
    status, body = _curl(deployed, certificate, "/api/config", *sent)

    assert ("413", "payload_too_large") == (status, json.loads(body)["error"])


@pytest.mark.parametrize(
    ("page", "expected"), [(f"https://{NAME}", 101), (STRANGE, 403)], ids=["own", "strange"]
)
def test_websockets(deployed: WayIn, certificate: TlsFiles, page: str, expected: int) -> None:
    """A page of the server's own gets one, a strange one does not."""
    place = f"{NAME}:{deployed.port}"
    origin = f"{page}:{deployed.port}" if expected == 101 else page
    options = {"ca_certs": str(certificate.certificate), "cert_reqs": ssl.CERT_REQUIRED}
    try:
        client = websocket.create_connection(
            f"{deployed.ws_url}/ws/metrics",
            header={"X-API-Key": KEY},
            host=place,
            origin=origin,
            sslopt=options,
            timeout=ANSWERS_WITHIN,
        )
    except websocket.WebSocketBadStatusException as refusal:
        status = int(refusal.status_code)
    else:
        status = 101
        assert json.loads(client.recv())["type"] == "metrics"
        client.close()

    assert expected == status


def test_grpc_goes_through(deployed: WayIn, certificate: TlsFiles) -> None:
    """On the same port, with the key as metadata."""
    credentials = grpc.ssl_channel_credentials(certificate.certificate.read_bytes())
    with grpc.secure_channel(deployed.grpc_target, credentials) as channel:
        stub = synth_pb2_grpc.SynthServiceStub(channel)
        request = synth_pb2.GenerationRequest(count=50)
        entries = list(stub.StartGeneration(request, metadata=[("x-api-key", KEY)], timeout=ANSWERS_WITHIN))

    assert len(entries) == 50
