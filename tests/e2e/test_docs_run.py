"""The documentation's commands and programs, run against a real server, page by page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

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

RUN = {"console", "python"}
PAGES = [
    page
    for page in documents.PAGES
    if page.name != "CONTRIBUTING.md" and any(language in RUN for language, _ in documents.blocks(page))
]


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


def _compare(page: Path, printed: str, actual: str, said: str) -> None:
    """Compare an output with the printed one, or print it on the page."""
    if ACCEPTED and not _matches(printed, actual):
        page.write_text(page.read_text().replace(printed, actual.strip()))
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


@pytest.mark.golden
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, start_server: Callable[..., Server]) -> None:
    """Every block of a page runs as printed, in order, and prints what the page says it prints."""
    server = start_server()
    printed = ""
    for language, block in documents.blocks(page):
        if language == "console":
            _check_console(server, page, block)
        elif language == "python":
            printed = _run([sys.executable, "-c"], on(server, block))
        elif language == "output":
            _compare(page, block.strip(), printed, "python")
