"""Places of entries, against plain searches and the plain walk."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import draw
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.locate import fill_cells, find_day
from datasynth.generation.located import locate_entries
from datasynth.generation.schedule.leaves import LeafKind
from tests.generation.kernels.test_dealing import dealt, shifted
from tests.naive.schedule import chains_by_day, walk

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40).filter(any), st.data())
def test_days_are_found_by_looking_at_each(counts: list[int], data: st.DataObject) -> None:
    """An entry is on the day whose entries it is among; days without entries have none."""
    reached = [0, *accumulate(counts)]
    sequence = data.draw(st.integers(0, reached[-1] - 1))
    day = next(day for day in range(len(counts)) if reached[day] <= sequence < reached[day + 1])

    assert day == find_day(np.array(reached), sequence)


def test_cells_cumulate_the_classes_of_a_day(ground: Ground) -> None:
    """Up to each class, as many documents as the classes before it have that day."""
    schedule = ground.schedule
    listed = chains_by_day(schedule)
    upto = np.empty(CLASSES + 1, dtype=np.int64)
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is LeafKind.CHAIN and leaf.company == 0:
            for day in (0, 45, 91, 122):
                fill_cells(
                    day,
                    schedule.starts[leaf.company, leaf.chain],
                    schedule.windows[schedule.leaf_window[at]],
                    upto,
                )
                chains = listed.get((day, at), [])
                below = [sum(chain % CLASSES < number for chain in chains) for number in range(CLASSES + 1)]

                assert below == upto.tolist()


def test_order_is_that_of_the_plain_walk(ground: Ground, located: Located) -> None:
    """Day, leaf and number of every entry are those of a walk that lists and counts."""
    key = int(ground.day_key)
    plain = list(walk(ground.schedule, lambda day, node, count: (draw(key, day, node) >> 32) * count >> 32))
    found = zip(located.day.tolist(), located.leaf.tolist(), located.number.tolist(), strict=True)

    assert plain == list(found)


def test_document_numbers_and_slots_are_counted(ground: Ground, located: Located) -> None:
    """Numbers count over company, type and fiscal year; slots over the band of a day."""
    numbers: dict[tuple[int, str, int], int] = {}
    slots: dict[tuple[int, int], int] = {}
    for entry in range(len(located.day)):
        leaf = ground.schedule.leaves[located.leaf[entry]]
        day = int(located.day[entry])
        counted = (leaf.company, leaf.document_type, int(ground.day_year[day]))
        numbers[counted] = numbers.get(counted, 0) + 1
        band = (day, int(leaf.band))

        assert numbers[counted] == located.document_number[entry]
        assert slots.setdefault(band, 0) == located.slot[entry]
        slots[band] += 1
    for entry in range(len(located.day)):
        leaf = ground.schedule.leaves[located.leaf[entry]]
        assert slots[int(located.day[entry]), int(leaf.band)] == located.slots[entry]


def test_any_entry_is_found_by_itself(ground: Ground, located: Located) -> None:
    """Located alone, from the middle of any day, an entry has the place that it has in a run."""
    for sequence in range(0, ground.schedule.total, 97):
        alone = locate_entries(ground, sequence, 1)
        for name in ("day", "leaf", "number", "document_number", "slot", "slots", "row", "shift"):
            assert getattr(located, name)[sequence] == getattr(alone, name)[0]


def test_rows_are_those_dealt_by_hand(ground: Ground, located: Located) -> None:
    """Chains and single documents take a card of their step, closes their own row."""
    sheet, leaves = ground.sheet, ground.leaves
    for entry in range(0, len(located.row), 3):
        at, number = int(located.leaf[entry]), int(located.number[entry])
        row = int(leaves.row[at]) + number
        shift = 0
        if ground.schedule.leaves[at].kind is not LeafKind.CLOSE:
            card = dealt(int(leaves.key[at]), number, 1 << int(leaves.bits[at]))
            row = int(sheet.leaf_row[at]) + card
            if sheet.leaf_shift[at] >= 0:
                largest = int(sheet.shifts[sheet.leaf_shift[at] + card])
                shift = shifted(int(leaves.key[at]), number, largest)

        assert (row, shift) == (located.row[entry], located.shift[entry])
    lines = np.diff(ground.rows.offsets)[located.row]
    assert [0, *accumulate(lines.tolist())] == located.first_line.tolist()
