"""Every curl command of the page, run by a shell against a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract import page
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

Answer = tuple[int, dict[str, Any]]


def curl(server: Server, name: str, pattern: str = "month_end") -> Answer:
    """Run a command of the page in the folder of `config.json`; the status and the decoded body."""
    assert shutil.which("curl"), "curl is not installed"
    command = page.on(server, page.COMMANDS[name]).replace("month_end", pattern)
    command += " --silent --show-error --max-time 20 --write-out '\\n%{http_code}'"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT / "examples",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.fixture
def stream(server: Server) -> Iterator[Answer]:
    """The answer to the page's start command; the stream is stopped after the test."""
    yield curl(server, "stream_start")
    curl(server, "stream_stop")


def test_get_config(server: Server) -> None:
    """The default configuration holds what the page prints, value by value."""
    status, body = curl(server, "get_config")
    sample = page.SAMPLES["config"]

    assert status == 200
    assert page.differences(sample, body) == []
    assert sample == {section: {key: body[section][key] for key in keys} for section, keys in sample.items()}


def test_post_config(start_server: Callable[..., Server]) -> None:
    """A partial document is merged; the rest stays as it was."""
    server = start_server()
    _, before = curl(server, "get_config")
    status, body = curl(server, "post_config")

    assert status == 200
    assert body["transactions"]["target_count"] == 50000
    before["transactions"]["target_count"] = 50000
    assert curl(server, "get_config") == (200, before)


def test_validate_config(server: Server) -> None:
    """The example file is valid, and validating changes nothing."""
    _, before = curl(server, "get_config")
    status, body = curl(server, "validate_config")

    assert status == 200
    assert body["valid"] is True
    assert curl(server, "get_config") == (200, before)


def test_stream_start(stream: Answer) -> None:
    """A start without a body answers the page's two keys."""
    status, body = stream

    assert status == 200
    assert page.differences(page.SAMPLES["started"], body) == []
    assert body["status"] == "started"


@pytest.mark.parametrize(
    ("command", "word"),
    [("stream_pause", "paused"), ("stream_resume", "resumed"), ("stream_stop", "stopped")],
)
def test_stream_control(server: Server, stream: Answer, command: str, word: str) -> None:
    """Pause, resume and stop answer what has become of the stream."""
    status, body = curl(server, command)

    assert status == 200
    assert body["status"] == word
    assert body["stream_id"] == stream[1]["stream_id"]


@pytest.mark.parametrize("pattern", ["month_end", "quarter_end", "year_end"])
def test_trigger(server: Server, stream: Answer, pattern: str) -> None:
    """Each of the page's three patterns adds entries to the running stream."""
    status, body = curl(server, "trigger_month_end", pattern)

    assert status == 200
    assert body["status"] == "triggered"
    assert body["pattern"] == pattern
    assert body["stream_id"] == stream[1]["stream_id"]
    assert body["entries"] > 0


def test_health(server: Server) -> None:
    """The health check answers the page's two keys."""
    status, body = curl(server, "health")

    assert status == 200
    assert page.differences(page.SAMPLES["health"], body) == []
    assert body["status"] == "healthy"


def test_authentication(start_server: Callable[..., Server]) -> None:
    """With a key set, the page's header lets a caller in, and nothing else does."""
    server = start_server(api_key="your-api-key")

    assert curl(server, "authentication")[0] == 200
    status, body = curl(server, "get_config")
    assert status == 401
    assert page.differences(page.SAMPLES["error"], body) == []
    assert body["error"] == "unauthorized"
    assert curl(server, "health")[0] == 200


def test_rate_limit(start_server: Callable[..., Server]) -> None:
    """By default the 101st request within a minute is told when to come back."""
    server = start_server(rate_limit="100")
    answers = [curl(server, "get_config") for _ in range(101)]

    assert {status for status, _ in answers[:100]} == {200}
    status, body = answers[100]
    assert status == 429
    assert page.differences(page.SAMPLES["rate_limit"], body) == []
    assert page.differences(page.SAMPLES["error"], body) == []
    assert 0 < body["retry_after"] <= 60


def test_every_command_is_run() -> None:
    """No command of the page is left out of this module."""
    source = (ROOT / "tests" / "contract" / "test_curl.py").read_text()

    assert [] == [name for name in page.COMMANDS if f'"{name}"' not in source]
