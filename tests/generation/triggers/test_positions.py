"""Positions of journals: times and balances there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.block import ABSENT
from datasynth.generation.triggers.positions import find_position, movements_before, schedule_position
from tests.naive.balances import turnover

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.journal import Journal


@pytest.fixture(scope="module")
def called(small: Journal) -> Journal:
    """The journal with two closes called for, the first of which is squared at the year's end."""
    return small.trigger("quarter_end", 2_000)[0].trigger("month_end", 9_000)[0]


@pytest.fixture(scope="module")
def all_of_it(called: Journal) -> Block:
    """All of its entries."""
    return called.block(0, called.total)


def test_positions_are_those_of_the_entries(called: Journal, all_of_it: Block) -> None:
    """Day and time at a position are those of the entry there, an inserted one or not."""
    plan = called._plan
    for sequence in [*range(0, called.total, 641), 2_000, 2_040, called.total - 1]:
        found = find_position(plan, called._segments, sequence)

        assert all_of_it.posting_day[sequence] == plan.schedule.horizon.first_day + found.day
        assert all_of_it.created_at[sequence] == found.created_at
        assert all_of_it.posting_day[sequence] == called.posting_day(sequence)


def test_no_entry_lies_beyond_the_end(called: Journal) -> None:
    """A position after the last entry is an error."""
    with pytest.raises(ValueError, match="no entry"):
        find_position(called._plan, called._segments, called.total)


@pytest.mark.parametrize("sequence", [0, 1_999, 2_000, 2_001, 2_060, 5_000, 9_001, 11_000])
def test_movements_are_those_of_all_lines_before(called: Journal, all_of_it: Block, sequence: int) -> None:
    """Debits and credits in company currency, of cases, closes and triggered entries alike."""
    found = movements_before(called._plan, called._segments, sequence)
    accounts = len(called._plan.chart.accounts)

    assert turnover(all_of_it, sequence, 3, accounts) == found.tolist()


def test_movements_at_the_end_are_those_of_everything(called: Journal, all_of_it: Block) -> None:
    """The position after the last entry has all of them behind it."""
    found = movements_before(called._plan, called._segments, called.total)
    accounts = len(called._plan.chart.accounts)

    assert turnover(all_of_it, called.total, 3, accounts) == found.tolist()


def test_positions_of_the_schedule_leave_inserted_entries_out(called: Journal, small: Journal) -> None:
    """As many entries of the untriggered journal are before a position as are not called for."""
    inserted = called.total - small.total
    pattern = called.block(0, called.total).pattern
    for position in (0, 1, 1_999, 2_000, 2_010, 9_500, called.total):
        expected = int((pattern[:position] == ABSENT).sum())

        assert expected == schedule_position(called._segments, position)
    assert inserted > 0
