"""Daily sums of drawn amounts, against one document after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from datasynth.generation.balances.drawn_days import daily_sums
from datasynth.generation.build_context import ALONE
from tests.generation.kernels.sums.test_drawn_sums import drawing_series, summed

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers

SPANS = ((0, 10), (10, 31), (31, 92), (92, 123))


def test_daily_sums_are_those_of_one_after_the_other(plan: JournalPlan, headers: Headers) -> None:
    """Over each span of days, documents and settlements come to what each is worth."""
    daily = dict(daily_sums(plan.cases, ALONE))

    assert drawing_series(plan) == sorted(daily)
    for at, moved in daily.items():
        sides = plan.cases.sums.sides[at].tolist()
        for first, last in SPANS:
            expected = summed(headers, at, first, last)
            found = Counter[int]()
            for column, side in enumerate(sides):
                found[side] += int(moved[first:last, column].sum())

            assert +expected == +found
