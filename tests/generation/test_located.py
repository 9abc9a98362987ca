"""Places of entries; kernels/test_locate.py and test_rows.py have the twins of each column."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.located import Located, locate_entries
from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground


@settings(max_examples=30, deadline=None)
@given(first=st.integers(0, 11_999), count=st.integers(0, 400))
def test_any_range_is_a_part_of_the_whole(ground: Ground, located: Located, first: int, count: int) -> None:
    """A range located by itself has the places that it has in the whole, lines from 0 on."""
    count = min(count, ground.schedule.total - first)
    part = locate_entries(ground, first, count)
    for field in fields(Located):
        whole = getattr(located, field.name)[first : first + count]
        if field.name == "first_line":
            whole = located.first_line[first : first + count + 1] - located.first_line[first]

        assert whole.tolist() == getattr(part, field.name).tolist()


def test_every_document_is_located_once(ground: Ground, located: Located) -> None:
    """No chain posts a step twice, and each leaf has the documents that the schedule counts."""
    found = list(zip(located.leaf.tolist(), located.number.tolist(), strict=True))
    per_leaf = [0] * len(ground.schedule.leaves)
    for leaf, _ in found:
        per_leaf[leaf] += 1

    assert len(found) == len(set(found))
    assert ground.schedule.before[-1].tolist() == per_leaf


def test_steps_of_a_chain_come_in_order(ground: Ground, located: Located) -> None:
    """A later step of a chain is at least a day after the one before it, in whoever's books it is."""
    posted: dict[tuple[int, int, int], dict[int, int]] = {}
    for entry in range(len(located.day)):
        leaf = ground.schedule.leaves[located.leaf[entry]]
        if leaf.kind is LeafKind.CHAIN:
            chain = (leaf.origin, leaf.chain, int(located.number[entry]))
            posted.setdefault(chain, {})[leaf.step] = int(located.day[entry])
    linked = 0
    for steps in posted.values():
        for step, day in steps.items():
            if step + 1 in steps:
                assert day < steps[step + 1]
                linked += 1
    assert linked > 1_000


def test_days_never_go_back(located: Located) -> None:
    """Entries are in the order of their days; every day's bands and slots count up."""
    places = list(zip(located.day.tolist(), range(len(located.day)), strict=True))

    assert sorted(places) == places


@pytest.mark.parametrize("first", [0, 6_000, 12_000])
def test_no_entries_have_no_places(ground: Ground, first: int) -> None:
    """An empty range has empty columns, and one offset of lines."""
    part = locate_entries(ground, first, 0)

    assert [0] == part.first_line.tolist()
    assert 0 == len(part.day)
