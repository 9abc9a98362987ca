"""Records that sums read: the templates' lines, series of documents, and rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

NO_WINDOWS = np.empty((0, CLASSES), dtype=np.uint8)
"""Lag table of single documents, which have none."""


class SummedLines(NamedTuple):
    """Lines of all templates, a row for each template of each step.

    Attributes
    ----------
    offsets, debits, posting, amount, jitter_unit
        See `DocumentLines`.
    column : (lines,) int16
        Place of the line's account and side among those of its step.
    total : (rows,) int64
        Sum of the row's debits. [minor units]
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    posting: NDArray[np.int16]
    column: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]
    total: NDArray[np.int64]


class SummedSeries(NamedTuple):
    """One series of cases' documents or of single documents.

    Attributes
    ----------
    key, jitter_key
        Of the order in which cases take templates, and of their jitters, which wrong amounts have
        of their own; or of the amounts that cases draw.
    first_dealt
        See `SERIES`.
    swapped
        Whether templates without jitter change places, as those of wrong amounts do.
    thinning : (CLASSES, 2) int64
        Chance and phase by which cases of each class have wrong documents; see `THINNING`.
    upto : (days + 1,) int64
        Cases before each day of start, lead days first; single documents before each day.
    window : (LEAD_DAYS + days + 1, CLASSES) uint8
        Lag table of the step; `NO_WINDOWS` for single documents.
    settled : (LEAD_DAYS + days + 1, CLASSES) uint8
        Lag table of the documents in foreign currency that the series settles, or `NO_WINDOWS`.
    receives
        1 if it settles what is owed to the company, else 0.
    first_row
        Row of the first template of the step, or of the step that it settles.
    class_bits
        ``2 ** class_bits`` templates a class.
    rings
        Of each template; see `RING`.
    distribution, whole, pool_bits
        See `SERIES`.
    """

    key: np.uint64
    jitter_key: np.uint64
    first_dealt: int
    swapped: bool
    thinning: NDArray[np.int64]
    upto: NDArray[np.int64]
    window: NDArray[np.uint8]
    settled: NDArray[np.uint8]
    receives: int
    first_row: int
    class_bits: int
    rings: Records
    distribution: int
    whole: int
    pool_bits: int


class DayRates(NamedTuple):
    """Rates of a pair of currencies, lead days first; see `RateTable`."""

    rates: NDArray[np.int64]
    divisor: int


@kernel
def cases_before(upto: NDArray[np.int64], window: NDArray[np.uint8], day: int, number: int) -> int:
    """Count a class's cases, or single documents, before a day. [days from the start]"""
    if len(window) > 0:
        return of_class(upto[first_start(window, LEAD_DAYS + day, number)], number)
    return of_class(upto[day], number)


@kernel
def count_before(days: NDArray[np.int64], series: SummedSeries, frontiers: NDArray[np.int64]) -> None:
    """Count the cases of each class whose document is before each day; one turn is one day."""
    upto, window = series.upto, series.window
    for at in range(len(days)):
        for number in range(CLASSES):
            frontiers[at, number] = cases_before(upto, window, days[at], number)
