"""Many parts to one data set."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.evaluation.readers.dataset_builder import FIRST_ROWS, GrowingColumn, read_dataset
from datasynth.evaluation.readers.source import Unreadable
from tests.evaluation.good import good_books

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from datasynth.config.model import Config
    from tests.evaluation.bookkeeping import Files


class Cut:
    """Books whose documents come in parts of so many."""

    def __init__(self, files: Files, size: int) -> None:
        self._files = files
        self._size = size

    def config(self) -> Config:
        return self._files.config()

    def entries(self) -> Iterator[bytes]:
        lines = b"".join(self._files.entries()).splitlines(keepends=True)
        for first in range(0, len(lines), self._size):
            yield b"".join(lines[first : first + self._size])

    def table(self, name: str) -> pa.Table:
        return self._files.table(name)

    def balances(self, entries: int) -> pa.Table:
        return self._files.balances(entries)

    def open_items(self, entries: int) -> pa.Table:
        return self._files.open_items(entries)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_parts_make_no_difference(size: int) -> None:
    """Codes, amounts and order are the same however the documents are cut."""
    books = good_books()
    whole, cut = read_dataset(books, books.config()), read_dataset(Cut(books, size), books.config())

    assert whole.vocabulary == cut.vocabulary
    for part in ("entries", "lines", "balances", "open_at_start", "open_at_end", "users"):
        one, other = getattr(whole, part), getattr(cut, part)
        for field in fields(one):
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
    assert whole.first_line.tolist() == cut.first_line.tolist()


def test_amounts_are_minor_units() -> None:
    """Each currency has its own, in documents as in the lists."""
    books = good_books()
    data = read_dataset(books, books.config())
    companies = data.vocabulary.words["companies"]
    bank = data.vocabulary.code("accounts", "1010")
    opening = {
        companies[company]: amount
        for company, account, amount in zip(
            data.balances.company, data.balances.account, data.balances.opening, strict=True
        )
        if account == bank
    }

    assert {"1000": 5_000_000, "2000": 5_000_000, "3000": 5_000_000} == opening
    assert [900, 900, 900] == data.total[:3].tolist()
    assert 0 == data.flaws.inexact


def test_reading_is_told() -> None:
    """Whoever waits learns how far reading has come."""
    told: list[int] = []
    books = good_books()

    read_dataset(Cut(books, 100), books.config(), told.append)

    assert [100, 200, len(books.documents)] == told


def test_where_reading_ended() -> None:
    """The line counts the entries before the part that cannot be read."""
    books = good_books()
    books.documents[150]["posting_date"] = "soon"

    with pytest.raises(Unreadable, match="entries after the first 150: "):
        read_dataset(Cut(books, 10), books.config())


def test_rows_stay_in_order() -> None:
    """Small and large parts come out as they went in, beyond the first room too."""
    parts = [np.arange(3), np.arange(FIRST_ROWS), np.arange(0), np.arange(5 * FIRST_ROWS)]
    column = GrowingColumn()

    for part in parts:
        column.add(part)

    assert np.array_equal(np.concatenate(parts), column.take())


def test_type_of_the_first_rows() -> None:
    """Codes stay codes."""
    column = GrowingColumn()
    column.add(np.array([1, -1], dtype=np.int32))

    taken = column.take()

    assert ([1, -1], "int32") == (taken.tolist(), str(taken.dtype))


def test_nothing_was_added() -> None:
    """A column without rows is empty, also after it has been taken."""
    column = GrowingColumn()
    column.add(np.array([1]))
    column.take()

    assert [] == column.take().tolist()
