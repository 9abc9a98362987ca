"""Servers started as operators start them, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.server import ROOT, Server, ServerFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

APP = [sys.executable, "app.py"]
GUNICORN = [str(Path(sys.executable).with_name("gunicorn")), "wsgi:app"]
READY = "is ready:"
READY_WITHIN = 40.0
ENDS_WITHIN = 20.0
ANSWERS_WITHIN = 10.0


@contextmanager
def started(command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a server, wait for its ready line, and see to it that it ends."""
    server = Server(command, environment or {})
    try:
        if not server.wait_for_line(READY, timeout=READY_WITHIN):
            message = f"no ready line; the server printed:\n{server.log}"
            raise ServerFailedError(message)
        yield server
    finally:
        server.stop()


def refused(command: list[str], environment: Mapping[str, str] | None = None) -> tuple[int, list[str]]:
    """Start a server that cannot start; its exit status, and the lines that it printed."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DATASYNTH_")}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=ENDS_WITHIN,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def ready_line(server: Server) -> str:
    """The line with all addresses."""
    return next(line for line in server.log.splitlines() if READY in line)


def http_address(server: Server) -> str:
    """The first of the HTTP addresses in the ready line."""
    found = re.search(r"https?://[^\s,\"]+", ready_line(server))
    assert found is not None
    return found[0]


def grpc_address(server: Server) -> str:
    """The first of the gRPC addresses in the ready line."""
    found = re.search(r"gRPC ([^\s,\"]+)", ready_line(server))
    assert found is not None
    return found[1]


def eventually(happened: Callable[[], bool], within: float = ENDS_WITHIN) -> bool:
    """Look again and again until something has happened; whether it has."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
