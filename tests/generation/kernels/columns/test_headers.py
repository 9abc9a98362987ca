"""Header columns, against headers spelt out word by word."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.block import ABSENT
from datasynth.generation.draws import draw
from datasynth.generation.kernels.columns.headers import (
    identity,
    identity_of_version,
    time_of_day,
    uuid_high,
    uuid_low,
)
from tests.naive import headers as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers

STEP = 7
SECONDS = st.lists(st.integers(0, 86_399), min_size=65, max_size=65).map(sorted)
BITS = st.integers(0, 2**64 - 1)


@given(st.integers(0, 2**20), st.integers(0, 2**39))
def test_identities_are_series_and_number(series: int, number: int) -> None:
    """Series and number can be read back from an identity."""
    assert (series, number) == divmod(int(identity(series, number)), 2**naive.SERIES_BITS)


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**46 - 1), st.integers(0, 2), st.integers(0, 2**46 - 1))
def test_identities_hold_large_numbers(series: int, number: int, version: int, other: int) -> None:
    """Series, number and version can be read back: no two documents of a trillion have one identity."""
    found = int(identity_of_version(series, number, version))

    assert series == found >> 40 & 2**16 - 1
    assert number == (found & 2**40 - 1) + (found >> 58 << 40)
    assert version == found >> 56 & 3
    assert (number == other) == (found == int(identity_of_version(series, other, version)))


@given(BITS, BITS)
def test_halves_make_a_uuid_of_version_8(key: int, who: int) -> None:
    """The halves are two draws, but for the bits that say version and variant."""
    high = int(uuid_high(np.uint64(key), np.uint64(who)))
    low = int(uuid_low(np.uint64(key), np.uint64(who)))
    made = uuid.UUID(int=(high << 64) + low)

    assert (8, uuid.RFC_4122) == (made.version, made.variant)
    assert 0 == (high ^ draw(key, who, 0)) & ~0xF000
    assert 0 == (low ^ draw(key, who, 1)) & ~(0b11 << 62)


@settings(max_examples=40)
@given(st.data(), st.integers(1, 10**6), BITS, SECONDS)
def test_times_are_on_a_broken_line(data: st.DataObject, slots: int, bits: int, table: list[int]) -> None:
    """A slot's time is its share of the day part, looked up on the table's line in exact fractions."""
    slot = data.draw(st.integers(0, slots - 1))
    found = time_of_day(slot, slots, np.uint64(bits), np.array(table, dtype=np.int32))

    assert naive.second_of_day(slot, slots, bits, table) == found
    assert table[0] <= found <= table[-1]


@settings(max_examples=40)
@given(st.data(), st.integers(2, 10**6), BITS, BITS, SECONDS)
def test_later_slots_are_never_earlier(
    data: st.DataObject, slots: int, bits: int, others: int, table: list[int]
) -> None:
    """Whatever is drawn, the next slot is not before this one."""
    slot = data.draw(st.integers(0, slots - 2))
    column = np.array(table, dtype=np.int32)
    earlier = time_of_day(slot, slots, np.uint64(bits), column)

    assert earlier <= time_of_day(slot + 1, slots, np.uint64(others), column)


def test_dates_are_those_of_the_plain_twin(
    plan: JournalPlan, placements: Placements, headers: Headers, block: Block
) -> None:
    """Identity, fiscal year and period, document date and time of every seventh entry."""
    for entry in range(0, block.entries, STEP):
        said, who, day = headers.words(entry), headers.who(entry), headers.day(entry)
        year, period = naive.fiscal(plan, day)
        second = naive.second_of_day(
            int(placements.slot[entry]),
            int(placements.slots[entry]),
            draw(int(plan.block_tables.id_key), who, 2),
            plan.block_tables.times[
                said.day_part, plan.block_tables.days.at_end[placements.day[entry]]
            ].tolist(),
        )

        assert int(uuid_high(plan.block_tables.id_key, np.uint64(who))) == block.id_high[entry]
        assert int(uuid_low(plan.block_tables.id_key, np.uint64(who))) == block.id_low[entry]
        assert day == block.posting_day[entry]
        assert day - headers.age(entry) == block.document_day[entry]
        assert day * 86_400 + second == block.created_at[entry]
        assert (year, said.period or period) == (block.fiscal_year[entry], block.fiscal_period[entry])


def test_people_are_those_of_the_plain_twin(plan: JournalPlan, headers: Headers, block: Block) -> None:
    """Who entered every entry, who approved it and when, in whatever currency its document is."""
    users = plan.vocabulary.users
    approved = 0
    for entry in range(block.entries):
        creator, boss, wait = headers.people(entry)
        approver = int(block.approved_by[entry])

        assert creator == users[block.created_by[entry]]
        assert boss == (None if approver == ABSENT else users[approver])
        assert block.approved_at[entry] == (ABSENT if boss is None else block.created_at[entry] + wait)
        approved += boss is not None
    assert approved > 20


def test_nobody_approves_what_they_entered(block: Block) -> None:
    """Whoever approves is somebody else than who entered."""
    approved = block.approved_by != ABSENT

    assert not (block.approved_by[approved] == block.created_by[approved]).any()


@settings(max_examples=100)
@given(st.data(), st.integers(2**32, 2**40), BITS, BITS)
def test_days_of_more_slots_than_a_word_holds(
    data: st.DataObject, slots: int, bits: int, others: int
) -> None:
    """Each of up to a trillion entries is entered at its share of the day, and none before the last."""
    table = np.arange(0, 65 * 1_000, 1_000, dtype=np.int32)
    slot = data.draw(st.integers(0, slots - 2))
    found = int(time_of_day(slot, slots, np.uint64(bits), table))
    later = int(time_of_day(slot + 1, slots, np.uint64(others), table))

    assert slot * 64_000 // slots - 1 <= found <= (slot + 1) * 64_000 // slots
    assert found <= later
