"""The computed journal: any range, any thread, the same entries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.block import ABSENT, Block
from datasynth.generation.journal import Journal
from datasynth.generation.placements import place_entries
from datasynth.ledger.roles import PERSONAS, ROLES, approval_limit, role_sizes, role_users
from tests.generation.cases import TRIGGERED, case
from tests.generation.configs import make_config
from tests.naive.journal_order import Days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tests.generation.seen import Seen

    Columns = dict[str, NDArray[Any]]

TOTAL = 12_000


@pytest.fixture(scope="module")
def whole(small: Journal) -> Columns:
    """All columns of all entries."""
    return columns([small.block(0, small.total)])


def columns(blocks: Sequence[Block]) -> Columns:
    """Return the columns of neighbouring blocks, line offsets as line counts."""
    joined = {"lines": np.concatenate([np.diff(block.first_line) for block in blocks])}
    for field in fields(Block):
        if field.name not in {"first", "first_line"}:
            joined[field.name] = np.concatenate([getattr(block, field.name) for block in blocks])
    return joined


def different(one: Columns, other: Columns) -> set[str]:
    """Return the names of the columns that are not the same."""
    return {name for name in one | other if not np.array_equal(one[name], other[name])}


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, TOTAL), max_size=12))
def test_any_cut_gives_the_same_entries(small: Journal, whole: Columns, cuts: list[int]) -> None:
    """However the journal is cut into blocks, the entries are the same."""
    bounds = [0, *sorted(cuts), small.total]
    parts = [small.block(low, high - low) for low, high in pairwise(bounds)]

    assert set() == different(whole, columns(parts))


@pytest.mark.parametrize("name", ["five companies, fiscal year from April", TRIGGERED])
def test_threads_give_the_same_entries(name: str) -> None:
    """Four threads that compute pieces at the same time compute what one does."""
    seen = case(name)
    total = seen.journal.total
    bounds = [*range(0, total, 997), total]
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda pair: seen.journal.block(pair[0], pair[1] - pair[0]), pairwise(bounds)))

    assert set() == different(columns([seen.block]), columns(parts))


def test_order_is_that_of_the_plain_walk() -> None:
    """Day, series, case and version of every entry are those of a walk that lists and counts."""
    journal = Journal(make_config(1_500, months=1, companies=2, start_date="2024-12-15"))
    plan = journal._plan
    placements = place_entries(plan, 0, journal.total)
    columns = (placements.day, placements.series, placements.number, placements.version)
    found = zip(*(column.tolist() for column in columns), strict=True)
    walked = [(place.day, *place[2:]) for place in Days(plan.schedule).walk()]

    assert walked == list(found)


def test_ids_are_unique_uuids(seen: Seen) -> None:
    """No two entries share an id, and ids are UUIDs of version 8."""
    assert seen.block.entries == len(seen.ids)
    assert {8} == {high >> 12 & 0xF for high, _ in seen.ids}
    assert {0b10} == {low >> 62 for _, low in seen.ids}


def test_posting_days_are_those_of_the_entries() -> None:
    """The date at a number is that of the entry there, and counting back by dates finds the number."""
    for name in ("a year", TRIGGERED):
        seen = case(name)
        days = seen.block.posting_day
        for sequence in range(0, seen.journal.total, 613):
            assert days[sequence] == seen.journal.posting_day(sequence)
        for day in range(int(days[0]) - 2, int(days[-1]) + 3, 9):
            assert np.searchsorted(days, day, side="right") == seen.journal.entries_through(day)


def test_approvals_are_by_somebody_else_whose_limit_suffices(seen: Seen) -> None:
    """Above the first limit what is entered by hand has an approver, later and of the right level.

    So has what takes back another entry.
    """
    block, config = seen.block, seen.journal.config
    approved = block.approved_by != ABSENT
    thresholds = config.approval.thresholds
    sizes = role_sizes({persona: getattr(config.user_personas, persona) for persona in PERSONAS})
    limits: list[float] = []
    for company, row in zip(
        config.companies, seen.journal._plan.block_tables.staff.limits.tolist(), strict=True
    ):
        unit = row[0] // thresholds[0]
        for role in ROLES:
            limit = approval_limit(role, thresholds)
            limits += [float("inf") if limit is None else limit * unit] * len(
                role_users(role, sizes[role], company.code)
            )
    first_limit = seen.journal._plan.block_tables.staff.limits[block.company, 0]
    local = np.add.reduceat(np.maximum(block.local_amount, 0), block.first_line[:-1])
    by_hand = np.isin(seen.sources, ["manual", "adjustment", "reversal"])

    assert len(limits) == len(seen.words.users)
    assert np.array_equal(approved, by_hand & (local > first_limit))
    assert (block.approved_by[approved] != block.created_by[approved]).all()
    assert (block.approved_at[approved] >= block.created_at[approved]).all()
    assert (np.array(limits)[block.approved_by[approved]] >= local[approved]).all()
    assert (block.approved_at[~approved] == ABSENT).all()


def test_programs_enter_what_no_hand_does(seen: Seen) -> None:
    """Users of automated and recurring entries are programs, those of manual ones people."""
    programs = np.char.startswith(np.array(seen.words.users), "batch.")[seen.block.created_by]
    by_hand = np.isin(seen.sources, ["manual", "adjustment"])
    reversed_by_hand = seen.types == "AB"
    entered = reversed_by_hand | np.isin(seen.types, ["CL", "CF", "XS", "XF", "XC", "XR", "SU"])

    assert not programs[by_hand | reversed_by_hand].any()
    assert programs[~by_hand & ~entered].all()


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, TOTAL + 1), (TOTAL, 1), (3, -1)])
def test_entries_that_do_not_exist_are_refused(small: Journal, first: int, count: int) -> None:
    """A range outside the journal is an error."""
    with pytest.raises(ValueError, match="no entries"):
        small.block(first, count)


def test_an_empty_range_is_an_empty_block(small: Journal) -> None:
    """No entries at the end are a block without entries and lines."""
    block = small.block(small.total, 0)

    assert (0, 0) == (block.entries, block.lines)
