"""Lines of templates, against writing them one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import draw, make_key
from datasynth.generation.kernels.layout import (
    CombinationGroups,
    CombinationTable,
    PostingAmounts,
    PostingNumbers,
    TemplateLineColumns,
    bound_steps,
    choose_alike,
    find_rank,
    number_columns,
    write_posting,
)
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.account_combinations import LONGEST, choose_accounts
from datasynth.generation.templates.document_lines import empty_lines
from datasynth.generation.zipf import zipf_chances
from tests.naive.layout import accounts_of, chosen, parts_of, shares_of

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

KEYS = st.integers(0, 2**64 - 1)
TEMPLATES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**15)), min_size=1, max_size=20)


def written(counts: list[int], totals: list[int], key: int, least: int = 1) -> TemplateLineColumns:
    """Write one posting of templates that have two lines before it, with accounts 7, 8 and 9 by turns."""
    accounts = used(counts)
    lines = empty_lines(sum(accounts) + 2 * len(counts))
    for column in lines:
        column[:] = -1
    ends = np.cumsum(np.array(accounts, dtype=np.int64) + 2)
    begin = ends - accounts
    combinations = CombinationTable(np.array([3]), np.array([[7, 8, 9]], dtype=np.int16))
    nothing, jitter_units = np.zeros(len(counts), dtype=np.int64), np.arange(len(counts), dtype=np.int64)
    write_posting(
        begin,
        np.array(counts, dtype=np.int64),
        np.array(accounts, dtype=np.int64),
        PostingNumbers(1, 32),
        PostingAmounts(np.array(totals), jitter_units, least),
        np.uint64(key),
        nothing,
        combinations,
        lines,
    )

    assert ends.tolist() == begin.tolist()
    return lines


def used(counts: list[int]) -> list[int]:
    """Return on how many accounts the lines of each template stand: on one, two or three."""
    return [min(count, 1 + place % 3) for place, count in enumerate(counts)]


@given(TEMPLATES, KEYS, st.sampled_from([1, 2, 35, 10**6]))
def test_lines_are_those_of_one_template_after_the_other(
    wanted: list[tuple[int, int]], key: int, least: int
) -> None:
    """Amounts follow the drawn shares above the least, and sum to the total; nothing else is touched."""
    counts = [count for count, _ in wanted]
    totals = [least * count + more for count, more in wanted]
    lines, accounts = written(counts, totals, key, least), used(counts)
    found: list[list[int]] = [[] for _ in lines]
    for place, shares in enumerate(shares_of(key, counts, accounts)):
        parts = [len(range(nth, counts[place], accounts[place])) for nth in range(accounts[place])]
        amounts = parts_of(totals[place], shares, [least * part for part in parts])
        units = [place][: len(parts)] + [0] * (len(parts) - 1)
        columns = (
            [7 + nth for nth in range(len(parts))],
            [1] * len(parts),
            amounts,
            units,
            parts,
            [32 + nth for nth in range(len(parts))],
        )
        for column, more in zip(found, columns, strict=True):
            column += [-1, -1, *more]

    assert found == [column.tolist() for column in lines]


def test_first_lines_are_larger() -> None:
    """The line that varies has most of the total, so that much variation is possible."""
    count = 2_001
    amounts = written([3] * count, [100_000] * count, make_key(1)).amount.tolist()
    parts = np.array([amounts[first + 9 : first + 12] for first in range(0, len(amounts), 12)])

    assert parts[:, 0].mean() > 1.5 * parts[:, 1:].mean(axis=0).max()


def test_rings_have_combinations_of_one_group() -> None:
    """Templates of a ring draw from one group, and each combination as often as if all drew alone."""
    chances = np.array([0.5, 0.25, 0.15, 0.1])
    # Combinations 0 and 2 are a group, 1 and 3 another.
    groups = CombinationGroups(
        np.array([0, 2, 1, 3]),
        np.array([0, 2, 0, 2]),
        np.array([2, 4, 2, 4]),
        np.array([0.5, 0.65, 0.9, 1.0]),
    )
    rings = np.arange(60_000, dtype=np.int64) // 3
    found = np.empty(len(rings), dtype=np.int64)
    choose_alike(np.uint64(7), rings, np.add.accumulate(chances), groups, found)

    assert chances.tolist() == pytest.approx((np.bincount(found) / len(found)).tolist(), abs=0.02)
    by_ring = found.reshape(-1, 3) % 2
    assert (by_ring == by_ring[:, :1]).all()
    assert 0.3 < (found[0::3] == found[1::3]).mean() < 0.7


@given(st.integers(1, 400), KEYS)
def test_ranks_are_those_of_a_search_in_fractions(size: int, key: int) -> None:
    """Each draw falls to the first thing whose cumulated chance reaches it."""
    chances = zipf_chances(size, 1.05)
    found = [find_rank(chances, np.uint64(draw(key, place, 3))) for place in range(9)]

    assert [chosen(chances.tolist(), draw(key, place, 3)) for place in range(9)] == found


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=40, unique=True), KEYS)
def test_templates_have_the_accounts_that_are_drawn_for_them(pool: list[int], key: int) -> None:
    """An account combination is what one to four draws from the pool find, whatever its size."""
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
    parts = np.array([1, 1, 998, 1, 1, 1], dtype=np.int32)
    bound_steps(offsets, amount, jitter_unit, np.ones_like(parts), (8, 1), least)

    assert [2, 5] == least.tolist()
    # Of 1,000, lines of one unit each leave two for one step, and of ten units nothing.
    bound_steps(offsets, amount, jitter_unit, parts, (8, 1), least)
    assert [2, 0] == least.tolist()


def test_slots_are_the_accounts_and_sides_in_order(plan: JournalPlan) -> None:
    """The lines of a step lie in columns that are numbered by account, debits before credits."""
    rows, template_lines = plan.template_lines.rows, plan.template_lines
    for at in (1, max(at for at, kind in enumerate(plan.series.kind.tolist()) if kind == SeriesKind.CASE)):
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
