"""The documentation's commands and programs, run against a real server, page by page."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from tests import documents
from tests.contract.page import on
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server import Server

BETWEEN = "\x1e"
ACCEPTED = os.environ.get("DATASYNTH_GOLDEN") == "write"
"""Whether pages get what was printed (`make golden`) instead of being compared with it."""

_IMPORT = re.compile("^(import|from) ", re.MULTILINE)

RUN = {"console", "python"}
PAGES = [
    page
    for page in documents.PAGES
    if page.name != "CONTRIBUTING.md" and any(language in RUN for language, _ in documents.blocks(page))
]

GUIDES = sorted(
    (page for page in PAGES if page.name == "tutorial.md" or page.parent.name == "how-to"),
    key=lambda page: (page.name != "tutorial.md", page),
)
"""Pages that are walked on one server, the tutorial first."""

ACTIVE = {"preparing", "running", "paused"}
READING = 300.0
"""How long somebody may take from one step of a page to the next. [s]"""

STARTED = "/api/stream/start"
STEERED = "/api/stream/(pause|resume|stop|trigger)"


def _run(program: list[str], text: str) -> str:
    done = subprocess.run(
        [*program, text],
        cwd=ROOT / "examples",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _matches(printed: str, actual: str) -> bool:
    """Whether an output is the printed one, where `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in printed.split("…"))
    return re.fullmatch(pattern, actual.strip(), re.DOTALL) is not None


def _with_gaps(printed: str, actual: str) -> str:
    """Return an output with a `…` for each field that has one in print: ids and times differ each run."""
    for key, quote in re.findall(r"""((?:"[\w-]+"|'[\w-]+'): ?)(["']?)…""", printed):
        value = f"{quote}[^{quote}]*{quote}" if quote else r"[^,}\]]+"
        actual = re.sub(f"{key}{value}", f"{key}{quote}…{quote}", actual)
    return actual


def test_accepted_outputs_keep_their_gaps() -> None:
    """What differs from run to run is not printed, or the next run would fail; all else is."""
    printed = '{\'stream-id\': \'…\'} {"id":"…","count":…,"last":"a"}'
    actual = '{\'stream-id\': \'77\'} {"id":"77","count":12,"last":"b"}'

    found = _with_gaps(printed, actual)

    assert found == '{\'stream-id\': \'…\'} {"id":"…","count":…,"last":"b"}'


def _compare(page: Path, printed: str, actual: str, said: str) -> None:
    """Compare an output with the printed one, or print it on the page."""
    if ACCEPTED and not _matches(printed, actual):
        page.write_text(page.read_text().replace(printed, _with_gaps(printed, actual.strip())))
        return
    assert _matches(printed, actual), f"{said}\n{actual}"


def _check_console(server: Server, page: Path, block: str) -> None:
    printed = list(documents.commands(block))
    script = f"\nprintf '{BETWEEN}'\n".join(on(server, command.text) for command in printed)
    outputs = _run(["bash", "-c"], script).split(BETWEEN)
    for command, output in zip(printed, outputs, strict=True):
        if not re.match(r"[A-Z]+=", command.text):
            assert output.strip(), f"no output: {command.text}"
        if command.output:
            _compare(page, command.output, output, command.text)


def _check_log(server: Server, block: str) -> None:
    for line in block.splitlines():
        words = [part for part in line.split("…") if part.strip()]
        assert server.wait_for_line(*words, timeout=5.0), f"not in the log:\n{line}\n{server.log}"


def _later(page: Path, index: int) -> str:
    """All blocks of a page behind one of them."""
    return "\n".join(block for _, block in documents.blocks(page)[index + 1 :])


def _seconds_left(server: Server) -> float:
    """How long the active stream still takes at the rate that was asked for; 0 where there is none."""
    found = requests.get(f"{server.base_url}/api/stream", timeout=10)
    if not found.ok or found.json()["state"] not in ACTIVE:
        return 0.0
    status = found.json()
    return float((status["total"] - status["current"]) / (status["entries_per_second"] or math.inf))


def _walk(server: Server, page: Path) -> None:
    """Run every block as printed, in order; a stream that a later one steers must still be there then."""
    program = printed = ""
    for index, (language, block) in enumerate(documents.blocks(page)):
        if language == "console":
            _check_console(server, page, block)
            if STARTED in block and re.search(STEERED, _later(page, index)):
                assert _seconds_left(server) >= READING, f"over before one has read on:\n{block}"
        elif language == "python":
            # A block that imports nothing goes on where the one before it ended.
            program = block if _IMPORT.search(block) else f"{program}\nprint({BETWEEN!r})\n{block}"
            printed = _run([sys.executable, "-c"], on(server, program)).rpartition(BETWEEN)[2]
        elif language == "output":
            _compare(page, block.strip(), printed, "python")
        elif language == "log":
            _check_log(server, block)


@pytest.mark.golden
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in GUIDES], ids=lambda page: str(page.relative_to(ROOT))
)
def test_page(page: Path, start_server: Callable[..., Server]) -> None:
    """Every block of a page runs as printed, in order, and prints what the page says it prints."""
    _walk(start_server(), page)


@pytest.mark.golden
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: str(page.relative_to(ROOT)))
def test_guide(page: Path, server: Server) -> None:
    """A newcomer walks one page after the other on one server, which each leaves as it has found it."""
    before = requests.get(f"{server.base_url}/api/config", timeout=10).json()
    _walk(server, page)

    assert before == requests.get(f"{server.base_url}/api/config", timeout=10).json()
    assert 0.0 == _seconds_left(server)


def test_a_stream_that_is_over_too_soon_is_noticed(
    tmp_path: Path, start_server: Callable[..., Server]
) -> None:
    """The walk itself fails on a page whose stream does not last until the next step is typed."""
    page = tmp_path / "page.md"
    start = (
        "curl -s -X POST http://localhost:3000/api/stream/start -H 'Content-Type: application/json' "
        """-d '{"count": 100, "entries_per_second": 10}'"""
    )
    stop = "curl -s -X POST http://localhost:3000/api/stream/stop"
    page.write_text(f"```console\n$ {start}\n```\nthen\n```console\n$ {stop}\n```\n")

    with pytest.raises(AssertionError, match="over before one has read on"):
        _walk(start_server(), page)
