"""Excel workbooks, as somebody else's reader sees them."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from datasynth.config import config_from_mapping
from datasynth.encoding import EntriesFormat, FileFormat
from datasynth.encoding.arrow import RecordBatchEncoder
from datasynth.errors import InvalidRequest
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, StagedFile, workbook

if TYPE_CHECKING:
    from pathlib import Path

ARROW = EntriesFormat(FileFormat.ARROW)


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build a small journal of two companies."""
    companies = [{"code": "1000"}, {"code": "2000"}]
    return Journal(config_from_mapping({"transactions": {"target_count": 200}, "companies": companies}))


def written(path: Path, journal: Journal, format: EntriesFormat = ARROW) -> dict[str, list[tuple[Any, ...]]]:
    """Write a workbook; the rows of each of its sheets."""
    file = path / "a.xlsx"
    told: list[int] = []
    workbook.write_workbook(JournalRange.whole(journal), format, StagedFile(file, force=True), told.append)
    assert sum(told) == journal.total
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_cells_are_those_of_the_columns(tmp_path: Path, journal: Journal) -> None:
    """Texts stay text, amounts are numbers to the cent, days and times are dates."""
    (rows,) = written(tmp_path, journal).values()
    batch = RecordBatchEncoder(journal.vocabulary, ARROW).encode(journal.block(0, journal.total))

    assert tuple(batch.schema.names) == rows[0]
    assert batch.num_rows + 1 == len(rows)
    for cells, row in zip(rows[1:], batch.to_pylist(), strict=True):
        found = dict(zip(rows[0], cells, strict=True))
        assert row["account"] == found["account"]
        assert row["debit"] == round(Decimal(found["debit"]), 4)
        assert row["posting_date"] == found["posting_date"].date()
        assert row["created_at"].replace(tzinfo=None) == found["created_at"]
        assert row["cost_center"] == found["cost_center"]


def test_a_full_sheet_is_followed_by_another(
    tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sheet has more rows than Excel opens, and each has the names."""
    (rows,) = written(tmp_path, journal).values()
    monkeypatch.setattr(workbook, "MOST_ROWS", 400)
    sheets = written(tmp_path, journal)

    assert ["entries", "entries 2", "entries 3"] == list(sheets)
    assert [400, 400] == [len(sheets[name]) for name in ("entries", "entries 2")]
    assert all(some[0] == rows[0] for some in sheets.values())
    assert rows[1:] == [row for some in sheets.values() for row in some[1:]]


def test_chosen_entries_and_fields(tmp_path: Path, journal: Journal) -> None:
    """A company and some fields."""
    format = EntriesFormat(FileFormat.ARROW, fields=("company_code", "debit"), company="2000")
    (rows,) = written(tmp_path, journal, format).values()

    assert ("company_code", "debit") == rows[0]
    assert {"2000"} == {row[0] for row in rows[1:]}


def test_a_number_too_long_for_excel_is_text(
    tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel keeps fifteen digits; it is not to round a sixteenth."""
    monkeypatch.setattr(workbook, "MOST_DIGITS", 4)
    format = EntriesFormat(FileFormat.ARROW, fields=("debit",))
    (rows,) = written(tmp_path, journal, format).values()
    texts = [value for (value,) in rows[1:] if isinstance(value, str)]

    assert texts
    assert all(len(text.replace(".", "").strip("0")) > 4 for text in texts)


def test_without_the_package(tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what to install, and no file is made."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(InvalidRequest, match=r"pip install 'datasynth\[xlsx\]'"):
        written(tmp_path, journal)

    assert [] == list(tmp_path.iterdir())
