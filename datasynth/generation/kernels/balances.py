"""Sums over any run of cases in company currency, from prefix sums over their templates.

A class deals its templates in cycles: each cycle takes all of them once, in their
order from a drawn first one (`rotation`).  So the first cases of a class are whole
cycles and a run of templates, which two prefix sums give; of each pair of cases
with opposite jitters only a single one is left over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.dealing import jitter_of, rotation
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import SummedLines, SummedSeries

CHECKPOINT_BITS = 4
"""Prefix sums are kept at every ``2 ** CHECKPOINT_BITS``-th template of a class."""


@kernel
def spacing_bits(prefix: NDArray[np.int64], class_bits: int) -> int:
    """Return the binary digits of the number of templates from one prefix sum to the next."""
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
            if nth & ((1 << spacing) - 1) == 0:
                for place in range(len(sums)):
                    sums[place] = earlier[place]
            for line in range(offsets[row], offsets[row + 1]):
                sums[column[line]] += amount[line]
            row += 1


@kernel
def dealt_run(
    key: np.uint64, number: int, cases: int, class_bits: int
) -> tuple[int, int | np.int64, int | np.int64]:
    """Return what a class's first cases take: so many cycles, and the templates from one up to another.

    The run is what its end takes from the first template on less what its begin
    takes; it is of negative length where a cycle is counted that is not whole.
    """
    class_templates = 1 << class_bits
    cycles = cases >> class_bits
    rest = cases & (class_templates - 1)
    if rest == 0:
        return cycles, 0, 0
    begin = rotation(key, number, cycles, class_templates)
    end = begin + rest
    if end >= class_templates:
        return cycles + 1, begin, end - class_templates
    return cycles, begin, end


@kernel
def add_lines(
    totals: NDArray[np.int64],
    times: int | np.int64,
    first: np.int64,
    last: np.int64,
    column: NDArray[np.int16],
    values: NDArray[np.int64] | NDArray[np.int32],
) -> None:
    """Add the values of a run of lines to their columns, so many times."""
    for line in range(first, last):
        totals[column[line]] += times * values[line]


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
        How many cases of each class.
    series, lines
        Whose documents; in company currency.
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
            # Rows of their own, so that many columns are summed at once.
            found, more, less = totals[at], sums[end >> spacing], sums[begin >> spacing]
            for place in range(len(found)):
                found[place] += cycles * whole[place] + more[place] - less[place]
            if spacing > 0:
                for line in range(offsets[row + (end >> spacing << spacing)], offsets[row + end]):
                    found[column[line]] += amount[line]
                for line in range(offsets[row + (begin >> spacing << spacing)], offsets[row + begin]):
                    found[column[line]] -= amount[line]
            if (end - begin) & 1:
                last = (end - 1) & ((1 << class_bits) - 1)
                largest = jitters[(number << class_bits) + last]
                jitter = jitter_of(key, ((cases - 1) << CLASS_BITS) + number, largest)
                for line in range(offsets[row + last], offsets[row + last + 1]):
                    found[column[line]] += jitter * jitter_unit[line]
