"""Sums of a step's documents in company currency up to each of many days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.templates import jitter_of, rotation
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SummedLines(NamedTuple):
    """Lines of all rows, as sums read them.

    Attributes
    ----------
    offsets, amount, jitter_unit
        See `DocumentLines`.
    column : (lines,) int16
        Place of the line's account and side among those of the step.
    """

    offsets: NDArray[np.int64]
    column: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]


@kernel
def cases_before(starts: NDArray[np.int64], window: NDArray[np.uint8], day: int, number: int) -> int:
    """Count the cases of a class whose step is before a day; single documents have no lag table."""
    if len(window) > 0:
        return of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)
    return of_class(starts[day], number)


@kernel
def sum_template_pool(lines: SummedLines, first_row: int, reached: NDArray[np.int64]) -> None:
    """Sum the templates of each class, one after the other.

    Parameters
    ----------
    lines
        Of all rows.
    first_row
        Row of the template pool's first template.
    reached : (CLASSES, account combinations of a class + 1, columns) int64
        Output: sums over the first so many templates of a class. [minor units]
    """
    row = first_row
    for number in range(CLASSES):
        nothing = reached[number, 0]
        for place in range(len(nothing)):
            nothing[place] = 0
        for template in range(reached.shape[1] - 1):
            earlier, sums = reached[number, template], reached[number, template + 1]
            for place in range(len(sums)):
                sums[place] = earlier[place]
            for line in range(lines.offsets[row], lines.offsets[row + 1]):
                sums[lines.column[line]] += lines.amount[line]
            row += 1


@kernel
def sum_days(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    key: np.uint64,
    jitters: NDArray[np.int64],
    lines: SummedLines,
    first_row: int,
    class_bits: int,
    reached: NDArray[np.int64],
) -> None:
    """Sum a step's documents before each day; one turn is one class, over all days.

    Parameters
    ----------
    totals : (n, columns) int64
        Output: sums over the cases before each day, from the first case on. [minor units]
    days : (n,) int64
        [days from the start]
    starts, windows
        See `Schedule`; of single documents, documents before each day and none.
    key, jitters, first_row, class_bits
        See `add_cases`.
    lines
        Of all rows.
    reached
        From `sum_template_pool`; series of one template pool share it.
    """
    class_templates = 1 << class_bits
    for number in range(CLASSES):
        base = first_row + (number << class_bits)
        sums = reached[number]
        whole = sums[class_templates]
        for at in range(len(days)):
            cases = cases_before(starts, windows, days[at], number)
            cycle = cases >> class_bits
            rest = cases & (class_templates - 1)
            turn = np.int64(0)
            if rest > 0:
                turn = rotation(key, number, cycle, class_templates)
            end = turn + rest
            if end >= class_templates:
                cycle += 1
                end -= class_templates
            # Rows of their own, so that many slots are summed at once.
            found, more, less = totals[at], sums[end], sums[turn]
            for place in range(len(found)):
                found[place] += cycle * whole[place] + more[place] - less[place]
            if rest & 1:
                template = (turn + rest - 1) & (class_templates - 1)
                jitter = jitter_of(
                    key, ((cases - 1) << CLASS_BITS) + number, jitters[(number << class_bits) + template]
                )
                for line in range(lines.offsets[base + template], lines.offsets[base + template + 1]):
                    found[lines.column[line]] += jitter * lines.jitter_unit[line]


@kernel
def sum_account(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    key: np.uint64,
    jitters: NDArray[np.int64],
    reached: NDArray[np.int64],
    jitter_unit: NDArray[np.int64],
    class_bits: int,
) -> None:
    """Sum what a step's documents before each day post to one side of one account; a turn is a class.

    Parameters
    ----------
    totals : (n,) int64
        Added to. [minor units]
    days : (n,) int64
        [days from the start]
    starts, windows, key, jitters, class_bits
        See `sum_days`.
    reached : (account combinations + 1,) int64
        Sums of the account's amounts over the first so many templates. [minor units]
    jitter_unit : (account combinations,) int64
        What a jitter step adds to the account. [minor units]
    """
    class_templates = 1 << class_bits
    for number in range(CLASSES):
        base = number << class_bits
        whole = reached[base + class_templates] - reached[base]
        for at in range(len(days)):
            cases = cases_before(starts, windows, days[at], number)
            cycle = cases >> class_bits
            rest = cases & (class_templates - 1)
            totals[at] += cycle * whole
            if rest == 0:
                continue
            turn = rotation(key, number, cycle, class_templates)
            end = turn + rest
            if end >= class_templates:
                totals[at] += whole
                end -= class_templates
            totals[at] += reached[base + end] - reached[base + turn]
            if rest & 1:
                template = base + ((turn + rest - 1) & (class_templates - 1))
                jitter = jitter_of(key, ((cases - 1) << CLASS_BITS) + number, jitters[template])
                totals[at] += jitter * jitter_unit[template]
