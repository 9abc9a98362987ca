"""Day by day sums of documents in foreign currency.

Companies of one currency deal templates of the same template pool at the same rates.  Where a
class has many documents on a day, its templates are valued once and added up in
order; what any company has of them is a difference of such sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.templates import rotation, template_of
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LikeSeries(NamedTuple):
    """Series whose cases take the same templates.

    Attributes
    ----------
    key : (series,) uint64
        Keys of the cases' draws.
    upto : (days + 1, all_series) int64
        Cases, or single documents, before each day; see `SeriesSumming`.
    table : (series,) int64
        Lag table of the step.
    """

    key: NDArray[np.uint64]
    upto: NDArray[np.int64]
    table: NDArray[np.int64]


class ForeignTemplates(NamedTuple):
    """Rows of the documents in foreign currency, a template each.

    Attributes
    ----------
    offsets, debits, amount, column
        See `DocumentLines` and `TemplateLines`; of these templates' rows and lines alone.
    gross : (account combinations,) int64
        Total of each document. [minor units of its currency]
    class_bits
        ``2 ** class_bits`` templates a class.
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    amount: NDArray[np.int64]
    column: NDArray[np.int16]
    gross: NDArray[np.int64]
    class_bits: int


class DayRates(NamedTuple):
    """Rates of a pair of currencies, lead days first; see `RateTable`."""

    rates: NDArray[np.int64]
    divisor: int


@kernel
def take_templates(
    key: np.uint64, number: int, cases: int, class_bits: int, taken: NDArray[np.int64]
) -> None:
    """Count how often the first cases of a class take each template of the class.

    Parameters
    ----------
    key
        Of the cases' draws.
    number
        The class.
    cases
        How many, from the first on.
    class_bits
        ``2 ** class_bits`` templates a class.
    taken : (account combinations of a class,) int64
        Output.
    """
    class_templates = 1 << class_bits
    cycle = cases >> class_bits
    for place in range(class_templates):
        taken[place] = cycle
    rest = cases & (class_templates - 1)
    if rest > 0:
        turn = rotation(key, number, cycle, class_templates)
        for nth in range(rest):
            taken[(turn + nth) & (class_templates - 1)] += 1


@kernel
def add_template(
    totals: NDArray[np.int64],
    templates: ForeignTemplates,
    rate: np.int64,
    divisor: int,
    template: int | np.int64,
) -> None:
    """Add the lines of a template at a day's rate, by slot: differences of rounded sums, side by side."""
    begin = templates.offsets[template]
    middle = begin + templates.debits[template]
    reached = np.int64(0)
    before = np.int64(0)
    for line in range(begin, templates.offsets[template + 1]):
        if line == middle:
            reached = np.int64(0)
            before = np.int64(0)
        reached += templates.amount[line]
        after = valued(reached, rate, divisor)
        totals[templates.column[line]] += after - before
        before = after


@kernel
def value_class(
    reached: NDArray[np.int64], templates: ForeignTemplates, rate: np.int64, divisor: int, number: int
) -> None:
    """Add up the templates of a class at a day's rate, in order and twice over, as runs may go past the last.

    Parameters
    ----------
    reached : (2 * account combinations of a class + 1, columns) int64
        Output: sums over the first so many; the first row must be nil.
        [minor units of the company's currency]
    account combinations, rate, divisor
        See `ForeignTemplates` and `DayRates`.
    number
        The class.
    """
    class_templates = 1 << templates.class_bits
    for nth in range(class_templates):
        row, earlier = reached[nth + 1], reached[nth]
        for place in range(len(row)):
            row[place] = earlier[place]
        add_template(row, templates, rate, divisor, (number << templates.class_bits) + nth)
    whole = reached[class_templates]
    for nth in range(class_templates):
        row, earlier = reached[class_templates + nth + 1], reached[nth + 1]
        for place in range(len(row)):
            row[place] = earlier[place] + whole[place]


@kernel
def add_run(
    totals: NDArray[np.int64],
    reached: NDArray[np.int64],
    key: np.uint64,
    number: int,
    low: int,
    high: int,
    class_bits: int,
) -> None:
    """Add a run of a class's cases from the sums over its templates.

    Parameters
    ----------
    totals : (columns,) int64
        Added to. [minor units of the company's currency]
    reached
        From `value_class`.
    key
        Of the cases' draws.
    number
        The class.
    low, high
        First case, and the one after the last.
    class_bits
        ``2 ** class_bits`` templates a class.
    """
    class_templates = 1 << class_bits
    cycle = low >> class_bits
    cycles = (high >> class_bits) - cycle
    turn = rotation(key, number, cycle, class_templates)
    less = reached[turn + (low & (class_templates - 1))]
    if cycles == 0:
        more = reached[turn + (high & (class_templates - 1))]
        for place in range(len(totals)):
            totals[place] += more[place] - less[place]
        return
    last = rotation(key, number, cycle + cycles, class_templates)
    more = reached[last + (high & (class_templates - 1))]
    before, begun, whole = reached[last], reached[turn], reached[class_templates]
    for place in range(len(totals)):
        totals[place] += more[place] - before[place] + begun[place] - less[place] + cycles * whole[place]


@kernel
def sum_foreign(
    daily: NDArray[np.int64],
    first: int,
    last: int,
    all_series: LikeSeries,
    windows: NDArray[np.uint8],
    templates: ForeignTemplates,
    rates: DayRates,
    begun: NDArray[np.int64],
    reached: NDArray[np.int64],
) -> None:
    """Sum the documents in foreign currency of each day; one turn is one day and class.

    Parameters
    ----------
    daily : (series, days, columns) int64
        Added to. [minor units of the company's currency]
    first, last
        The first day, and the one after the last. [days from the start]
    all_series, account combinations, rates
        Whose documents.
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) uint8
        See `Schedule`; empty for single documents.
    begun : (2, all_series) int64
        Scratch: cases of a class before the day, and before the next.
    reached : (2 * account combinations of a class + 1, columns) int64
        Scratch of `value_class`.
    """
    class_bits = templates.class_bits
    for day in range(first, last):
        rate = rates.rates[LEAD_DAYS + day]
        for number in range(CLASSES):
            cases = 0
            for series in range(len(all_series.key)):
                for end in range(2):
                    if windows.shape[1] > 0:
                        start = first_start(windows[all_series.table[series]], LEAD_DAYS + day + end, number)
                        begun[end, series] = of_class(all_series.upto[start, series], number)
                    else:
                        begun[end, series] = of_class(all_series.upto[day + end, series], number)
                cases += begun[1, series] - begun[0, series]
            dense = cases >= 1 << class_bits
            if dense:
                value_class(reached, templates, rate, rates.divisor, number)
            for series in range(len(all_series.key)):
                if cases == 0 or begun[0, series] == begun[1, series]:
                    continue
                key = all_series.key[series]
                if dense:
                    moved = daily[series, day]
                    add_run(moved, reached, key, number, begun[0, series], begun[1, series], class_bits)
                    continue
                for nth in range(begun[0, series], begun[1, series]):
                    template = template_of(key, (nth << CLASS_BITS) + number, class_bits)
                    add_template(daily[series, day], templates, rate, rates.divisor, template)
