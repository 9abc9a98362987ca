"""Triggered journals."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from datasynth.generation.block import ABSENT, Block
from datasynth.generation.closes.items import PATTERNS
from datasynth.generation.journal import Journal
from datasynth.generation.positions import movements_before
from tests.generation.configs import make_config
from tests.naive.balances import balances

COUNT = 8_000
COMPANIES = 2


@pytest.fixture(scope="module")
def plain() -> Journal:
    """Two companies of different currencies over two years."""
    return Journal(make_config(COUNT, months=24, companies=COMPANIES))


@pytest.fixture(scope="module")
def triggered(plain: Journal) -> Journal:
    """The same with four closes called for, two of them at one place."""
    journal = plain
    for pattern, place in (
        ("month_end", 1_000),
        ("year_end", 1_003),
        ("quarter_end", 3_900),
        ("month_end", 7_990),
    ):
        journal, _ = journal.trigger(pattern, place)
    return journal


def entry_columns(block: Block, chosen: np.ndarray) -> dict[str, list[object]]:
    """Return the header columns of some entries."""
    return {
        field.name: getattr(block, field.name)[chosen].tolist()
        for field in fields(Block)
        if field.name not in {"first", "first_line"} and len(getattr(block, field.name)) == block.entries
    }


@pytest.mark.parametrize("pattern", PATTERNS)
def test_nothing_else_moves(plain: Journal, pattern: str) -> None:
    """Without its inserted entries, the triggered journal is the untriggered one."""
    journal, trigger = plain.trigger(pattern, 2_500)
    before, after = plain.block(0, plain.total), journal.block(0, journal.total)
    own = after.pattern == ABSENT
    lines = np.repeat(own, np.diff(after.first_line))

    assert plain.total + trigger.entries == journal.total
    assert entry_columns(before, np.ones(before.entries, bool)) == entry_columns(after, own)
    assert before.account.tolist() == after.account[lines].tolist()
    assert before.local_amount.tolist() == after.local_amount[lines].tolist()
    assert before.cost_center.tolist() == after.cost_center[lines].tolist()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_package_carries_pattern_and_present_date(plain: Journal, pattern: str) -> None:
    """The package starts where it was called for, on that day, tagged with its pattern."""
    journal, trigger = plain.trigger(pattern, 2_500)
    block = journal.block(2_500, trigger.entries)
    tagged = block.pattern == PATTERNS.index(pattern)
    first_later = int(np.argmin(tagged)) if not tagged.all() else len(tagged)

    assert 2_500 == trigger.at_sequence
    assert plain.posting_day(2_500) == trigger.posting_day
    assert first_later > 10
    assert {trigger.posting_day} == set(block.posting_day[:first_later].tolist())
    assert trigger.entries == int(np.count_nonzero(journal.block(0, journal.total).pattern != ABSENT))


def test_larger_closes_include_smaller_ones(plain: Journal) -> None:
    """A quarter end has more than a month end, a year end more than a quarter end."""
    counts = [plain.trigger(pattern, 2_500)[1].entries for pattern in PATTERNS]

    assert sorted(set(counts)) == counts


def test_a_year_end_leaves_no_result(plain: Journal) -> None:
    """Right after a called-for year end, accounts of income and expense are zero."""
    journal, trigger = plain.trigger("year_end", 2_500)
    ground = journal._ground
    block = journal.block(2_500, trigger.entries)
    end = 2_500 + int(np.argmax(block.posting_day > trigger.posting_day))
    while journal.block(end, 1).pattern[0] != ABSENT:
        end += 1
    inside = journal.block(2_500, 200)
    package = int(np.argmax(inside.pattern == ABSENT))
    moved = movements_before(ground, journal._segments, 2_500 + package)

    assert not moved[:, ground.of_result.astype(bool)].any()
    assert package > 20


def test_the_calendar_squares_what_was_called_for(triggered: Journal) -> None:
    """At each end of a fiscal year all results are zero, called-for entries included."""
    ground = triggered._ground
    whole = triggered.block(0, triggered.total)
    for year in (2024, 2025):
        end = int(np.searchsorted(whole.fiscal_year, year, side="right"))
        moved = movements_before(ground, triggered._segments, end)

        assert not moved[:, ground.of_result.astype(bool)].any()


def test_accruals_are_taken_back(plain: Journal) -> None:
    """Every reversal of a package swaps its original, on the first day of the next period."""
    journal, trigger = plain.trigger("month_end", 2_500)
    block = journal.block(0, journal.total)
    ids = list(zip(block.id_high.tolist(), block.id_low.tolist(), strict=True))
    place = {pair: entry for entry, pair in enumerate(ids)}
    mine = np.flatnonzero((block.pattern != ABSENT) & (block.reversal_high != 0)).tolist()
    net = 0
    for entry in mine:
        original = place[int(block.reversal_high[entry]), int(block.reversal_low[entry])]
        for one, sign in ((original, 1), (entry, 1)):
            lines = slice(int(block.first_line[one]), int(block.first_line[one + 1]))
            net += sign * int((block.account[lines] * block.local_amount[lines]).sum())
        assert trigger.posting_day == block.posting_day[original]
        first_of_month = block.posting_day[entry].astype("datetime64[D]").astype(str)[-2:]
        assert "01" == first_of_month

    assert len(mine) >= 2 * 4
    assert 0 == net


def test_called_for_numbers_have_no_gaps(triggered: Journal) -> None:
    """Document numbers are gap-free and in order, whatever was called for and where."""
    block = triggered.block(0, triggered.total)
    last: dict[tuple[int, ...], int] = {}
    for entry in range(block.entries):
        kind = (
            int(block.company[entry]),
            int(block.fiscal_year[entry]),
            int(block.document_type[entry]),
        )
        assert int(block.document_number[entry]) == last.get(kind, 0) + 1
        last[kind] = int(block.document_number[entry])


def test_triggered_journals_balance_and_keep_their_order(triggered: Journal) -> None:
    """All invariants of journals hold for triggered ones."""
    block = triggered.block(0, triggered.total)
    ids = set(zip(block.id_high.tolist(), block.id_low.tolist(), strict=True))

    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()
    assert np.diff(block.posting_day).min() >= 0
    assert block.entries == len(ids)


def test_any_cut_of_a_triggered_journal_is_the_same(triggered: Journal) -> None:
    """Blocks that begin and end inside packages join to the whole."""
    whole = triggered.block(900, 300)
    bounds = [900, 1_000, 1_001, 1_010, 1_033, 1_034, 1_100, 1_200]
    accounts = [
        account
        for low, high in pairwise(bounds)
        for account in triggered.block(low, high - low).account.tolist()
    ]

    assert whole.account.tolist() == accounts


@pytest.mark.parametrize("position", [0, 1_010, 1_500, 4_000, 8_000])
def test_balances_count_called_for_entries(triggered: Journal, position: int) -> None:
    """Balances of a triggered journal are what adding up its lines gives."""
    ground = triggered._ground
    block = triggered.block(0, triggered.total)
    found = movements_before(ground, triggered._segments, position)

    assert balances(block, position, COMPANIES, len(ground.chart.accounts)) == found.tolist()


def test_depreciation_stops_at_cost(plain: Journal) -> None:
    """However often a close is called for, no asset class is worn by more than it cost."""
    journal = plain
    for _ in range(60):
        journal, _ = journal.trigger("month_end", 4_000)
    ground = journal._ground
    moved = movements_before(ground, journal._segments, journal.total)
    for company, facts in enumerate(ground.closes.facts):
        for number, asset_class in enumerate(("equipment", "machinery", "vehicles", "buildings")):
            asset = ground.chart.only(asset_class)
            worn = ground.chart.only(f"{asset_class}_depreciation")
            cost = facts.opening_cost(number) + int(moved[company, asset])
            used = facts.opening_wear(number) - int(moved[company, worn])
            # A document with nothing left to post moves one minor unit back and forth.
            assert used <= cost


def test_a_package_never_lowers_the_bank(plain: Journal) -> None:
    """What a trigger inserts takes nothing from the bank account."""
    journal, _ = plain.trigger("year_end", 2_500)
    block = journal.block(0, journal.total)
    own = np.repeat(block.pattern != ABSENT, np.diff(block.first_line))
    bank = block.account == journal._ground.bank

    assert (block.local_amount[own & bank] > 0).all()


def test_a_reversal_past_the_end_does_not_exist(plain: Journal) -> None:
    """In the last period nothing is taken back, since the next one has no day."""
    journal, trigger = plain.trigger("month_end", plain.total - 1)
    block = journal.block(0, journal.total)
    tagged = block.pattern != ABSENT

    assert not (block.reversal_high[tagged] != 0).any()
    assert trigger.entries == int(np.count_nonzero(tagged))


@pytest.mark.parametrize(("pattern", "place"), [("year", 0), ("month_end", -1), ("month_end", COUNT)])
def test_what_cannot_be_triggered_is_refused(plain: Journal, pattern: str, place: int) -> None:
    """Unknown patterns and places are errors."""
    with pytest.raises(ValueError, match="cannot insert"):
        plain.trigger(pattern, place)
