"""Calling for a close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.generation.triggers.triggered_close import trigger_close
from datasynth.ledger.closes import ASSET_CLASSES, ON_DEMAND_TYPES, PATTERNS, items_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.triggers.triggered_close import TriggeredClose


def called(journal: Journal, pattern: str, at: int) -> TriggeredClose:
    """Call for a close in a journal."""
    return trigger_close(journal._plan, journal._segments, journal._triggered, pattern, at)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_company_closes_with_every_item(small: Journal, pattern: str) -> None:
    """A package has the items of its pattern in each company; those without partners have no pairs."""
    triggered_close = called(small, pattern, 3_000)
    wanted = {item.name for item in items_of(pattern) if not item.calendar}
    alone = {name for name in wanted if not name.startswith("intercompany")}
    for company, items in enumerate((alone, wanted, wanted)):
        mine = [
            entry.item.name
            for entry in triggered_close.entries
            if entry.company == company and entry.document_type == "XC"
        ]
        assert sorted(items) == sorted(mine)


@pytest.fixture(scope="module")
def sales() -> Journal:
    """One company that only sells, over two months, with next to no assets bought."""
    weights = {f"{name}_weight": 0.0 for name in ("p2p", "h2r", "a2r", "treasury", "tax", "intercompany")}
    document: dict[str, object] = {
        "global": {"period_months": 2},
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 1_500},
        "business_processes": weights | {"o2c_weight": 0.9, "r2r_weight": 0.1},
    }
    return Journal(config_from_mapping(document))


def test_a_process_without_weight_is_closed_all_the_same(sales: Journal) -> None:
    """A close is a whole close, whatever the weights; the configuration rules the calendar's."""
    triggered_close = called(sales, "month_end", 100)
    by_calendar = {entry.item.process for entry in sales._plan.closes.entries}

    assert {"R2R"} == by_calendar
    assert {item.name for item in items_of("month_end") if not item.calendar} == {
        entry.item.name for entry in triggered_close.entries
    }


def test_insertions_are_in_the_order_of_their_dates(small: Journal) -> None:
    """The close comes first, then what later days take back, square and carry forward."""
    triggered_close = called(small, "year_end", 3_000)
    days = [int(insertion.placements.day[0]) for insertion in triggered_close.insertions]

    assert sorted(days) == days
    assert sorted(triggered_close.positions) == list(triggered_close.positions)
    assert 3_000 == triggered_close.positions[0]
    assert triggered_close.trigger.entries == sum(
        len(insertion.placements.day) for insertion in triggered_close.insertions
    )
    assert triggered_close.trigger.entries == len(triggered_close.entries)
    types = [
        {entry.document_type for entry in triggered_close.entries if entry.day == day}
        for day in sorted(set(days))
    ]
    assert [{"XC"}, {"XR"}, {"XS"}, {"XF"}] == types
    assert set(ON_DEMAND_TYPES) == set().union(*types)


def test_a_close_is_entered_when_the_entry_behind_it_was(small: Journal) -> None:
    """The package has the date and the time of the entry before which it goes in."""
    behind = small.block(3_000, 1)
    triggered_close = called(small, "month_end", 3_000)
    inserted = triggered_close.insertions[0]

    assert set(inserted.created_at.tolist()) == set(behind.created_at.tolist())
    assert behind.posting_day[0] == triggered_close.trigger.posting_day


def test_a_call_inside_a_package_goes_in_behind_it(small: Journal) -> None:
    """A package is not cut in two by the next one."""
    first, trigger = small.trigger("month_end", 3_000)
    package = len([entry for entry in first._triggered[0].entries if entry.document_type == "XC"])
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


def test_true_ups_come_after_the_calendar_s_own_close(small: Journal) -> None:
    """On the last day of the year, what squares it stands behind everything else."""
    journal, _ = small.trigger("month_end", 3_000)
    block = journal.block(0, journal.total)
    types = np.array(journal.vocabulary.document_types)[block.document_type]
    true_ups = np.flatnonzero(types == "XS")
    last_day = block.posting_day[true_ups[0]]

    assert np.flatnonzero(types == "CL").max() < true_ups.min()
    assert np.flatnonzero(block.posting_day == last_day).max() == true_ups.max()


def test_no_call_wears_more_than_is_left() -> None:
    """Called for without end, closes wear an asset class to its cost, the calendar's own share included."""
    document: dict[str, object] = {
        "global": {"period_months": 2},
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 2_500},
    }
    journal = Journal(config_from_mapping(document))
    cost = {}
    for asset_class in ASSET_CLASSES:
        accounts = list(journal.chart.pools[asset_class])
        cost[asset_class] = int(net(journal, 1_000)[accounts].sum())
    for _ in range(45):
        journal, _ = journal.trigger("month_end", 1_000)
    at_end = net(journal, journal.total)
    worn = {name: -int(at_end[journal.chart.only(f"{name}_depreciation")]) for name in ASSET_CLASSES}
    for asset_class in ASSET_CLASSES:
        assert worn[asset_class] <= at_end[list(journal.chart.pools[asset_class])].sum()

    # Sixty hundredths of four years are less than 45 months, of ten years more.
    assert worn["equipment"] > 0.8 * cost["equipment"]
    assert worn["buildings"] < 0.6 * cost["buildings"]


def net(journal: Journal, position: int) -> NDArray[np.int64]:
    """Return what the first company's accounts stand at. [minor units]"""
    found = journal.balances(position)
    reached: NDArray[np.int64] = (found.opening + found.debit - found.credit)[0]
    return reached


def test_calling_changes_nothing(small: Journal) -> None:
    """The journal that a close is called for in stays as it was."""
    before = small.block(2_990, 50)
    small.trigger("year_end", 3_000)
    after = small.block(2_990, 50)

    assert before.id_low.tolist() == after.id_low.tolist()
    assert () == small.triggers
