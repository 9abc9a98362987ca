"""Sums over any run of cases, from prefix sums over their template pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.templates import jitter_of, rotation
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHECKPOINT_BITS = 4
"""Prefix sums are kept at every ``2 ** CHECKPOINT_BITS``-th template of a class."""


@kernel
def sum_templates(
    offsets: NDArray[np.int64],
    column: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Fill the prefix sums of one step; one turn is one template.

    Parameters
    ----------
    offsets, column, amount
        Lines of all rows; `column` is the place of the line's account and side
        among those of the step.
    first_row
        Row of the step's first template.
    class_bits
        ``2 ** class_bits`` templates a class.
    prefix : (CLASSES, checkpoints + 1, columns) int64
        Output; the last checkpoint is the class's total. [minor units]
    """
    class_templates = 1 << class_bits
    columns = prefix.shape[2]
    for number in range(CLASSES):
        for place in range(columns):
            prefix[number, 0, place] = 0
        for nth in range(class_templates):
            at = (nth >> CHECKPOINT_BITS) + 1
            if nth & ((1 << CHECKPOINT_BITS) - 1) == 0:
                for place in range(columns):
                    prefix[number, at, place] = prefix[number, at - 1, place]
            row = first_row + (number << class_bits) + nth
            for line in range(offsets[row], offsets[row + 1]):
                prefix[number, at, column[line]] += amount[line]


@kernel
def add_first(
    totals: NDArray[np.int64],
    sign: int,
    templates: int | np.int64,
    number: int,
    offsets: NDArray[np.int64],
    column: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add the first so many templates of a class to the totals, or take them away."""
    at = templates >> CHECKPOINT_BITS
    for place in range(prefix.shape[2]):
        totals[place] += sign * prefix[number, at, place]
    for nth in range(at << CHECKPOINT_BITS, templates):
        row = first_row + (number << class_bits) + nth
        for line in range(offsets[row], offsets[row + 1]):
            totals[column[line]] += sign * amount[line]


@kernel
def add_cases(
    totals: NDArray[np.int64],
    sign: int,
    frontier: NDArray[np.int64],
    key: np.uint64,
    jitters: NDArray[np.int64],
    offsets: NDArray[np.int64],
    column: NDArray[np.int16],
    amount: NDArray[np.int64],
    jitter_unit: NDArray[np.int32],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add a step's documents of the first cases of every class; one turn is one class.

    Parameters
    ----------
    totals : (columns,) int64
        Added to. [minor units]
    sign
        1 to add, -1 to take away.
    frontier : (CLASSES,) int64
        How many cases of each class, from the first on.
    key
        Of the cases' draws.
    jitters : (account combinations,) int64
        Most jitter steps of each template.
    offsets, column, amount, jitter_unit, first_row, class_bits, prefix
        See `sum_templates`; `jitter_unit` is what a jitter step adds to a line.
    """
    class_templates = 1 << class_bits
    last = prefix.shape[1] - 1
    for number in range(CLASSES):
        cases = frontier[number]
        cycle = cases >> class_bits
        rest = cases & (class_templates - 1)
        for place in range(prefix.shape[2]):
            totals[place] += sign * cycle * prefix[number, last, place]
        if rest == 0:
            continue
        turn = rotation(key, number, cycle, class_templates)
        end = turn + rest
        if end >= class_templates:
            for place in range(prefix.shape[2]):
                totals[place] += sign * prefix[number, last, place]
            end -= class_templates
        add_first(totals, sign, end, number, offsets, column, amount, first_row, class_bits, prefix)
        add_first(totals, -sign, turn, number, offsets, column, amount, first_row, class_bits, prefix)
        if rest & 1:
            template = (number << class_bits) + ((turn + rest - 1) & (class_templates - 1))
            jitter = jitter_of(key, ((cases - 1) << CLASS_BITS) + number, jitters[template])
            row = first_row + template
            for line in range(offsets[row], offsets[row + 1]):
                totals[column[line]] += sign * jitter * jitter_unit[line]


@kernel
def frontier_before(
    starts: NDArray[np.int64], window: NDArray[np.uint8], day: int, frontier: NDArray[np.int64]
) -> None:
    """Count, for each class, the cases whose step is before a day. [days from the start]"""
    for number in range(CLASSES):
        frontier[number] = of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)


@kernel
def frontier_single(documents: int, frontier: NDArray[np.int64]) -> None:
    """Count, for each class, the first so many single documents."""
    for number in range(CLASSES):
        frontier[number] = of_class(documents, number)
