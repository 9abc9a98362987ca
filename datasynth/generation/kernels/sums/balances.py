"""Sums in company currency over the first cases of every class, from the sums of units of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.schedule.wrong_documents import thinned
from datasynth.generation.kernels.sums.summed import count_before
from datasynth.generation.kernels.templates import (
    jitter_in,
    pass_order,
    permuted,
    unit_bits,
    unit_order,
)
from datasynth.kernel import allocating, inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.sums.summed import SummedLines, SummedSeries

WALK = 8
"""So many templates of a unit are found at once; half of a unit is twice as many."""


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


class _Walk(NamedTuple):
    """Scratch for a walk through a unit: `WALK` places each.

    Attributes
    ----------
    template
        Numbers of the templates in the pool.
    jitter
        Their jitter steps.
    """

    template: NDArray[np.int64]
    jitter: NDArray[np.int64]


@inlined
def walk_unit(
    found: NDArray[np.int64],
    sign: int,
    places: tuple[int, int],
    order: np.uint64,
    unit: int | np.int64,
    nth_pass: int,
    series: SummedSeries,
    lines: SummedLines,
    walk: _Walk,
) -> None:
    """Add, or subtract, what stands at a run of places of a unit in one pass; one turn is one template.

    Templates and jitters are found for `WALK` places at once, whether or not all are wanted:
    loops of a known length are compiled to instructions that work on several places each.

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
    key, class_bits, rings = series.jitter_key, series.class_bits, series.rings
    offsets, column, amount, jitter_unit = lines.offsets, lines.column, lines.amount, lines.jitter_unit
    templates, jitters = walk.template, walk.jitter
    size_bits = unit_bits(class_bits)
    for first in range(places[0], places[1], WALK):
        for place in range(WALK):
            templates[place] = (unit << size_bits) + permuted(order, first + place, size_bits)
        if series.swapped:
            for place in range(WALK):
                ring = rings[templates[place]]
                if ring.most == 0:
                    templates[place] = ring.next
        for place in range(WALK):
            # Without jitter its draws are below one, and so are nil.
            ring = rings[np.uint64(templates[place])]
            jitters[place] = jitter_in(key, nth_pass, class_bits, templates[place], ring.most, ring.next)
        for place in range(min(WALK, places[1] - first)):
            # Of one side alone, most templates have no line.
            row, jitter = np.uint64(series.first_row + templates[place]), jitters[place]
            for line in range(offsets[row], offsets[row + np.uint64(1)]):
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
    key, class_bits, before = series.key, series.class_bits, series.first_dealt // CLASSES
    inner, last, columns = unit_bits(class_bits), units.shape[1] - 1, totals.shape[1]
    size, inside = 1 << inner, (1 << class_bits) - 1
    reached, begun = np.empty(columns, dtype=np.int64), np.empty(columns, dtype=np.int64)
    walk = _Walk(np.empty(WALK, dtype=np.int64), np.empty(WALK, dtype=np.int64))
    for column in range(len(classes)):
        number = classes[column]
        sums, whole, order = units[number], units[number, last], np.uint64(0)
        nth_pass, passed, walked = -1, 0, 0
        for at in range(len(frontiers)):
            # Before the first of these cases come those of other companies.
            cases = frontiers[at, column] + before
            upto, within = (cases & inside) >> inner, cases & (size - 1)
            if cases >> class_bits != nth_pass:
                # From the beginning of the pass or from its end, whichever is nearer.
                nth_pass, passed, walked = cases >> class_bits, last if 2 * upto > last else 0, 0
                order = pass_order(key, number, nth_pass)
                for place in range(columns):
                    reached[place] = (nth_pass + (1 if passed > 0 else 0)) * whole[place]
                    begun[place] = 0
            # Frontiers that ascend go on from where the one before them ended.
            while passed != upto:
                step = 1 if passed < upto else -1
                # Views of single rows let the compiler sum many columns at once.
                unit = sums[permuted(order, min(passed, passed + step), class_bits - inner)]
                for place in range(columns):
                    reached[place] += step * unit[place]
                    begun[place] = 0
                passed += step
                walked = 0
            if within != walked:
                chosen, places, sign = permuted(order, passed, class_bits - inner), (walked, within), 1
                # Half of a unit at most is walked: forwards, or from its end or its beginning.
                if within < walked or within - walked > size - within:
                    places, sign = ((0, within), 1) if 2 * within <= size else ((within, size), -1)
                    for place in range(columns):
                        begun[place] = 0 if sign > 0 else sums[chosen, place]
                inside_unit, unit_number = unit_order(order, chosen), number * last + chosen
                walk_unit(begun, sign, places, inside_unit, unit_number, nth_pass, series, lines, walk)
                walked = within
            for place in range(columns):
                totals[at, place] += reached[place] + begun[place]


@allocating
def add_right_cases(
    totals: NDArray[np.int64],
    frontiers: NDArray[np.int64],
    series: SummedSeries,
    mistaken: SummedSeries,
    lines: SummedLines,
    units: NDArray[np.int64],
) -> None:
    """Add a series' right documents of the first cases of every class; one turn is one class.

    Parameters
    ----------
    frontiers : (n, CLASSES) int64
        Number of cases of each class.
    series, mistaken
        The series, and the same with the key that deals cases with a wrong document their templates.
    totals, lines, units
        See `add_cases`.
    """
    every, some, count = np.arange(CLASSES), np.empty(CLASSES, dtype=np.int64), 0
    usual, wrong = frontiers.copy(), np.empty_like(frontiers)
    for number in range(CLASSES):
        chance, phase = series.thinning[number, 0], series.thinning[number, 1]
        if chance == 0:
            continue
        for at in range(len(frontiers)):
            wrong[at, count] = thinned(frontiers[at, number], chance, phase)
            usual[at, number] -= wrong[at, count]
        some[count] = number
        count += 1
    add_cases(totals, every, usual, series, lines, units)
    add_cases(totals, some[:count], wrong, mistaken, lines, units)


@allocating
def add_right_days(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    series: SummedSeries,
    mistaken: SummedSeries,
    lines: SummedLines,
    units: NDArray[np.int64],
) -> None:
    """Add a series' right documents before each of some days; see `add_right_cases`. [days from the start]"""
    frontiers = np.empty((len(days), CLASSES), dtype=np.int64)
    count_before(days, series, frontiers)
    add_right_cases(totals, frontiers, series, mistaken, lines, units)
