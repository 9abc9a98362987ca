"""A real server for tests: `gunicorn wsgi:app` as a process of its own on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
LOOPBACK = "127.0.0.1"
READY_WITHIN = 90.0  # kernels may have to be compiled first
GONE_WITHIN = 12.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment.

    Parameters
    ----------
    count
        How many; all are held open together, so that they differ.
    """
    held = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class ServerFailedError(Exception):
    """The server ended, or was silent, before it said that it was ready."""


class Server:
    """One running server; what it prints is kept, and it is ended by its own pid.

    Parameters
    ----------
    command
        What to start; ports travel in the environment.
    environment
        ``DATASYNTH_*`` variables on top of the process's own environment.
    at
        Port of REST; None for a free one.
    """

    def __init__(self, command: list[str], environment: Mapping[str, str], at: int | None = None) -> None:
        self.port, self.grpc_port = free_ports(2)
        self.port = at or self.port
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("DATASYNTH_")}
        ports = {"DATASYNTH_PORT": str(self.port), "DATASYNTH_GRPC_PORT": str(self.grpc_port)}
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited, **ports, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id of gunicorn's arbiter."""
        return self._process.pid

    @property
    def base_url(self) -> str:
        """Where REST answers."""
        return f"http://localhost:{self.port}"

    @property
    def ws_url(self) -> str:
        """Where the WebSocket calls answer."""
        return f"ws://localhost:{self.port}"

    @property
    def grpc_target(self) -> str:
        """Where gRPC answers."""
        return f"localhost:{self.grpc_port}"

    @property
    def log(self) -> str:
        """Everything that the server has printed so far."""
        with self._changed:
            return "\n".join(self._lines)

    def wait_until_ready(self) -> Self:
        """Wait for the line that names both ports.

        Raises
        ------
        ServerFailedError
            With everything that the server printed.
        """
        wanted = (f":{self.port}", f":{self.grpc_port}")
        ready = False
        try:
            ready = self.wait_for_line(*wanted, timeout=READY_WITHIN)
        finally:
            # Also when the test runs out of time here: nobody else knows this process yet.
            if not ready:
                self.stop()
        if not ready:
            message = f"no ready line; the server printed:\n{self.log}"
            raise ServerFailedError(message)
        return self

    def wait_for_line(self, *words: str, timeout: float) -> bool:
        """Wait for one line with all of these words.

        Parameters
        ----------
        words
            What has to stand in it.
        timeout
            How long to wait. [s]
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not any(all(word in line for word in words) for line in self._lines):
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    return False
                self._changed.wait(min(left, 0.5))
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the arbiter."""
        self._process.send_signal(number)

    def wait(self, timeout: float = GONE_WITHIN) -> int:
        """Wait for the end; the exit status."""
        status = self._process.wait(timeout)
        self._reader.join(timeout)
        return status

    def stop(self) -> int:
        """Ask the server to end, insist if it does not; the exit status.

        Returns
        -------
        int
            Negative where a signal ended it.
        """
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    def _read(self) -> None:
        if self._process.stdout is None:
            return
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()


def gunicorn(app: str = "wsgi:app", at: str = "", **environment: str) -> Server:
    """Start `gunicorn wsgi:app` and wait until it is ready.

    Parameters
    ----------
    app
        Module and name of the application.
    at
        Port of REST; empty for a free one.
    environment
        ``DATASYNTH_*`` variables without their prefix, in lower case:
        ``api_key="secret"``.  Two worker threads and no rate limit, unless said.
    """
    defaults = {"worker_threads": "2", "rate_limit": "0"}
    variables = {f"DATASYNTH_{key.upper()}": value for key, value in {**defaults, **environment}.items()}
    command = [str(Path(sys.executable).with_name("gunicorn")), app]
    return Server(command, variables, int(at) if at else None).wait_until_ready()
