"""The notebook of ``examples/`` runs from its first cell to its last, with the outputs that it shows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import nbformat
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from datasynth.encoding import EntriesFormat, FileFormat
from datasynth.encoding.arrow_schema import entries_schema
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLACE = ROOT / "examples" / "notebook.ipynb"
HOW_TO = ROOT / "docs" / "how-to" / "library.md"
ACCEPTED = os.environ.get("DATASYNTH_GOLDEN") == "write"
"""Whether the notebook gets its outputs (`make golden`) instead of being compared with them."""

TEN_LINES = 10
RUNS_WITHIN = 120

pytestmark = pytest.mark.golden


def outputs(notebook: Any) -> dict[str, list[Any]]:
    """What each cell of code has printed or shown, by the cell's id."""
    return {
        cell.id: [output.get("data", output.get("text", output)) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def executed(folder: Path) -> Any:
    """Run the cells in a folder, as Jupyter would; the notebook with its outputs."""
    notebook = nbformat.read(PLACE, as_version=4)  # type: ignore[no-untyped-call]  # as the library has it
    client = NotebookClient(
        notebook,
        timeout=RUNS_WITHIN,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


@pytest.mark.timeout(RUNS_WITHIN)
def test_the_notebook_runs(tmp_path: Path) -> None:
    """Its outputs are those that it shows, and the file has the published columns."""
    stored = nbformat.read(PLACE, as_version=4)  # type: ignore[no-untyped-call]  # as the library has it
    found = executed(tmp_path)
    if ACCEPTED:
        nbformat.write(found, PLACE)  # type: ignore[no-untyped-call]  # as the library has it
    table = pq.read_table(tmp_path / "entries.parquet")

    assert ACCEPTED or outputs(stored) == outputs(found)
    assert all(outputs(found).values())
    assert entries_schema(EntriesFormat(FileFormat.PARQUET)).names == table.schema.names
    assert len(set(table["sequence"].to_pylist())) == 20_000


def test_it_takes_ten_lines() -> None:
    """The first cell of code is the whole way to a file and a frame."""
    notebook = nbformat.read(PLACE, as_version=4)  # type: ignore[no-untyped-call]  # as the library has it
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")

    assert len([line for line in first.splitlines() if line.strip()]) <= TEN_LINES


def test_the_how_to_shows_it() -> None:
    """The page has the notebook's first cell of code, and what it shows."""
    notebook = nbformat.read(PLACE, as_version=4)  # type: ignore[no-untyped-call]  # as the library has it
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    shown = first.outputs[0].data["text/plain"]

    assert f"```py\n{first.source}\n```\n\n```text\n{shown}\n```\n" in HOW_TO.read_text()
