"""Triggered journals; what each pattern promises has its own tests, in the folder `triggered`."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT, Block
from datasynth.ledger.closes import PATTERNS
from tests.generation.cases import TRIGGERED, case
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal import Journal

PLACE = 4_500
CASE_COMPANY = "five companies, fiscal year from April"


def columns_of(block: Block, chosen: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Return all columns of some entries and of their lines."""
    lines = np.repeat(chosen, np.diff(block.first_line))
    found = {"lines": np.diff(block.first_line)[chosen]}
    for field in fields(Block):
        if field.name not in {"first", "first_line"}:
            column = getattr(block, field.name)
            found[field.name] = column[chosen if len(column) == block.entries else lines]
    return found


def moved(before: Block, after: Block) -> set[str]:
    """Return the columns in which entries that nobody called for differ from the untriggered ones."""
    one = columns_of(before, np.ones(before.entries, dtype=bool))
    other = columns_of(after, after.pattern == ABSENT)
    return {name for name, column in one.items() if not np.array_equal(column, other[name])}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("place", [0, PLACE, 11_999])
def test_nothing_else_moves(small: Journal, pattern: str, place: int) -> None:
    """Without its inserted entries the triggered journal is the untriggered one."""
    journal, trigger = small.trigger(pattern, place)
    before, after = small.block(0, small.total), journal.block(0, journal.total)

    assert small.total + trigger.entries == journal.total
    assert set() == moved(before, after)
    assert (after.pattern[:place] == ABSENT).all()
    assert trigger.entries == np.count_nonzero(after.pattern != ABSENT)


def test_many_triggers_move_nothing_else_either() -> None:
    """Five closes called for, two of them at one place, leave all other entries as they were."""
    before, after = case(CASE_COMPANY), case(TRIGGERED)

    assert set() == moved(before.block, after.block)
    assert 5 == len(after.journal.triggers)
    assert after.journal.total - before.journal.total == sum(
        trigger.entries for trigger in after.journal.triggers
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_package_carries_pattern_and_present_date(small: Journal, pattern: str) -> None:
    """The package starts where it was called for, on that day, tagged with its pattern."""
    journal, trigger = small.trigger(pattern, PLACE)
    seen = Seen.of(journal)
    package = seen.types == "XC"
    places = np.flatnonzero(package)

    assert PLACE == trigger.at_sequence == places[0]
    assert places[0] + len(places) - 1 == places[-1]
    assert small.posting_day(PLACE) == trigger.posting_day
    assert {trigger.posting_day} == set(seen.block.posting_day[package].tolist())
    assert {PATTERNS.index(pattern), ABSENT} == set(seen.block.pattern.tolist())
    assert set(seen.types[seen.block.pattern != ABSENT].tolist()) <= {"XC", "XR", "XS", "XF"}


def test_larger_closes_include_smaller_ones(small: Journal) -> None:
    """A quarter end has more than a month end, a year end more than a quarter end."""
    texts = []
    for pattern in PATTERNS:
        seen = Seen.of(small.trigger(pattern, PLACE)[0])
        texts.append(set(seen.header_texts[seen.types == "XC"].tolist()))

    assert texts[0] < texts[1] < texts[2]


def test_a_close_called_for_twice_is_held_twice(small: Journal) -> None:
    """Another trigger of the same pattern has entries of its own, with other ids and numbers."""
    once, first = small.trigger("month_end", PLACE)
    twice, second = once.trigger("month_end", PLACE)
    seen = Seen.of(twice)

    assert (first, second) == twice.triggers
    assert first.entries == second.entries
    assert twice.total == len(seen.ids)
    numbers = seen.block.document_number[(seen.types == "XC") & (seen.block.company == 0)]
    assert list(range(1, len(numbers) + 1)) == numbers.tolist()


def test_any_cut_of_a_triggered_journal_is_the_same() -> None:
    """Blocks that begin and end inside packages join to the whole."""
    seen = case(TRIGGERED)
    at = seen.journal.triggers[0].at_sequence
    bounds = [0, at - 1, at, at + 1, at + 10, at + 33, at + 90, at + 91, at + 300, seen.journal.total]
    parts = [seen.journal.block(low, high - low) for low, high in pairwise(bounds)]
    for name in ("account", "local_amount", "created_at", "document_number", "reversal_low", "pattern"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(getattr(seen.block, name), joined), name


def test_a_package_never_lowers_the_bank(small: Journal) -> None:
    """What a trigger inserts takes nothing from any account of cash."""
    seen = Seen.of(small.trigger("year_end", PLACE)[0])
    inserted = (seen.block.pattern != ABSENT)[seen.entry] & seen.on("bank", "payroll_bank", "petty_cash")

    assert inserted.any()
    assert (seen.block.local_amount[inserted] > 0).all()


def test_a_reversal_past_the_end_does_not_exist(small: Journal) -> None:
    """In the last period nothing is taken back, since the next one has no day."""
    journal, trigger = small.trigger("month_end", small.total - 1)
    block = journal.block(0, journal.total)
    tagged = block.pattern != ABSENT

    assert not (block.reversal_high[tagged] != 0).any()
    assert trigger.entries == np.count_nonzero(tagged)


def test_a_trigger_leaves_the_journal_that_it_is_called_on(small: Journal) -> None:
    """The journal with the close is a new one; the old one has no log and the same entries."""
    before = small.block(PLACE - 10, 20)
    journal, trigger = small.trigger("year_end", PLACE)

    assert ((), (trigger,)) == (small.triggers, journal.triggers)
    assert before.id_low.tolist() == small.block(PLACE - 10, 20).id_low.tolist()


@pytest.mark.parametrize(("pattern", "place"), [("year", 0), ("month_end", -1), ("month_end", 12_000)])
def test_what_cannot_be_triggered_is_refused(small: Journal, pattern: str, place: int) -> None:
    """Unknown patterns and places are errors."""
    with pytest.raises(ValueError, match="cannot insert"):
        small.trigger(pattern, place)
