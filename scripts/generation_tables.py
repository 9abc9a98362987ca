"""Writes the table of files in ``docs/explanation/generation.md`` from what each file says of itself."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "explanation" / "generation.md"
FOLDER = ROOT / "datasynth" / "generation"

BEGIN, END = "<!-- files -->", "<!-- end of files -->"


def with_tables(text: str) -> str:
    """Return the page's text with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *_rows(), "", f"{END}{after}"])


def _rows() -> Iterator[str]:
    yield "| file | contents |"
    yield "|---|---|"
    files = sorted(FOLDER.rglob("*.py"), key=lambda path: (path.parent != FOLDER, path.parent, path))
    for path in files:
        folder = path.parent.relative_to(FOLDER.parent)
        name = f"**`{folder}/`**" if path.name == "__init__.py" else f"`{path.name}`"
        yield f"| {name} | {_sentence(path)} |"


def _sentence(path: Path) -> str:
    """Return the first paragraph of a file's docstring in one line."""
    said = ast.get_docstring(ast.parse(path.read_text())) or ""
    return " ".join(said.partition("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
