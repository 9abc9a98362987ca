"""The documentation as data: its files, headings, links and blocks of code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md")),
    *sorted(DOCS.rglob("*.md")),
]
REFERENCE = sorted((DOCS / "reference").glob("*.md"))

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\!)\[[^\]]+\]\(([^)]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a `console` block, and the output printed below it ("" where none is)."""

    text: str
    output: str


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each block of code, in order."""
    return _BLOCK.findall(page.read_text())


def commands(block: str) -> Iterator[Command]:
    """The commands of a `console` block; a line that begins with `$` is one."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        end = next(i for i, line in enumerate(lines) if not line.endswith("\\"))
        yield Command("\n".join(lines[: end + 1]), "\n".join(lines[end + 1 :]).strip())


def links(page: Path) -> list[str]:
    """Targets of the links of a page, those to other sites left out."""
    text = _BLOCK.sub("", page.read_text())
    return [target for target in _LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Names that a link may have behind `#`, one for each heading."""
    headings = _HEADING.findall(_BLOCK.sub("", page.read_text()))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def reference_headings() -> str:
    """Every heading of the reference pages, one a line."""
    return "\n".join(heading for page in REFERENCE for heading in _HEADING.findall(page.read_text()))


def reference_text() -> str:
    """The whole of the reference pages."""
    return "\n".join(page.read_text() for page in REFERENCE)
