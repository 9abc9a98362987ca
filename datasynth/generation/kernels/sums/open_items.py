"""Open items: what cases still have to clear, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.columns.codes import CHOICE_BITS, PARTNER
from datasynth.generation.kernels.drawn_amounts import ORIGINAL, drawn_amount
from datasynth.generation.kernels.draws import draw
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES, find_place
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import day_of_step, valued
from datasynth.generation.kernels.wrong_amounts import dealt_case, pooled_case
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.sums.summed import DayRates, SummedLines, SummedSeries


class Items(NamedTuple):
    """Items of cases of one kind.

    Attributes
    ----------
    number : (n,) int64
        Number of the case.
    day : (n,) int64
        When the item was opened. [days from the first lead day]
    amount, local_amount : (n,) int64
        What is left of it, debit positive. [minor units of its currency; of the company's]
    """

    number: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: NDArray[np.int64]
    local_amount: NDArray[np.int64]


@kernel
def opening_days(numbers: NDArray[np.int64], opener: SummedSeries, days: NDArray[np.int64]) -> None:
    """Find the days on which cases' items were opened, lead days first; one turn is one item."""
    for place in range(len(numbers)):
        start = find_place(opener.upto, numbers[place])
        days[place] = day_of_step(opener.window, start, numbers[place] & (CLASSES - 1))


@kernel
def choose_partners(
    numbers: NDArray[np.int64],
    key: np.uint64,
    first: int,
    choice: NDArray[np.int16],
    partner: NDArray[np.int64],
) -> None:
    """Find the partners of cases, as `fill_choices` does; one turn is one case."""
    for place in range(len(numbers)):
        bits = draw(key, np.uint64(numbers[place]), PARTNER)
        partner[place] = first + choice[np.int64(bits >> np.uint64(64 - CHOICE_BITS))]


@kernel
def posted_amount(
    dealt: int,
    posting: int,
    key: np.uint64,
    jitter_key: np.uint64,
    series: SummedSeries,
    lines: SummedLines,
) -> np.int64:
    """Return what one posting of a case's document carries. [minor units]

    `dealt` and `key` are those by which it takes its template; `jitter_key` is the same key
    but for wrong amounts.
    """
    bits, rings = series.class_bits, series.rings
    template = template_of(key, dealt, bits)
    if series.swapped and rings[template].most == 0:
        template = np.int64(rings[template].next)
    jitter = jitter_of(jitter_key, dealt, bits, template, rings, 0)
    row, total = series.first_row + template, np.int64(0)
    for line in range(lines.offsets[row], lines.offsets[row + 1]):
        if lines.posting[line] == posting:
            total += lines.amount[line] + lines.jitter_unit[line] * jitter
    return total


@kernel
def add_item_lines(
    items: Items,
    frontier: NDArray[np.int64],
    posting: int,
    sign: int,
    series: SummedSeries,
    lines: SummedLines,
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Add what one series posts to items, for cases within its frontier; one turn is one item.

    Parameters
    ----------
    items
        Amounts are added to.
    frontier : (CLASSES,) int64
        How many cases of each class have the series' document.
    posting, sign
        Number of the posting that carries the item; 1 for a debit, -1 for a credit.
    rates
        Rates by the day the item was opened; empty for items in company currency.
    """
    for place in range(len(items.number)):
        case = items.number[place]
        if case >> CLASS_BITS >= frontier[case & (CLASSES - 1)]:
            continue
        total = np.int64(0)
        if series.distribution >= 0:
            # Items are of the whole amount.
            drawing = case
            if series.pool_bits >= 0:
                chance, phase = series.thinning[case & (CLASSES - 1)]
                drawing = pooled_case(series.key, case, chance, phase, series.pool_bits)
            total = drawn_amount(series.key, drawing, ORIGINAL, amounts, series.distribution)
        else:
            chance, phase = series.thinning[case & (CLASSES - 1)]
            key, dealt = dealt_case(series.key, case, chance, phase)
            total = posted_amount(dealt + series.first_dealt, posting, key, key, series, lines)
        local = total
        if len(rates.rates) > 0:
            local = valued(total, rates.rates[items.day[place]], rates.divisor)
        items.amount[place] += sign * total
        items.local_amount[place] += sign * local
