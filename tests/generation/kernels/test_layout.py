"""Lines of templates, against writing them one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import draw, make_key
from datasynth.generation.kernels.layout import (
    CombinationTable,
    PostingAmounts,
    TemplateLineColumns,
    bound_steps,
    choose_ranks,
    number_columns,
    write_posting,
)
from datasynth.generation.templates.account_combinations import LONGEST, choose_accounts
from datasynth.generation.zipf import zipf_chances
from tests.naive.layout import accounts_of, chosen, parts_of, shares_of

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

KEYS = st.integers(0, 2**64 - 1)
TEMPLATES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**15)), min_size=1, max_size=20)


def written(counts: list[int], totals: list[int], key: int, least: int = 1) -> TemplateLineColumns:
    """Write one posting of templates that have two lines before it, with account 7 or 8 by turns."""
    size = sum(counts) + 2 * len(counts)
    account, posting = (np.full(size, -1, dtype=np.int16) for _ in range(2))
    amount, jitter_unit = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int32)
    lines = TemplateLineColumns(account, posting, amount, jitter_unit)
    table = np.array([[2, count] for count in counts], dtype=np.int64)
    begin = np.cumsum(table.sum(axis=1)) - table[:, 1]
    combinations = CombinationTable(np.array([2]), np.array([[7, 8]], dtype=np.int16))
    nothing, jitter_units = np.zeros(len(counts), dtype=np.int64), np.arange(len(counts), dtype=np.int64)
    ends = begin + table[:, 1]
    amounts = PostingAmounts(np.array(totals), jitter_units, least)
    write_posting(begin, table[:, 1].copy(), 1, amounts, np.uint64(key), nothing, combinations, lines)

    assert ends.tolist() == begin.tolist()
    return lines


@given(TEMPLATES, KEYS, st.sampled_from([1, 2, 35, 10**6]))
def test_lines_are_those_of_one_template_after_the_other(
    wanted: list[tuple[int, int]], key: int, least: int
) -> None:
    """Amounts follow the drawn shares above the least, and sum to the total; nothing else is touched."""
    counts = [count for count, _ in wanted]
    totals = [least * count + more for count, more in wanted]
    lines = written(counts, totals, key, least)
    expected: list[int] = []
    for total, shares in zip(totals, shares_of(key, counts), strict=True):
        expected += [-1, -1, *parts_of(total, shares, least)]

    assert expected == lines.amount.tolist()
    assert min(expected, key=abs) != 0
    jitter_units, accounts = [], []
    for template, count in enumerate(counts):
        jitter_units += [-1, -1, *[template][:count], *[0] * (count - 1)]
        accounts += [-1, -1, *[7 + nth % 2 for nth in range(count)]]
    assert jitter_units == lines.jitter_unit.tolist()
    assert accounts == lines.account.tolist()
    assert [-1 if account < 0 else 1 for account in accounts] == lines.posting.tolist()


def test_first_lines_are_larger() -> None:
    """The line that varies has most of the total, so that much variation is possible."""
    count = 2_000
    parts = written([4] * count, [100_000] * count, make_key(1)).amount.reshape(count, 6)[:, 2:]

    assert parts[:, 0].mean() > 1.5 * parts[:, 1:].mean(axis=0).max()


@given(st.integers(1, 400), KEYS)
def test_ranks_are_those_of_a_search_in_fractions(size: int, key: int) -> None:
    """Each draw falls to the first thing whose cumulated chance reaches it."""
    chances = zipf_chances(size, 1.05)
    found = np.empty(9, dtype=np.int64)
    choose_ranks(np.uint64(key), np.uint64(3), chances, found)

    assert [chosen(chances.tolist(), draw(key, place, 3)) for place in range(9)] == found.tolist()


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=40, unique=True), KEYS)
def test_templates_have_the_accounts_that_are_drawn_for_them(pool: list[int], key: int) -> None:
    """An account combination is one to four draws from the pool, whatever its size."""
    found = choose_accounts(key, tuple(pool), 24)
    chances = zipf_chances(len(pool), 1.75).tolist()
    for combination in range(24):
        length = int(found.length[combination])

        assert accounts_of(key, pool, chances, (46, 74, 90), combination) == (
            found.account[combination, :length].tolist()
        )
        assert 1 <= length <= LONGEST


def test_steps_are_bounded_by_the_line_that_bears_fewest() -> None:
    """Over all variants of a template, what an eighth of the smallest varying line has room for."""
    offsets = np.array([0, 2, 3, 5, 6], dtype=np.int64)
    amount = np.array([800, 90, 1_000, 500, 16, 70], dtype=np.int64)
    jitter_unit = np.array([10, 0, 25, 5, 1, 0], dtype=np.int32)
    least = np.full(2, 1_000, dtype=np.int64)
    bound_steps(offsets, amount, jitter_unit, 8, least)

    assert [2, 5] == least.tolist()


def test_slots_are_the_accounts_and_sides_in_order(plan: JournalPlan) -> None:
    """The lines of a step lie in columns that are numbered by account, debits before credits."""
    rows, template_lines = plan.template_lines.rows, plan.template_lines
    for at in (1, len(template_lines.sides) // 2):
        first, templates = int(plan.series.row[at]), 64 << int(plan.series.class_bits[at])
        places = np.empty(2 * len(plan.chart.accounts), dtype=np.int16)
        column = np.full(len(rows.account), -1, dtype=np.int16)
        number_columns(rows.offsets, rows.debits, rows.account, first, templates, places, column)
        listed = [
            2 * int(rows.account[line]) + (line >= rows.offsets[row] + rows.debits[row])
            for row in range(first, first + templates)
            for line in range(int(rows.offsets[row]), int(rows.offsets[row + 1]))
        ]
        sides = sorted(set(listed))
        begin, end = int(rows.offsets[first]), int(rows.offsets[first + templates])

        assert sides == np.flatnonzero(places >= 0).tolist() == template_lines.sides[at].tolist()
        assert [sides.index(side) for side in listed] == column[begin:end].tolist()
        assert (column[:begin] == -1).all()
        assert (column[end:] == -1).all()
