"""Daily sums of documents in foreign currency, against one document after the other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.foreign_days import sum_foreign, sum_settled
from datasynth.generation.kernels.summed import NO_WINDOWS, DayRates, SeriesGroup, SummedLines
from datasynth.generation.kernels.templates import template_of
from datasynth.generation.schedule.lags import LagTableSpec
from tests.naive.schedule import first_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DAYS = 12
COLUMNS = 5
DIVISOR = 10**6
BUSY = (0.2, 2.0, 6.0)
"""Cases of a class a day: too few to value all its templates for, some, and many times all."""


def drawn(name: str, count: int, bound: int) -> NDArray[np.int64]:
    """Draw numbers below a bound."""
    return below(draws(make_key(17, "worths", name), np.arange(count), 0), bound)


def made_lines(bits: int) -> SummedLines:
    """Return documents of two to five lines, the first on the debit side, or all but the last."""
    count = CLASSES << bits
    lengths = 2 + drawn("lengths", count, 4)
    offsets = np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64)
    lines = int(offsets[-1])
    return SummedLines(
        offsets=offsets,
        debits=np.where(drawn("debits", count, 2) > 0, 1, lengths - 1).astype(np.int32),
        posting=np.zeros(lines, dtype=np.int16),
        column=drawn("slots", lines, COLUMNS).astype(np.int16),
        amount=1 + drawn("amounts", lines, 10**7),
        jitter_unit=np.zeros(lines, dtype=np.int32),
        total=1 + drawn("gross", count, 10**8),
    )


def made_group(cases: float, days: int, bits: int, windows: NDArray[np.uint8]) -> SeriesGroup:
    """Return three series that have about so many cases of a class a day, or none."""
    busy = drawn("chains", 3 * days, int(2 * cases * CLASSES)) * drawn("closed", 3 * days, 2)
    return SeriesGroup(
        key=draws(make_key(17), np.arange(3), 0),
        upto=np.concatenate([np.zeros((1, 3), dtype=np.int64), np.add.accumulate(busy.reshape(days, 3))]),
        table=np.zeros(3, dtype=np.int64),
        windows=windows,
        settled=NO_WINDOWS,
        receives=0,
        first_row=0,
        class_bits=bits,
    )


def made_rates() -> DayRates:
    """Return rates around one."""
    return DayRates(9 * DIVISOR // 10 + drawn("rates", LEAD_DAYS + DAYS + 1, DIVISOR // 5), DIVISOR)


def made_window(lag: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the lag table of a step, every day as busy as any other."""
    weights = np.ones(2 * LEAD_DAYS + DAYS, dtype=np.int64).tobytes()
    return LagTableSpec(((weights, lag, 0),), LEAD_DAYS + DAYS + 1).make().window


def half_up(amount: int, rate: int) -> int:
    """Convert an amount."""
    return (2 * amount * rate + DIVISOR) // (2 * DIVISOR)


def value_of(lines: SummedLines, template: int, rate: int) -> Counter[int]:
    """Value the lines of a document by column: differences of rounded sums, side by side."""
    found = Counter[int]()
    begin, end = int(lines.offsets[template]), int(lines.offsets[template + 1])
    middle = begin + int(lines.debits[template])
    for first, last in ((begin, middle), (middle, end)):
        sums = np.concatenate([[0], np.add.accumulate(lines.amount[first:last])]).tolist()
        for line, (before, after) in zip(range(first, last), pairwise(sums), strict=True):
            found[int(lines.column[line])] += half_up(after, rate) - half_up(before, rate)
    return found


def day_of(firsts: NDArray[np.int64], start: int, number: int) -> int:
    """Return the day, lead days first, on which cases of a start and class have their step."""
    return int(np.searchsorted(firsts[:, number], start, side="right")) - 1


def documents(group: SeriesGroup) -> Iterator[tuple[int, int, int]]:
    """Yield series, day of start and number of every case."""
    for series in range(group.upto.shape[1]):
        for start, (low, high) in enumerate(pairwise(group.upto[:, series].tolist())):
            yield from ((series, start, case) for case in range(low, high))


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("cases", BUSY)
@pytest.mark.parametrize("of_cases", [False, True])
def test_each_day_is_the_sum_of_its_documents(of_cases: bool, cases: float, bits: int) -> None:
    """However many documents a class has on a day, they come to what they are worth one by one."""
    lines, rates = made_lines(bits), made_rates()
    window = made_window((1, 3, 9))
    windows = window[None] if of_cases else NO_WINDOWS[None]
    group = made_group(cases, LEAD_DAYS + DAYS if of_cases else DAYS, bits, windows)
    found = np.zeros((3, DAYS, COLUMNS), dtype=np.int64)
    expected = np.zeros_like(found)
    for first, last in ((0, 5), (5, DAYS)):
        sum_foreign(found, first, last, group, lines, rates)
    firsts = first_starts(window)
    for series, start, case in documents(group):
        day = day_of(firsts, start, case % CLASSES) - LEAD_DAYS if of_cases else start
        if 0 <= day < DAYS:
            template = int(template_of(group.key[series], case, bits))
            for column, amount in value_of(lines, template, int(rates.rates[LEAD_DAYS + day])).items():
                expected[series, day, column] += amount

    assert expected.any()
    assert np.array_equal(expected, found)


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("cases", BUSY)
@pytest.mark.parametrize("receives", [0, 1])
def test_each_day_is_the_sum_of_what_it_settles(receives: int, cases: float, bits: int) -> None:
    """However many documents start on a day, each is cleared at its own rate and paid at that of the day."""
    lines, rates = made_lines(bits), made_rates()
    opening, settling = made_window((1, 2, 5)), made_window((5, 9, 20))
    group = made_group(cases, LEAD_DAYS + DAYS, bits, settling[None])
    group = group._replace(settled=opening, receives=receives)
    found = np.zeros((DAYS, 3, 4), dtype=np.int64)
    expected = np.zeros_like(found)
    for first, last in ((0, 40), (40, CLASSES)):
        sum_settled(found, first, last, group, lines, rates)
    opened_at, settled_at = first_starts(opening), first_starts(settling)
    for series, start, case in documents(group):
        posted = day_of(settled_at, start, case % CLASSES)
        opened = min(day_of(opened_at, start, case % CLASSES), LEAD_DAYS + DAYS - 1)
        if LEAD_DAYS <= posted < LEAD_DAYS + DAYS:
            amount = int(lines.total[int(template_of(group.key[series], case, bits))])
            booked, paid = (half_up(amount, int(rates.rates[day])) for day in (opened, posted))
            moved = expected[posted - LEAD_DAYS, series]
            moved[1 if receives else 0] += booked
            moved[0 if receives else 1] += paid
            gained = paid - booked if receives else booked - paid
            moved[3 if gained > 0 else 2] += abs(gained)

    assert expected[:, :, 2].any()
    assert expected[:, :, 3].any()
    assert np.array_equal(expected, found)
