"""Entries as an Excel workbook, a row a line item."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from datasynth.encoding.arrow import RecordBatchEncoder
from datasynth.encoding.company_entries import select_entries
from datasynth.errors import InvalidRequest
from datasynth.generation.block import BLOCK_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.encoding import EntriesFormat
    from datasynth.generation.block import Block
    from datasynth.output.journal_range import JournalRange
    from datasynth.output.pipeline import Progress
    from datasynth.output.sink import Sink

    Row = tuple[object, ...]

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header included; Excel's own bound."""

MOST_DIGITS = 15
"""Digits of a number that Excel keeps; longer ones are written as text."""

SHEET = "entries"


def write_workbook(source: JournalRange, format: EntriesFormat, sink: Sink, progress: Progress) -> None:
    """Write a workbook, with as many sheets as the rows need.

    Parameters
    ----------
    source
        The entries.
    format
        Its fields and its company count.
    sink
        Opened and closed here.
    progress
        Called after each block with the number of its entries.

    Raises
    ------
    InvalidRequest
        The extra ``xlsx`` is not installed.
    """
    try:
        library = import_module("xlsxwriter")
    except ImportError:
        raise InvalidRequest("Excel files need one more package: pip install 'datasynth[xlsx]'") from None
    with sink as out:
        book = library.Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
        sheets = _Sheets(book, [field.name for field in format.row_fields])
        for entries, rows in _blocks(source, format):
            for row in rows:
                sheets.add(row)
            progress(entries)
        book.close()


class _Sheets:
    """The sheets of a workbook, the next one begun where one is full."""

    def __init__(self, book: Any, names: list[str]) -> None:
        self._book = book
        self._names = names
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._count = 0
        self._begin()

    def add(self, row: Row) -> None:
        """Write a row."""
        if self._next == MOST_ROWS:
            self._begin()
        for column, value in enumerate(row):
            self._write(column, value)
        self._next += 1

    def _begin(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(SHEET if self._count == 1 else f"{SHEET} {self._count}")
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, self._names)
        self._next = 1

    def _write(self, column: int, value: object) -> None:
        match value:
            case None:
                return
            case str():
                self._sheet.write_string(self._next, column, value)
            case datetime():
                self._sheet.write_datetime(self._next, column, value.replace(tzinfo=None), self._moment)
            case date():
                self._sheet.write_datetime(self._next, column, value)
            case Decimal() if len(value.normalize().as_tuple().digits) > MOST_DIGITS:
                self._sheet.write_string(self._next, column, str(value))
            case _:
                self._sheet.write_number(self._next, column, value)


def _blocks(source: JournalRange, format: EntriesFormat) -> Iterator[tuple[int, Iterator[Row]]]:
    """Yield the number of entries and the rows of each block."""
    words = source.journal.vocabulary
    encoder = RecordBatchEncoder(words, format)
    for part in source.cut(BLOCK_ENTRIES):
        block: Block = part.journal.block(part.first, part.count)
        if format.company:
            block = select_entries(block, block.company == words.companies.index(format.company))
        batch = encoder.encode(block)
        yield part.count, zip(*(column.to_pylist() for column in batch.columns), strict=True)
