"""Numbers of lines of documents."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datasynth.config import config_from_mapping
from datasynth.generation.draws import make_key
from datasynth.generation.templates.line_counts import (
    LineCountGroup,
    LineCountTable,
    LongerSide,
    _afford,
    assign_line_counts,
    fit_line_counts,
    line_count_table,
)
from datasynth.ledger.line_counts import EQUAL_SHARE, EVEN_SHARE, MORE_CREDITS, expected_line_counts
from datasynth.ledger.processes import ExtraLines

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLENTY = 10**6
FREE = LineCountGroup(ExtraLines.BOTH, 1, 1, 600)
FIXED = LineCountGroup(ExtraLines.NONE, 1, 1, 300)
GROUPS = st.builds(
    LineCountGroup, st.sampled_from(list(ExtraLines)), st.integers(1, 3), st.integers(1, 3), st.just(1)
).map(
    lambda group: (
        LineCountGroup(ExtraLines.EQUAL, 1, 1, 1) if group.extra_lines is ExtraLines.EQUAL else group
    )
)


def table_of(most: int = 100, taxed: float = 0.1, **custom: float) -> LineCountTable:
    """Return the wanted shapes of a configuration."""
    line_items = {"max_lines": most, "custom_distribution": {key[1:]: share for key, share in custom.items()}}
    config = config_from_mapping({"transactions": {"line_items": line_items}})
    return line_count_table(config.transactions.line_items, taxed)


def by_lines(table: LineCountTable, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum shares of shapes over the sides, by number of lines from two on."""
    return np.asarray(np.bincount(table.lines, shares)[2:], dtype=np.float64)


@pytest.mark.parametrize("most", [10, 40, 100, 1_000])
@pytest.mark.parametrize("taxed", [0.0, 0.4])
def test_numbers_of_lines_are_as_frequent_as_the_ledger_s_table_has_it(most: int, taxed: float) -> None:
    """In the ranges by which entries are judged; inside them even numbers have their own share."""
    table = table_of(most, taxed)
    counts, expected = expected_line_counts(most, (), taxed)
    found = by_lines(table, table.shares)

    assert 1.0 == pytest.approx(table.shares.sum())
    for low, high in ((2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 99), (100, most)):
        inside = (counts >= low) & (counts <= high)
        assert float(expected[inside].sum()) == pytest.approx(float(found[inside].sum()), abs=0.004)


def test_sides_are_as_frequent_as_published() -> None:
    """88 % of entries are even, 82 % have equal sides, and of the others more have more credits."""
    table = table_of(1_000, 0.0)
    share = [float(table.shares[table.side == side].sum()) for side in LongerSide]

    assert float(table.shares[table.lines % 2 == 0].sum()) == pytest.approx(EVEN_SHARE, abs=0.002)
    assert share[LongerSide.NEITHER] == pytest.approx(EQUAL_SHARE, abs=0.002)
    assert share[LongerSide.CREDIT] / (1 - share[LongerSide.NEITHER]) == pytest.approx(MORE_CREDITS)


def test_odd_numbers_of_lines_have_unequal_sides() -> None:
    """Three lines cannot be equal sides, two are nothing else."""
    table = table_of()

    assert not table.shares[(table.side == LongerSide.NEITHER) & (table.lines % 2 == 1)].any()
    assert not table.shares[(table.side != LongerSide.NEITHER) & (table.lines == 2)].any()


def test_an_own_distribution_takes_the_place_of_the_table() -> None:
    """Numbers of lines have the configured shares, and taxes do not move them."""
    table = table_of(20, 0.9, _2=0.5, _7=0.2, _20=0.3)
    found = by_lines(table, table.shares)

    assert {2: 0.5, 7: 0.2, 20: 0.3} == pytest.approx(
        {lines: float(share) for lines, share in enumerate(found, start=2) if share}
    )


def test_groups_meet_the_table_together() -> None:
    """What some documents cannot have others have more often, so that all together have the shares."""
    table = table_of()
    groups = [
        FREE,
        FIXED,
        LineCountGroup(ExtraLines.DEBITS, 1, 1, 150),
        LineCountGroup(ExtraLines.CREDITS, 1, 2, 100),
        LineCountGroup(ExtraLines.EQUAL, 1, 1, 100),
    ]
    chances = fit_line_counts(table, groups)
    documents = np.array([group.documents for group in groups])
    found = (documents[:, None] * chances).sum(axis=0) / documents.sum()

    assert by_lines(table, table.shares) == pytest.approx(by_lines(table, found), abs=1e-3)
    assert found[table.side == LongerSide.NEITHER].sum() == pytest.approx(
        float(table.shares[table.side == LongerSide.NEITHER].sum()), abs=0.01
    )


@pytest.mark.parametrize(("debits", "credits_"), [(2, 1), (1, 2)])
def test_too_many_documents_of_a_side_are_made_up_for_on_the_other(debits: int, credits_: int) -> None:
    """Where more have three lines on purpose than the table gives that side, others have fewer."""
    table = table_of()
    three = table.lines == 3
    groups = [
        LineCountGroup(ExtraLines.NONE, debits, credits_, 50),
        LineCountGroup(ExtraLines.BOTH, 1, 1, 950),
    ]
    side = LongerSide.DEBIT if debits > credits_ else LongerSide.CREDIT
    assert float(table.shares[three & (table.side == side)].sum()) < 0.05

    fixed, free = fit_line_counts(table, groups)

    found = by_lines(table, fixed * 0.05 + free * 0.95)
    assert found == pytest.approx(by_lines(table, table.shares), abs=0.001)


@settings(max_examples=30)
@given(st.lists(GROUPS, min_size=1, max_size=6))
def test_chances_of_every_group_sum_to_one(groups: list[LineCountGroup]) -> None:
    """Whatever the groups can have, each document has one shape."""
    chances = fit_line_counts(table_of(12), groups)

    assert np.ones(len(groups)) == pytest.approx(chances.sum(axis=1))
    assert chances.min() >= 0


def test_fixed_documents_have_one_shape() -> None:
    """As many lines as postings, on their sides, whatever the table wants."""
    table = table_of()
    (chances,) = fit_line_counts(table, [LineCountGroup(ExtraLines.NONE, 2, 1, 10)])
    (at,) = np.flatnonzero(chances)

    assert (3, LongerSide.DEBIT) == (table.lines[at], table.side[at])


def assigned(group: LineCountGroup, size: int, most: int | NDArray[np.int64] = PLENTY) -> NDArray[np.int64]:
    """Deal shapes to documents of a group that meets the table as well as it alone can."""
    table = table_of()
    (chances,) = fit_line_counts(table, [group])
    limits = np.full(size, most) if isinstance(most, int) else most
    return np.stack(assign_line_counts(table, group, chances, limits, make_key(5)), axis=1)


@settings(max_examples=40)
@example(LineCountGroup(ExtraLines.BOTH, 3, 2, 1), 200, 0)
@given(GROUPS, st.integers(1, 300), st.integers(0, 120))
def test_documents_keep_their_postings_and_their_family(group: LineCountGroup, size: int, spare: int) -> None:
    """Each side has at least its postings, only growing sides have more, and never too many in all."""
    most = group.debits + group.credits + spare
    debits, credits_ = assigned(group, size, most).T

    assert debits.min() >= group.debits
    assert credits_.min() >= group.credits
    assert (debits + credits_).max() <= min(most, 100)
    if group.extra_lines in {ExtraLines.NONE, ExtraLines.CREDITS}:
        assert {group.debits} == set(debits.tolist())
    if group.extra_lines in {ExtraLines.NONE, ExtraLines.DEBITS}:
        assert {group.credits} == set(credits_.tolist())
    if group.extra_lines is ExtraLines.EQUAL:
        assert np.array_equal(debits, credits_)


def test_shapes_are_assigned_in_proportion() -> None:
    """Of a thousand documents as many have each number of lines as the chances say, within one."""
    table = table_of()
    (chances,) = fit_line_counts(table, [FREE])
    wanted = by_lines(table, chances) * 1_000
    found = Counter(assigned(FREE, 1_000).sum(axis=1).tolist())

    for lines, due in enumerate(wanted.tolist(), start=2):
        assert abs(found[lines] - due) <= 3


def test_unequal_sides_differ_in_every_possible_way() -> None:
    """The side with fewer lines has any number that leaves it fewer."""
    sides = assigned(FREE, 20_000)
    eight = Counter(tuple(pair) for pair in sides[sides.sum(axis=1) == 8].tolist())

    assert {(debits, 8 - debits) for debits in range(1, 8)} == set(eight)
    assert eight[4, 4] > sum(eight.values()) / 2


def test_large_shapes_go_to_large_amounts() -> None:
    """Documents that cannot stand many lines swap with those that can; the mix stays."""
    most = np.where(np.arange(2_000) % 2 == 0, 3, PLENTY)
    free, bound = assigned(FREE, 2_000).sum(axis=1), assigned(FREE, 2_000, most).sum(axis=1)

    assert bound[::2].max() <= 3
    assert sorted(free.tolist()) == sorted(bound.tolist())


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(0, 2**64 - 1)), max_size=60))
def test_swaps_are_those_of_a_walk(documents: list[tuple[int, int, int]]) -> None:
    """The largest shapes choose first, each among the documents that stand it and are still free."""
    lines = np.array([2, 3, 4, 5, 7, 9])
    chosen, most, bits = ([document[place] for document in documents] for place in range(3))
    wanted = [int(lines[shape]) for shape in chosen]
    fewest = min(wanted, default=0)
    places = range(len(documents))
    free = sorted((at for at in places if wanted[at] == fewest < most[at]), key=lambda at: most[at])
    expected = list(chosen)
    for at in sorted((at for at in places if wanted[at] > most[at]), key=lambda at: -wanted[at]):
        able = [other for other in free if most[other] >= wanted[at]]
        if able:
            other = able[(bits[at] >> 32) * len(able) >> 32]
            free.remove(other)
            expected[at], expected[other] = expected[other], expected[at]

    shapes, limits = (np.array(values, dtype=np.int64) for values in (chosen, most))
    assert expected == _afford(lines, shapes, limits, np.array(bits, dtype=np.uint64)).tolist()


def test_where_all_amounts_are_small_shapes_are_cut() -> None:
    """If nobody stands more lines than two, all have two."""
    assert [[1, 1]] * 50 == assigned(FREE, 50, 2).tolist()


@pytest.mark.parametrize(
    ("group", "custom", "lines"),
    [
        (LineCountGroup(ExtraLines.CREDITS, 1, 2, 100), {"n2": 1.0}, 3),
        (LineCountGroup(ExtraLines.BOTH, 3, 2, 100), {"n2": 0.5, "n3": 0.5}, 5),
        (LineCountGroup(ExtraLines.EQUAL, 1, 1, 100), {"n5": 1.0}, 4),
        (LineCountGroup(ExtraLines.EQUAL, 1, 1, 100), {"n2": 0.1, "n5": 0.9}, 2),
        (LineCountGroup(ExtraLines.DEBITS, 4, 2, 100), {"n3": 0.5, "n40": 0.5}, 40),
        (LineCountGroup(ExtraLines.CREDITS, 1, 2, 100), {"n2": 1.0, "n29": 1e-300, "n1000": 1e-12}, 3),
        (LineCountGroup(ExtraLines.BOTH, 1, 1, 0), {"n2": 1.0}, 2),
    ],
)
def test_documents_that_cannot_be_as_wished_come_near(
    group: LineCountGroup, custom: dict[str, float], lines: int
) -> None:
    """What can have none of the wished numbers of lines has the nearest, not any number up to the most."""
    table = table_of(1_000, **custom)
    plain = LineCountGroup(ExtraLines.NONE, 1, 1, 100)
    _, chances = fit_line_counts(table, [plain, group])

    assert 1.0 == pytest.approx(chances[table.lines == lines].sum(), abs=1e-6)
