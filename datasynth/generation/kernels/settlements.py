"""Day by day sums of what settles documents in foreign currency, and what open ones are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.foreign_sums import take_templates
from datasynth.generation.kernels.snapshots import cases_before
from datasynth.generation.kernels.templates import rotation, template_of
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.foreign_sums import DayRates, ForeignTemplates, LikeSeries


@kernel
def value_gross(
    reached: NDArray[np.int64], templates: ForeignTemplates, rate: np.int64, divisor: int, number: int
) -> None:
    """Add up what a class's documents are worth at a day's rate; see `value_class`."""
    class_templates = 1 << templates.class_bits
    whole = np.int64(0)
    for nth in range(class_templates):
        whole += valued(templates.gross[(number << templates.class_bits) + nth], rate, divisor)
        reached[nth + 1] = whole
    for nth in range(class_templates):
        reached[class_templates + nth + 1] = whole + reached[nth + 1]


@kernel
def sum_settled(
    daily: NDArray[np.int64],
    first: int,
    last: int,
    all_series: LikeSeries,
    opening: NDArray[np.uint8],
    settling: NDArray[np.uint8],
    templates: ForeignTemplates,
    rates: DayRates,
    receives: int,
    scratch: NDArray[np.int64],
) -> None:
    """Sum what settles documents in foreign currency, day by day; one turn is one class and day of start.

    Parameters
    ----------
    daily : (days, all_series, 4) int64
        Added to: both main lines, loss and gain; see `SeriesSumming`. [minor units of the company's currency]
    first, last
        The first class, and the one after the last.
    all_series, account combinations, rates
        See `sum_foreign`; rows and amounts are those of the documents that are settled.
    opening, settling : (LEAD_DAYS + days + 1, CLASSES) uint8
        Lag tables of the documents in foreign currency and of what settles them.
    receives
        1 if it settles what is owed to the company, else 0.
    scratch : (2, 2 * account combinations of a class + 1) int64
        Sums over documents by the rate that they were booked and by that they are paid at.
        The first ones must be nil.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    booked_column = 1 if receives > 0 else 0
    class_bits, gross, divisor = templates.class_bits, templates.gross, rates.divisor
    mask = (1 << class_bits) - 1
    booked_upto, paid_upto = scratch[0], scratch[1]
    for number in range(first, last):
        opened, posted = 0, LEAD_DAYS
        end = first_start(settling, LEAD_DAYS + len(daily), number)
        for start in range(first_start(settling, LEAD_DAYS, number), end):
            while first_start(settling, posted + 1, number) <= start:
                posted += 1
            while opened + 2 < len(opening) and first_start(opening, opened + 1, number) <= start:
                opened += 1
            cases = 0
            for series in range(len(all_series.key)):
                cases += of_class(all_series.upto[start + 1, series], number)
                cases -= of_class(all_series.upto[start, series], number)
            if cases == 0:
                continue
            dense = cases > mask
            before, after = rates.rates[opened], rates.rates[posted]
            if dense:
                value_gross(booked_upto, templates, before, divisor, number)
                value_gross(paid_upto, templates, after, divisor, number)
            for series in range(len(all_series.key)):
                key = all_series.key[series]
                low = of_class(all_series.upto[start, series], number)
                high = of_class(all_series.upto[start + 1, series], number)
                if low == high:
                    continue
                booked, paid = np.int64(0), np.int64(0)
                if dense:
                    begun, ended = low >> class_bits, high >> class_bits
                    turn = rotation(key, number, begun, mask + 1)
                    turned = rotation(key, number, ended, mask + 1)
                    less, more = turn + (low & mask), turned + (high & mask)
                    cycles = ended - begun
                    booked = booked_upto[more] - booked_upto[turned] + booked_upto[turn] - booked_upto[less]
                    paid = paid_upto[more] - paid_upto[turned] + paid_upto[turn] - paid_upto[less]
                    booked += cycles * booked_upto[mask + 1]
                    paid += cycles * paid_upto[mask + 1]
                else:
                    for nth in range(low, high):
                        amount = gross[template_of(key, (nth << CLASS_BITS) + number, class_bits)]
                        booked += valued(amount, before, divisor)
                        paid += valued(amount, after, divisor)
                moved = daily[posted - LEAD_DAYS, series]
                moved[booked_column] += booked
                moved[1 - booked_column] += paid
                # All documents of a start gain, or all lose: they have the same two rates.
                gained = paid - booked if receives > 0 else booked - paid
                if gained < 0:
                    moved[2] -= gained
                else:
                    moved[3] += gained


@kernel
def value_open(
    worths: NDArray[np.int64],
    days: NDArray[np.int64],
    key: np.uint64,
    upto: NDArray[np.int64],
    opening: NDArray[np.uint8],
    settling: NDArray[np.uint8],
    templates: ForeignTemplates,
    rates: DayRates,
    taken: NDArray[np.int64],
) -> None:
    """Value what is open before each day at the rate of the day before; one turn is one day and class.

    Parameters
    ----------
    worths : (n,) int64
        Output. [minor units of the company's currency]
    days : (n,) int64
        [days from the start]
    key, upto
        Of the cases: cases before each day.
    opening, settling : (LEAD_DAYS + days + 1, CLASSES) uint8
        Lag tables of the documents in foreign currency and of what settles them.
    account combinations, rates
        Of the documents.
    taken : (2, account combinations of a class) int64
        Scratch.
    """
    class_bits, gross = templates.class_bits, templates.gross
    for at in range(len(days)):
        rate = rates.rates[LEAD_DAYS + days[at] - 1]
        for number in range(CLASSES):
            low = cases_before(upto, settling, days[at], number)
            high = cases_before(upto, opening, days[at], number)
            if low >= high:
                continue
            take_templates(key, number, low, class_bits, taken[0])
            take_templates(key, number, high, class_bits, taken[1])
            for place in range(1 << class_bits):
                count = taken[1, place] - taken[0, place]
                if count != 0:
                    amount = gross[(number << class_bits) + place]
                    worths[at] += count * valued(amount, rate, rates.divisor)
