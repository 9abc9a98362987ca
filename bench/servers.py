"""Servers and readers as processes, each ended by its own id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from bench.readers.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
READY_WITHIN = 60.0
ENDS_WITHIN = 12.0
ANSWERS_WITHIN = 30.0


class BenchError(Exception):
    """A process that is part of a measurement did not do its part."""


@contextmanager
def running(arguments: Sequence[str], port: int, probe: str | None = None) -> Iterator[int]:
    """Keep a Python program running that listens on `port`; yield its process id.

    Parameters
    ----------
    arguments
        What follows ``python``.
    port
        Where it will listen.
    probe
        A path that answers 200 once the server is ready; without one, that it listens is enough.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATASYNTH_")}
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=inherited, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not (_listens(port) and (probe is None or _answers(port, probe))):
            if process.poll() is not None or time.monotonic() > deadline:
                message = f"{' '.join(arguments)} did not start"
                raise BenchError(message)
            time.sleep(0.05)
        yield process.pid
    finally:
        _end(process)


def read(transport: str, port: int, seconds: float, *options: str) -> Report:
    """Run a reader in a process of its own and return what it counted."""
    command = [sys.executable, "-m", "bench.readers", transport, str(port), str(seconds), *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        message = f"the {transport} reader failed"
        raise BenchError(message)
    return Report(**json.loads(done.stdout))


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment; all are held together, so that they differ."""
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _answers(port: int, probe: str) -> bool:
    try:
        return requests.get(f"http://{HOST}:{port}{probe}", timeout=ANSWERS_WITHIN).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
