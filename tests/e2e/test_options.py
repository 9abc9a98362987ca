"""What gunicorn is told, on servers that run: each option has the effect that it is there for."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from datasynth.serve import SHARED_MEMORY
from tests.e2e.programs import APP, ENDS_WITHIN, GUNICORN, started

if TYPE_CHECKING:
    from tests.server import Server

THE_LIMIT = 10.0


def workers(server: Server) -> list[psutil.Process]:
    """Processes that the arbiter has forked."""
    return psutil.Process(server.pid).children()


@pytest.mark.parametrize("command", [APP, GUNICORN], ids=["app.py", "gunicorn"])
def test_one_worker_and_no_control_socket(command: list[str], tmp_path: Path) -> None:
    """Whatever a variable of gunicorn says, and wherever its socket of commands would be."""
    variables = {"WEB_CONCURRENCY": "3", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": os.environ["HOME"]}
    with started(command, variables) as server:
        (worker,) = workers(server)
        files = [str(link.readlink()) for link in Path(f"/proc/{worker.pid}/fd").iterdir()]

        assert [] == list(tmp_path.iterdir())
        assert any(file.startswith(f"{SHARED_MEMORY}/wgunicorn") for file in files)


def test_a_worker_that_does_not_end_is_ended() -> None:
    """A stopped one answers no signal; ten seconds are the limit all the same, not gunicorn's thirty."""
    with started(APP) as server:
        (worker,) = workers(server)
        worker.suspend()
        began = time.monotonic()
        server.signal(signal.SIGTERM)

        assert server.wait(ENDS_WITHIN) == 0
        assert time.monotonic() - began < THE_LIMIT
        assert psutil.STATUS_ZOMBIE == worker.status() if worker.is_running() else True
