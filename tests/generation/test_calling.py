"""Calling for a close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.calling import call_close
from datasynth.generation.closes.items import ASSET_CLASSES, ON_DEMAND_TYPES, PATTERNS, items_of
from datasynth.generation.journal import Journal
from datasynth.generation.positions import movements_before
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from datasynth.generation.calling import Call


def called(journal: Journal, pattern: str, at: int) -> Call:
    """Call for a close in a journal."""
    return call_close(journal._ground, journal._segments, journal._calls, pattern, at)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_company_closes_with_every_item(small: Journal, pattern: str) -> None:
    """A package has the items of its pattern in each company; those without partners have no pairs."""
    call = called(small, pattern, 3_000)
    wanted = {item.name for item in items_of(pattern)}
    alone = {name for name in wanted if not name.startswith("intercompany")}
    for company, items in enumerate((alone, wanted, wanted)):
        mine = [
            entry.item.name
            for entry in call.entries
            if entry.company == company and entry.document_type == "XC"
        ]
        assert sorted(items) == sorted(mine)


def test_a_process_without_weight_is_closed_all_the_same() -> None:
    """A close is a whole close, whatever the weights; the configuration rules the calendar's."""
    journal = Journal(make_config(500, months=2, weights={"o2c": 1.0}))
    call = called(journal, "month_end", 100)

    assert () == journal._ground.closes.entries
    assert {item.name for item in items_of("month_end")} == {entry.item.name for entry in call.entries}


def test_insertions_are_in_the_order_of_their_dates(small: Journal) -> None:
    """The close comes first, then what later days take back, square and carry forward."""
    call = called(small, "year_end", 3_000)
    days = [int(insertion.located.day[0]) for insertion in call.insertions]

    assert sorted(days) == days
    assert sorted(call.positions) == list(call.positions)
    assert 3_000 == call.positions[0]
    assert call.trigger.entries == sum(len(insertion.located.day) for insertion in call.insertions)
    assert call.trigger.entries == len(call.entries)
    types = [{entry.document_type for entry in call.entries if entry.day == day} for day in sorted(set(days))]
    assert [{"XC"}, {"XR"}, {"XS"}, {"XF"}] == types
    assert set(ON_DEMAND_TYPES) == set().union(*types)


def test_a_close_is_entered_when_the_entry_behind_it_was(small: Journal) -> None:
    """The package has the date and the time of the entry before which it goes in."""
    behind = small.block(3_000, 1)
    call = called(small, "month_end", 3_000)
    inserted = call.insertions[0]

    assert set(inserted.created_at.tolist()) == set(behind.created_at.tolist())
    assert behind.posting_day[0] == call.trigger.posting_day


def test_a_call_inside_a_package_goes_in_behind_it(small: Journal) -> None:
    """A package is not cut in two by the next one."""
    first, trigger = small.trigger("month_end", 3_000)
    package = len([entry for entry in first._calls[0].entries if entry.document_type == "XC"])
    inside = called(first, "month_end", 3_000 + package // 2)

    assert 3_000 == trigger.at_sequence
    assert 3_000 + package == inside.trigger.at_sequence
    assert 3_000 == called(first, "month_end", 3_000).trigger.at_sequence - package
    assert 2_999 == called(first, "month_end", 2_999).trigger.at_sequence


@pytest.mark.parametrize("at", [0, 1, 2_047, 2_048, 5_999, 11_998, 11_999])
def test_a_called_for_close_changes_no_order(small: Journal, at: int) -> None:
    """Wherever it is called for, posting dates and times never go back and every entry balances."""
    journal, trigger = small.trigger("year_end", at)
    block = journal.block(0, journal.total)

    assert small.total + trigger.entries == journal.total
    assert np.diff(block.posting_day).min() >= 0
    assert np.diff(block.created_at).min() >= 0
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()


def test_squares_come_after_the_calendar_s_own_close(small: Journal) -> None:
    """On the last day of the year, what squares it stands behind everything else."""
    journal, _ = small.trigger("month_end", 3_000)
    block = journal.block(0, journal.total)
    types = np.array(journal.vocabulary.document_types)[block.document_type]
    squares = np.flatnonzero(types == "XS")
    last_day = block.posting_day[squares[0]]

    assert np.flatnonzero(types == "CL").max() < squares.min()
    assert np.flatnonzero(block.posting_day == last_day).max() == squares.max()


def test_a_close_does_not_use_up_the_calendar_s_depreciation() -> None:
    """With the calendar's own depreciation still to come, no asset class is worn beyond its cost."""
    weights = {"o2c": 0.5, "r2r": 0.49, "a2r": 0.01}
    journal = Journal(make_config(8_000, months=6, weights=weights))
    for _ in range(35):
        journal, _ = journal.trigger("month_end", 200)
    ground = journal._ground
    moved = movements_before(ground, journal._segments, journal.total)[0]
    facts = ground.closes.facts[0]
    left = {}
    for number, asset_class in enumerate(ASSET_CLASSES):
        asset = ground.chart.only(asset_class)
        worn = ground.chart.only(f"{asset_class}_depreciation")
        cost = facts.opening_cost(number) + int(moved[asset])
        left[asset_class] = (cost - facts.opening_wear(number) + int(moved[worn])) / cost

    assert min(left.values()) >= 0
    assert left["equipment"] < 0.05


def test_calling_changes_nothing(small: Journal) -> None:
    """The journal that a close is called for in stays as it was."""
    before = small.block(2_990, 50)
    small.trigger("year_end", 3_000)
    after = small.block(2_990, 50)

    assert before.id_low.tolist() == after.id_low.tolist()
    assert () == small.triggers
