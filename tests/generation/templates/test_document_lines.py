"""Rows of lines."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.generation.kernels.document_lines import CLOSING_ROW
from datasynth.generation.templates.document_lines import (
    DocumentLines,
    GrowingLines,
    join,
    line_source,
)

FIELDS = ("offsets", "debits", "account", "posting", "amount", "jitter_unit", "parts", "split")

NO_CLOSES = np.empty(0, dtype=CLOSING_ROW).view(np.recarray)


def rows(*documents: tuple[int, tuple[int, ...]]) -> DocumentLines:
    """Lay documents out: how many debits each has, and all of its amounts; every debit varies."""
    amounts = [amount for _, lines in documents for amount in lines]
    lengths = [len(lines) for _, lines in documents]
    on_debit = [place < debits for debits, lines in documents for place in range(len(lines))]
    return DocumentLines(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([debits for debits, _ in documents], dtype=np.int32),
        np.arange(len(amounts), dtype=np.int16),
        np.array([0 if debit else 1 for debit in on_debit], dtype=np.int16),
        np.array(amounts, dtype=np.int64),
        np.array([3 if debit else 0 for debit in on_debit], dtype=np.int32),
        np.array([amount % 3 + 1 for amount in amounts], dtype=np.int32),
        np.array([amount % 5 for amount in amounts], dtype=np.int16),
    )


def test_totals_are_the_debits_of_each_row() -> None:
    """A row's total is what its debit lines sum to, and varies as they do."""
    template_lines = rows((1, (500, 500)), (2, (100, 23, 123)), (1, (9, 4, 5)))

    totals, jitter_units = template_lines.totals()

    assert [500, 123, 9] == totals.tolist()
    assert [3, 6, 3] == jitter_units.tolist()


def test_joined_rows_follow_one_another() -> None:
    """Rows keep their lines, debits and order when they are laid behind others."""
    first, second = rows((1, (500, 500)), (2, (100, 23, 123))), rows((1, (9, 4, 5)))
    both = join([first, second])

    assert [0, 2, 5, 8] == both.offsets.tolist()
    assert [1, 2, 1] == both.debits.tolist()
    for name in FIELDS[2:]:
        assert [*getattr(first, name).tolist(), *getattr(second, name).tolist()] == getattr(
            both, name
        ).tolist()


def test_joining_nothing_to_rows_leaves_them() -> None:
    """Rows without lines may be among those that are joined."""
    only = rows((1, (500, 500)))

    assert [0, 2] == join([rows(), only, rows()]).offsets.tolist()


def same(one: DocumentLines, other: DocumentLines) -> bool:
    """Tell whether rows have the same lines."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in FIELDS)


@pytest.mark.parametrize("room", [(0, 0), (1, 3), (1, 2), (0, 3), (9, 9)])
def test_rows_with_room_are_those_that_are_joined(room: tuple[int, int]) -> None:
    """Whether or not what comes later fits in, the rows are the same, and the first ones stay."""
    first, second, third = rows((1, (500, 500))), rows((2, (100, 23, 123))), rows((1, (9, 4, 5)))
    store = GrowingLines([first, second], *room)
    filled = store.filled

    assert same(join([first, second]), filled)
    assert same(join([first, second, third]), store.append(third))
    assert same(join([first, second]), filled)


def test_rows_with_room_are_not_copied() -> None:
    """Where there is room, more rows are laid behind those that are there."""
    store = GrowingLines([rows((1, (500, 500)))], 1, 2)
    filled = store.filled

    assert np.shares_memory(filled.amount, store.append(rows((1, (4, 4)))).amount)


def test_a_row_of_the_source_knows_its_lines_and_those_of_its_documents() -> None:
    """Where lines are shared out, a document has more of them than its template."""
    source = line_source(rows((1, (500, 500)), (2, (100, 23, 123))), 2, NO_CLOSES)

    assert [2, 3] == source.rows.template_lines.tolist()
    assert [2 * (500 % 3 + 1), 100 % 3 + 23 % 3 + 123 % 3 + 3] == source.rows.lines.tolist()
    assert [0, 2] == source.rows.first_line.tolist()
