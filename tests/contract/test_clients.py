"""The page's programs as printed, run against a real server until they have seen the end of a stream."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.contract import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

NODE_FOLDER = Path(__file__).parent / "node"
ENTRIES = 10_000
PATIENCE = 50.0


def missing_for_node() -> list[str]:
    """What the Node clients need and this machine lacks."""
    missing = [] if shutil.which("node") else ["the program node"]
    packages = [name for name in ("axios", "ws") if not (NODE_FOLDER / "node_modules" / name).is_dir()]
    return missing + [f"the npm package {name} (npm ci --prefix tests/contract/node)" for name in packages]


@pytest.fixture
def node(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """Run a JavaScript program until it prints a text; the lines that it printed.

    It skips with what is missing, but never in CI, which installs it.
    """
    missing = missing_for_node()
    if missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has to install {', '.join(missing)}", pytrace=False)
        pytest.skip(f"the page's Node client needs {', '.join(missing)}")

    def run(program: str, until: str) -> list[str]:
        script = tmp_path / "client.js"
        script.write_text(program)
        environment = {**os.environ, "NODE_PATH": str(NODE_FOLDER / "node_modules")}
        return lines_until(["node", str(script)], environment, until)

    return run


def lines_until(command: list[str], environment: dict[str, str], until: str) -> list[str]:
    """Run a program that does not end by itself; what it printed up to a line with `until`."""
    lines: list[str] = []
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    patience = threading.Timer(PATIENCE, process.kill)
    patience.start()
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if until in line:
            break
    patience.cancel()
    process.kill()
    process.wait()
    process.stdout.close()
    return lines


def test_python_client(start_server: Callable[..., Server]) -> None:
    """The Python client of the page sets a count, starts, sees progress up to 100 % and ends."""
    server = start_server()
    program = page.on(server, page.text("client.py.txt"))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert len(lines) > 2 * ENTRIES
    assert lines[-1] == "Progress: 100.0%"
    assert ENTRIES == requests.get(f"{server.base_url}/api/stream", timeout=10).json()["total"]


def test_node_client(start_server: Callable[..., Server], node: Callable[[str, str], list[str]]) -> None:
    """The Node client of the page, called once, prints every entry and then `complete`."""
    server = start_server()
    program = page.on(server, page.text("client.js.txt")) + "\ngenerate();\n"
    lines = node(program, f"total_entries: {ENTRIES}")

    assert any(f"total_entries: {ENTRIES}" in line for line in lines), "".join(lines[-20:])
    assert sum("type: 'entry'" in line for line in lines) > 2 * ENTRIES
    assert any("type: 'progress'" in line for line in lines)


def test_browser_client(server: Server, node: Callable[[str, str], list[str]]) -> None:
    """The five lines for a browser print what arrives from the first entry on, with the five keys of each."""
    requests.post(f"{server.base_url}/api/stream/start", json={"count": 500}, timeout=10).raise_for_status()
    printed = page.on(server, page.text("browser.js.txt"))
    lines = node(f"const WebSocket = require('ws');\n{printed}", "total_entries: 500")

    assert any("total_entries: 500" in line for line in lines), "".join(lines[-20:])
    assert sum("type: 'entry'" in line for line in lines) > 1_000
    for key in page.SAMPLES["entry"]["data"]:
        assert any(f"{key}: '" in line for line in lines), key
