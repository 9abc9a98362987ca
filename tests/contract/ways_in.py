"""The ways that lead to a server: its own port, a mapped one, and nginx as the documentation sets it up."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests import documents
from tests.server import LOOPBACK, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasynth.transports.rpc.server import TlsFiles
    from tests.server import Server

DEPLOY_PAGE = documents.DOCS / "how-to" / "deploy-behind-nginx.md"
NAME = "ledger.example"
"""How the documentation calls the machine."""

TRUST = ("REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Variables by which clients are told whose certificates to believe."""

STARTS_WITHIN = 10.0
PIECE = 65_536


class WayIn:
    """A server as its clients see it from there.

    Parameters
    ----------
    server
        What answers in the end.
    port
        Where HTTP and WebSocket are.
    grpc_port
        Where gRPC is.
    secure
        Whether there is TLS on the way.
    """

    def __init__(self, server: Server, port: int, grpc_port: int, *, secure: bool = False) -> None:
        self.server = server
        self.port = port
        self.base_url = f"http{'s' * secure}://localhost:{port}"
        self.ws_url = f"ws{'s' * secure}://localhost:{port}"
        self.grpc_target = f"localhost:{grpc_port}"


@contextmanager
def mapped(server: Server) -> Iterator[WayIn]:
    """Two other ports that lead to those of a server, as ``docker run -p`` makes them."""
    with ExitStack() as stack:
        outer = [stack.enter_context(_mapped_port(port)) for port in (server.port, server.grpc_port)]
        yield WayIn(server, *outer)


@contextmanager
def behind_nginx(server: Server, tls: TlsFiles, folder: Path) -> Iterator[WayIn]:
    """The page's nginx before a server; ports and certificate are put in, and nothing else.

    Parameters
    ----------
    server
        What it passes requests on to.
    tls
        Its certificate.
    folder
        An empty one for its files.
    """
    [port] = free_ports(1)
    program = nginx()
    configuration = folder / "nginx.conf"
    configuration.write_text(_around(page_configuration(), folder, server, tls, port))
    log = folder / "nginx.log"
    command = [program, "-p", str(folder), "-c", str(configuration), "-e", str(log)]
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process, log)
        yield WayIn(server, port, port, secure=True)
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)


def nginx() -> str:
    """The program; without it a test is skipped, but never in CI, which installs it."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to install nginx", pytrace=False)
        pytest.skip("nginx is not installed, and is one of the ways in")
    return program


def page_configuration() -> str:
    """What the page on deployment puts into a file of nginx."""
    [block] = [text for language, text in documents.blocks(DEPLOY_PAGE) if language == "nginx"]
    return block


def page_start() -> str:
    """The commands by which that page starts the server."""
    [block] = [text for language, text in documents.blocks(DEPLOY_PAGE) if language == "sh"]
    return block


def _around(block: str, folder: Path, server: Server, tls: TlsFiles, port: int) -> str:
    """What Debian's own nginx.conf stands for, around the block of the page."""
    put_in = {
        "listen 443 ": f"listen {LOOPBACK}:{port} ",
        "127.0.0.1:3000": f"127.0.0.1:{server.port}",
        "127.0.0.1:50051": f"127.0.0.1:{server.grpc_port}",
        "/etc/ssl/ledger.pem": str(tls.certificate),
        "/etc/ssl/ledger.key": str(tls.key),
    }
    for printed, actual in put_in.items():
        assert block.count(printed) == 1, printed
        block = block.replace(printed, actual)
    listen = re.search(r"^\s*listen (.+)$", block, re.MULTILINE)
    assert listen is not None
    # "localhost" may be tried as ::1 first, as on a machine where nginx listens everywhere.
    block = block.replace(listen[0], f"{listen[0]}\n{listen[0].replace(LOOPBACK, '[::1]')}")
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user} daemon off; pid {folder}/nginx.pid; worker_processes 1;\n"
        f"events {{ worker_connections 256; }}\n"
        f"http {{ access_log off; {temporary}\n{block}\n}}\n"
    )


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            socket.create_connection((LOOPBACK, port), 1.0).close()
            return
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"nginx does not listen; it says:\n{log.read_text() if log.exists() else ''}", pytrace=False)


@contextmanager
def _mapped_port(inner: int) -> Iterator[int]:
    [outer] = free_ports(1)
    listeners = [socket.create_server((LOOPBACK, outer))]
    with suppress(OSError):
        listeners.append(socket.create_server(("::1", outer), family=socket.AF_INET6))
    relayed: set[socket.socket] = set()
    threads = [threading.Thread(target=_accept, args=(listener, inner, relayed)) for listener in listeners]
    for thread in threads:
        thread.start()
    try:
        yield outer
    finally:
        for one in (*listeners, *relayed):
            # Closing alone would leave threads in `accept` and `recv`.
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(STARTS_WITHIN)


def _accept(listener: socket.socket, inner: int, relayed: set[socket.socket]) -> None:
    threads: list[threading.Thread] = []
    with suppress(OSError), listener:
        while True:
            client, _ = listener.accept()
            threads.append(threading.Thread(target=_relay, args=(client, inner, relayed)))
            threads[-1].start()
    for thread in threads:
        thread.join(STARTS_WITHIN)


def _relay(client: socket.socket, inner: int, relayed: set[socket.socket]) -> None:
    with client, suppress(OSError), socket.create_connection((LOOPBACK, inner)) as server:
        relayed |= {client, server}
        answers = threading.Thread(target=_pass_on, args=(server, client))
        answers.start()
        _pass_on(client, server)
        answers.join()
        relayed -= {client, server}


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
