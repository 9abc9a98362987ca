"""Sums in company currency over the first cases of every class, from prefix sums over their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.summed import dealt_run
from datasynth.generation.kernels.templates import jitter_of
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import SummedLines, SummedSeries

CHECKPOINT_BITS = 4
"""Prefix sums are kept at every ``2 ** CHECKPOINT_BITS``-th template of a class."""


@kernel
def spacing_bits(prefix: NDArray[np.int64], class_bits: int) -> int:
    """Return the spacing of the prefix sums: one every ``2 ** result`` templates."""
    bits = 0
    while (prefix.shape[1] - 1) << bits < 1 << class_bits:
        bits += 1
    return bits


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
    offsets, column, amount, first_row, class_bits
        See `SummedLines` and `SummedSeries`.
    prefix : (CLASSES, checkpoints + 1, columns) int64
        Output: sums over a class's templates before each checkpoint; the last one is
        the class's total.  Checkpoints are ``2 ** spacing_bits`` templates apart.
        [minor units]
    """
    spacing = spacing_bits(prefix, class_bits)
    row = first_row
    for number in range(CLASSES):
        prefix[number, 0, :] = 0
        for nth in range(1 << class_bits):
            earlier, sums = prefix[number, nth >> spacing], prefix[number, (nth >> spacing) + 1]
            # Each checkpoint starts from the sums of the one before it.
            if nth & ((1 << spacing) - 1) == 0:
                for place in range(len(sums)):
                    sums[place] = earlier[place]
            for line in range(offsets[row], offsets[row + 1]):
                sums[column[line]] += amount[line]
            row += 1


@kernel
def add_cases(
    totals: NDArray[np.int64],
    frontiers: NDArray[np.int64],
    series: SummedSeries,
    lines: SummedLines,
    prefix: NDArray[np.int64],
) -> None:
    """Add a series' documents of the first cases of every class; one turn is one class, over all frontiers.

    Parameters
    ----------
    totals : (n, columns) int64
        Added to. [minor units]
    frontiers : (n, CLASSES) int64
        Number of cases of each class.
    series, lines
        Documents in company currency.
    prefix
        From `sum_templates`.
    """
    key, class_bits, jitters = series.key, series.class_bits, series.jitters
    offsets, column, amount, jitter_unit = lines.offsets, lines.column, lines.amount, lines.jitter_unit
    spacing = spacing_bits(prefix, class_bits)
    for number in range(CLASSES):
        row, sums = series.first_row + (number << class_bits), prefix[number]
        whole = sums[1 << class_bits >> spacing]
        for at in range(len(frontiers)):
            cases = frontiers[at, number]
            cycles, begin, end = dealt_run(key, number, cases, class_bits)
            # Views of single rows let the compiler sum many columns at once.
            found, more, less = totals[at], sums[end >> spacing], sums[begin >> spacing]
            for place in range(len(found)):
                found[place] += cycles * whole[place] + more[place] - less[place]
            # The checkpoints lie before the two ends of the run; the lines between are added one by one.
            if spacing > 0:
                for line in range(offsets[row + (end >> spacing << spacing)], offsets[row + end]):
                    found[column[line]] += amount[line]
                for line in range(offsets[row + (begin >> spacing << spacing)], offsets[row + begin]):
                    found[column[line]] -= amount[line]
            # The jitters of a pair cancel out; the last of an odd number of cases has no partner.
            if (end - begin) & 1:
                last = (end - 1) & ((1 << class_bits) - 1)
                largest = jitters[(number << class_bits) + last]
                jitter = jitter_of(key, ((cases - 1) << CLASS_BITS) + number, largest)
                for line in range(offsets[row + last], offsets[row + last + 1]):
                    found[column[line]] += jitter * jitter_unit[line]
