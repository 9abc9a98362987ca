"""``init``, ``generate`` and ``verify`` one after the other, and ``verify`` beside a real server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.programs import eventually
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

COUNT = 2_000
ENDS_WITHIN = 50
CHANGED = {
    "global": {"seed": 5, "industry": "retail"},
    "companies": [{"code": "1000"}, {"code": "2000", "currency": "EUR", "country": "DE"}],
    "transactions": {"target_count": COUNT},
}


def _run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "datasynth", command, *arguments]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False)


def _post(server: Server, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = requests.post(f"{server.base_url}/api/{call}", json=body, timeout=ENDS_WITHIN)
    answer.raise_for_status()
    decoded: dict[str, Any] = answer.json()
    return decoded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set, from a configuration that `datasynth init` has written."""
    place = tmp_path_factory.mktemp("verify")
    config = place / "mine.yaml"
    steps = [
        _run("init", "--industry", "healthcare", "--complexity", "small", "--output", str(config)),
        _run("generate", str(place / "set"), "--config", str(config), "--count", str(COUNT)),
    ]
    assert [(0, ""), (0, "")] == [(step.returncode, step.stderr) for step in steps]
    return place / "set"


def test_what_is_generated_is_green(folder: Path, tmp_path: Path) -> None:
    """The files of one command pass the checks of the other, and the JSON says the same as the table."""
    report = tmp_path / "report.json"
    done = _run("verify", str(folder), "--json", str(report))
    found = json.loads(report.read_text())

    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert "green: all " in done.stdout.splitlines()[-1]
    assert (True, COUNT) == (found["passed"], found["entries"])


def test_one_cent_is_seen(folder: Path, tmp_path: Path) -> None:
    """A single amount that is off by one cent turns it red."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    entries = (tmp_path / "entries.ndjson").read_bytes().splitlines(keepends=True)
    entry = json.loads(entries[700])
    line = entry["lines"][0]
    side = "debit" if line["debit"] != "0.00" else "credit"
    line[side] = f"{float(line[side]) + 0.01:.2f}"
    entries[700] = json.dumps(entry).encode() + b"\n"
    (tmp_path / "entries.ndjson").write_bytes(b"".join(entries))
    done = _run("verify", str(tmp_path))

    assert done.returncode == 1
    assert "balance.document" in done.stdout.splitlines()[-1]


def test_a_server_is_judged(server: Server) -> None:
    """What a server serves passes, the configuration and then a stream that triggers were pulled on."""
    _post(server, "config", CHANGED)
    configured = _run("verify", server.base_url)
    stream = _post(server, "stream/start", {"entries_per_second": 1_500})["stream_id"]
    for pattern in ("month_end", "quarter_end", "year_end"):
        assert eventually(lambda: _current(server) > 0)
        _post(server, f"stream/trigger/{pattern}")
        time.sleep(0.2)
    triggered = _run("verify", f"{server.base_url}?stream_id={stream}")

    assert (0, "") == (configured.returncode, configured.stderr), configured.stdout
    assert (0, "") == (triggered.returncode, triggered.stderr), triggered.stdout


def _current(server: Server) -> int:
    current: int = requests.get(f"{server.base_url}/api/stream", timeout=ENDS_WITHIN).json()["current"]
    return current
