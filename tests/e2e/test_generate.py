"""``datasynth generate`` as users start it, beside a real server."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest
import requests

from datasynth.config import load_config_file
from tests.e2e.programs import eventually
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

COUNT, SEED = 5_000, 7
GENERATE = [sys.executable, "-m", "datasynth", "generate"]
ENDS_WITHIN = 50
CHANGED = {"global": {"seed": SEED}, "transactions": {"target_count": COUNT}}


def _generate(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [*GENERATE, str(folder), *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False)


def _answer(server: Server, call: str, **query: str | int) -> requests.Response:
    answer = requests.get(f"{server.base_url}/api/{call}", params=query, timeout=ENDS_WITHIN)
    answer.raise_for_status()
    return answer


def _open_items(server: Server, **query: str | int) -> bytes:
    """All pages as one file."""
    page = _answer(server, "open-items", format="csv", limit=10_000, **query)
    pages = [page.content]
    while "X-Next-Cursor" in page.headers:
        query["cursor"] = page.headers["X-Next-Cursor"]
        page = _answer(server, "open-items", format="csv", limit=10_000, **query)
        pages.append(page.content.partition(b"\n")[2])
    return b"".join(pages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set."""
    folder = tmp_path_factory.mktemp("data") / "set"
    done = _generate(folder, "--count", str(COUNT), "--seed", str(SEED), "--worker-threads", "3")
    assert (0, "") == (done.returncode, done.stderr)
    return folder


def test_the_files_are_the_server_s_answers(server: Server, folder: Path) -> None:
    """Byte for byte, the files are what the server answers for the same configuration."""
    requests.post(f"{server.base_url}/api/config", json=CHANGED, timeout=ENDS_WITHIN).raise_for_status()
    expected = {
        f"{call}.csv": _answer(server, call, format="csv").content
        for call in ("accounts", "parties", "users", "balances")
    }
    expected["entries.ndjson"] = _answer(server, "entries", view="document").content
    expected["open-items.csv"] = _open_items(server)
    expected["open-items-opening.csv"] = _open_items(server, at=0)
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "config.yaml"}

    assert sorted(expected) == sorted(found)
    assert [] == [name for name in expected if expected[name] != found[name]]


def test_the_configuration_makes_the_same_again(folder: Path, tmp_path: Path) -> None:
    """From its own config.yaml, on another number of threads, the data set comes out the same."""
    done = _generate(tmp_path, "--config", str(folder / "config.yaml"), "--worker-threads", "1")
    config = load_config_file(tmp_path / "config.yaml").config

    assert done.returncode == 0
    assert (SEED, COUNT) == (config.general.seed, config.transactions.target_count)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in tmp_path.iterdir()
    }


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    """Control-C in the middle ends it with status 130, and no file of it stays."""
    folder = tmp_path / "set"
    partial = folder / "entries.ndjson.partial"
    # What runs in the background of a script has interrupts ignored, and passes that on.
    command = ["env", "--default-signal=INT", *GENERATE, str(folder), "--count", "50000000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        begun = eventually(lambda: partial.exists() and partial.stat().st_size > 0, within=ENDS_WITHIN)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=ENDS_WITHIN)

    assert begun
    assert (130, b"") == (process.returncode, printed)
    assert not folder.exists()


def test_a_terminal_sees_progress(tmp_path: Path) -> None:
    """On a terminal a bar shows how far it is; elsewhere nothing is said while all is well."""
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    command = [*GENERATE, str(tmp_path / "set"), "--count", "3000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(controller, 4096):
                shown += part
        except OSError:
            # Linux reports the end of a terminal as an error.
            pass
    os.close(controller)

    assert process.returncode == 0
    assert b"100%" in shown
    assert b"3.00k/3.00k" in shown
