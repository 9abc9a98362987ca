"""Balances of chains and single documents, against adding up their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


@pytest.fixture(scope="module")
def without_closes(ground: Ground, located: Located, block: Block) -> NDArray[np.int64]:
    """Movements by (entries, companies, accounts) of all entries that are no closes, cumulated by entry."""
    totals = np.zeros((3, len(ground.chart.accounts)), dtype=np.int64)
    moved = [totals]
    for entry in range(block.entries):
        if ground.schedule.leaves[located.leaf[entry]].kind is not LeafKind.CLOSE:
            totals = totals.copy()
            for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
                totals[block.company[entry], block.account[line]] += block.local_amount[line]
        moved.append(totals)
    return np.stack(moved)


def test_balances_before_days_are_sums_of_lines(ground: Ground, without_closes: NDArray[np.int64]) -> None:
    """What a company's accounts moved before each of some days is what its lines add up to."""
    days = [0, 1, 45, 91, 92, 122, 123]
    for company in range(3):
        found = ground.chains.before_days(company, days)
        for place, day in enumerate(days):
            plain = without_closes[ground.schedule.entries_before[day], company]
            assert np.array_equal(plain, found[place])


def test_balances_at_positions_are_sums_of_lines(ground: Ground, without_closes: NDArray[np.int64]) -> None:
    """At any position inside any day the balances of all companies are exact."""
    for position in range(0, ground.schedule.total, 391):
        assert np.array_equal(without_closes[position], ground.chains.at(position))


def test_leaves_are_ranked_within_their_day(ground: Ground, located: Located) -> None:
    """Before a position, each leaf has as many documents of the day as were located there."""
    for position in range(5, ground.schedule.total, 997):
        day, ranks = ground.chains.leaf_ranks(position)
        first = int(ground.schedule.entries_before[day])
        seen = np.bincount(located.leaf[first:position], minlength=len(ranks))

        assert located.day[position] == day
        assert np.array_equal(seen, ranks)


def test_chains_balance_company_by_company(ground: Ground) -> None:
    """Whatever the position, the accounts of each company sum to nothing."""
    for position in (0, 1, 777, 6_000, 11_999):
        assert [0, 0, 0] == ground.chains.at(position).sum(axis=1).tolist()
