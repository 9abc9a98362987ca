"""Sums in company currency over the first cases of every class, from the sums of units of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.templates import (
    jitter_in,
    pass_order,
    permuted,
    unit_bits,
    unit_order,
)
from datasynth.kernel import allocating, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.sums.summed import SummedLines, SummedSeries


@kernel
def sum_units(
    offsets: NDArray[np.int64],
    column: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    units: NDArray[np.int64],
) -> None:
    """Sum the units of one step; one turn is one template.

    Parameters
    ----------
    offsets, column, amount, first_row, class_bits
        See `SummedLines` and `SummedSeries`.
    units : (CLASSES, units + 1, columns) int64
        Output: sums over the templates of each unit; the last row is the class's total.
        [minor units]
    """
    size = 1 << unit_bits(class_bits)
    whole = units.shape[1] - 1
    row = first_row
    for number in range(CLASSES):
        units[number, :, :] = 0
        for unit in range(whole):
            sums = units[number, unit]
            for line in range(offsets[row], offsets[row + size]):
                sums[column[line]] += amount[line]
            row += size
            for place in range(len(sums)):
                units[number, whole, place] += sums[place]


@kernel
def walk_unit(
    found: NDArray[np.int64],
    sign: int,
    places: tuple[int, int],
    order: np.uint64,
    unit: int,
    nth_pass: int,
    series: SummedSeries,
    lines: SummedLines,
) -> None:
    """Add, or subtract, what stands at a run of places of a unit in one pass; one turn is one template.

    Parameters
    ----------
    found : (columns,) int64
        Added to. [minor units]
    places
        First place, and the one after the last.
    order
        From `unit_order`.
    unit
        Number of the unit in the pool.
    """
    key, class_bits, rings, swapped = series.jitter_key, series.class_bits, series.rings, series.swapped
    offsets, column, amount, jitter_unit = lines.offsets, lines.column, lines.amount, lines.jitter_unit
    size_bits = unit_bits(class_bits)
    first = unit << size_bits
    for place in range(places[0], places[1]):
        template = first + permuted(order, place, size_bits)
        ring = rings[template]
        if swapped and ring.most == 0:
            template = np.int64(ring.next)
        begin, end = offsets[series.first_row + template], offsets[series.first_row + template + 1]
        # Of one side alone, most templates have no line.
        if begin == end:
            continue
        jitter = np.int64(0)
        if ring.most > 0:
            jitter = jitter_in(key, nth_pass, class_bits, template, ring.most, ring.next)
        for line in range(begin, end):
            found[column[line]] += sign * (amount[line] + jitter * jitter_unit[line])


@allocating
def add_cases(
    totals: NDArray[np.int64],
    classes: NDArray[np.int64],
    frontiers: NDArray[np.int64],
    series: SummedSeries,
    lines: SummedLines,
    units: NDArray[np.int64],
) -> None:
    """Add a series' documents of the first cases of some classes; one turn is one class and frontier.

    Parameters
    ----------
    totals : (n, columns) int64
        Added to. [minor units]
    classes : (classes,) int64
    frontiers : (n, classes) int64
        Number of cases of each class that are dealt templates by the key of `series`.
    series, lines
        Documents in company currency.
    units
        From `sum_units`.
    """
    key, class_bits = series.key, series.class_bits
    inner, last = unit_bits(class_bits), units.shape[1] - 1
    size, inside = 1 << inner, (1 << class_bits) - 1
    reached, begun = np.empty(totals.shape[1], dtype=np.int64), np.empty(totals.shape[1], dtype=np.int64)
    for column in range(len(classes)):
        number = classes[column]
        sums, whole = units[number], units[number, last]
        nth_pass, passed, order, walked = -1, 0, np.uint64(0), 0
        for at in range(len(frontiers)):
            cases = frontiers[at, column]
            upto, within = (cases & inside) >> inner, cases & (size - 1)
            # Frontiers that ascend go on from where the one before them ended.
            if cases >> class_bits != nth_pass or upto < passed:
                nth_pass, passed, walked = cases >> class_bits, 0, 0
                order = pass_order(key, number, nth_pass)
                for place in range(len(reached)):
                    reached[place] = nth_pass * whole[place]
                    begun[place] = 0
            while passed < upto:
                # Views of single rows let the compiler sum many columns at once.
                unit = sums[permuted(order, passed, class_bits - inner)]
                for place in range(len(reached)):
                    reached[place] += unit[place]
                    begun[place] = 0
                passed += 1
                walked = 0
            if within != walked:
                chosen = permuted(order, passed, class_bits - inner)
                places, sign = (walked, within), 1
                # Half of a unit at most is walked: forwards, or from its end or its beginning.
                if within < walked or within - walked > size - within:
                    places, sign = ((0, within), 1) if 2 * within <= size else ((within, size), -1)
                    for place in range(len(begun)):
                        begun[place] = 0 if sign > 0 else sums[chosen, place]
                walk_unit(
                    *(begun, sign, places, unit_order(order, chosen)),
                    *(number * last + chosen, nth_pass, series, lines),
                )
                walked = within
            found = totals[at]
            for place in range(len(reached)):
                found[place] += reached[place] + begun[place]
