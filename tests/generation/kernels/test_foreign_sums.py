"""Daily sums of documents in foreign currency, against one document after the other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.balances.series_summing import NO_WINDOWS
from datasynth.generation.build_context import ALONE
from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.foreign_sums import (
    DayRates,
    ForeignTemplates,
    LikeSeries,
    sum_foreign,
    take_templates,
)
from datasynth.generation.kernels.settlements import sum_settled
from datasynth.generation.kernels.templates import template_of
from datasynth.generation.schedule.lags import LagTableSpec
from tests.generation.kernels.test_valued import foreign_series, summed
from tests.generation.looked import look
from tests.naive.schedule import first_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers

SPANS = ((0, 10), (10, 31), (31, 92), (92, 123))
DAYS = 12
SLOTS = 5
DIVISOR = 10**6
BUSY = (0.2, 2.0, 6.0)
"""Cases of a class a day: too few to value all its templates for, some, and many times all."""


def test_daily_sums_are_those_of_one_after_the_other(plan: JournalPlan, headers: Headers) -> None:
    """Over each span of days, foreign documents and settlements come to what each is worth."""
    daily = dict(look(plan, [0]).foreign.daily(ALONE))

    assert foreign_series(plan) == sorted(daily)
    for at, moved in daily.items():
        sides = plan.cases.sums.summing(at).sides.tolist()
        for first, last in SPANS:
            expected = summed(headers, at, first, last)
            found = Counter[int]()
            for column, side in enumerate(sides):
                found[side] += int(moved[first:last, column].sum())

            assert +expected == +found


@given(st.integers(0, 2**64 - 1), st.integers(0, 63), st.integers(0, 5), st.integers(0, 200))
def test_templates_are_counted_by_dealing_each(key: int, number: int, bits: int, cases: int) -> None:
    """The first cases of a class take the templates that they are dealt one after the other."""
    taken = np.full(1 << bits, -1, dtype=np.int64)
    take_templates(np.uint64(key), number, cases, bits, taken)
    dealt = Counter(int(template_of(np.uint64(key), (nth << 6) + number, bits)) for nth in range(cases))

    assert [dealt[(number << bits) + place] for place in range(1 << bits)] == taken.tolist()


def drawn(name: str, count: int, bound: int) -> NDArray[np.int64]:
    """Draw numbers below a bound."""
    return below(draws(make_key(17, "worths", name), np.arange(count), 0), bound)


def made_templates(bits: int) -> ForeignTemplates:
    """Return documents of two to five lines, the first on the debit side, or all but the last."""
    count = CLASSES << bits
    lengths = 2 + drawn("lengths", count, 4)
    offsets = np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64)
    lines = int(offsets[-1])
    debits = np.where(drawn("debits", count, 2) > 0, 1, lengths - 1).astype(np.int32)
    return ForeignTemplates(
        offsets,
        debits,
        1 + drawn("amounts", lines, 10**7),
        drawn("slots", lines, SLOTS).astype(np.int16),
        1 + drawn("gross", count, 10**8),
        bits,
    )


def made_series(cases: float, days: int) -> LikeSeries:
    """Return three series that have about so many cases of a class a day, or none."""
    busy = drawn("chains", 3 * days, int(2 * cases * CLASSES)) * drawn("closed", 3 * days, 2)
    upto = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.add.accumulate(busy.reshape(days, 3))])
    return LikeSeries(draws(make_key(17), np.arange(3), 0), upto, np.zeros(3, dtype=np.int64))


def made_rates() -> DayRates:
    """Return rates around one."""
    return DayRates(9 * DIVISOR // 10 + drawn("rates", LEAD_DAYS + DAYS + 1, DIVISOR // 5), DIVISOR)


def made_window(lag: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the lag table of a step, every day as busy as any other."""
    return LagTableSpec(
        np.ones(2 * LEAD_DAYS + DAYS, dtype=np.int64).tobytes(), lag, LEAD_DAYS + DAYS + 1
    ).make()


def half_up(amount: int, rate: int) -> int:
    """Convert an amount."""
    return (2 * amount * rate + DIVISOR) // (2 * DIVISOR)


def value_of(templates: ForeignTemplates, template: int, rate: int) -> Counter[int]:
    """Value the lines of a document by slot: differences of rounded sums, side by side."""
    found = Counter[int]()
    begin, end = int(templates.offsets[template]), int(templates.offsets[template + 1])
    middle = begin + int(templates.debits[template])
    for first, last in ((begin, middle), (middle, end)):
        sums = np.concatenate([[0], np.add.accumulate(templates.amount[first:last])]).tolist()
        for line, (before, after) in zip(range(first, last), pairwise(sums), strict=True):
            found[int(templates.column[line])] += half_up(after, rate) - half_up(before, rate)
    return found


def day_of(firsts: NDArray[np.int64], start: int, number: int) -> int:
    """Return the day, lead days first, on which cases of a start and class have their step."""
    return int(np.searchsorted(firsts[:, number], start, side="right")) - 1


def documents(all_series: LikeSeries) -> Iterator[tuple[int, int, int]]:
    """Yield series, day of start and number of every case."""
    for series in range(all_series.upto.shape[1]):
        for start, (low, high) in enumerate(pairwise(all_series.upto[:, series].tolist())):
            yield from ((series, start, case) for case in range(low, high))


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("cases", BUSY)
@pytest.mark.parametrize("chained", [False, True])
def test_each_day_is_the_sum_of_its_documents(chained: bool, cases: float, bits: int) -> None:
    """However many documents a class has on a day, they come to what they are worth one by one."""
    templates, rates = made_templates(bits), made_rates()
    all_series = made_series(cases, LEAD_DAYS + DAYS if chained else DAYS)
    window = made_window((1, 3, 9))
    found = np.zeros((3, DAYS, SLOTS), dtype=np.int64)
    expected = np.zeros_like(found)
    windows = window[None] if chained else NO_WINDOWS[None]
    reached = np.zeros(((2 << bits) + 1, SLOTS), dtype=np.int64)
    for first, last in ((0, 5), (5, DAYS)):
        scratch = np.empty((2, 3), dtype=np.int64)
        sum_foreign(found, first, last, all_series, windows, templates, rates, scratch, reached)
    firsts = first_starts(window)
    for series, start, case in documents(all_series):
        day = day_of(firsts, start, case % CLASSES) - LEAD_DAYS if chained else start
        if 0 <= day < DAYS:
            template = int(template_of(all_series.key[series], case, bits))
            for column, amount in value_of(templates, template, int(rates.rates[LEAD_DAYS + day])).items():
                expected[series, day, column] += amount

    assert expected.any()
    assert np.array_equal(expected, found)


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("cases", BUSY)
@pytest.mark.parametrize("receives", [0, 1])
def test_each_day_is_the_sum_of_what_it_settles(receives: int, cases: float, bits: int) -> None:
    """However many documents start on a day, each is cleared at its own rate and paid at that of the day."""
    templates, rates = made_templates(bits), made_rates()
    all_series = made_series(cases, LEAD_DAYS + DAYS)
    opening, settling = made_window((1, 2, 5)), made_window((5, 9, 20))
    found = np.zeros((DAYS, 3, 4), dtype=np.int64)
    expected = np.zeros_like(found)
    scratch = np.zeros((2, (2 << bits) + 1), dtype=np.int64)
    for first, last in ((0, 40), (40, CLASSES)):
        sum_settled(found, first, last, all_series, opening, settling, templates, rates, receives, scratch)
    opened_at, settled_at = first_starts(opening), first_starts(settling)
    for series, start, case in documents(all_series):
        posted = day_of(settled_at, start, case % CLASSES)
        opened = min(day_of(opened_at, start, case % CLASSES), LEAD_DAYS + DAYS - 1)
        if LEAD_DAYS <= posted < LEAD_DAYS + DAYS:
            amount = int(templates.gross[int(template_of(all_series.key[series], case, bits))])
            booked, paid = (half_up(amount, int(rates.rates[day])) for day in (opened, posted))
            moved = expected[posted - LEAD_DAYS, series]
            moved[1 if receives else 0] += booked
            moved[0 if receives else 1] += paid
            gained = paid - booked if receives else booked - paid
            moved[3 if gained > 0 else 2] += abs(gained)

    assert expected[:, :, 2].any()
    assert expected[:, :, 3].any()
    assert np.array_equal(expected, found)
