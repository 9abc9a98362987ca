"""Sums of a step's documents up to each of many days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.balances import add_chains, reach_before, reach_single
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.valued import add_valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def reach_day(
    starts: NDArray[np.int64], windows: NDArray[np.int16], day: int, reach: NDArray[np.int64]
) -> None:
    """Count, for each class, the chains whose step is before a day; single documents have no windows."""
    if len(windows) > 0:
        reach_before(starts, windows, day, reach)
    else:
        reach_single(starts[day], reach)


@kernel
def sum_days(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    reach: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.int16],
    key: np.uint64,
    shifts: NDArray[np.int64],
    offsets: NDArray[np.int64],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    scale: NDArray[np.int32],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Sum a step's documents before each day; one turn is one day.

    Parameters
    ----------
    totals : (n, slots) int64
        Output: sums over the chains before each day, from the first chain on. [minor units]
    days : (n,) int64
        [days from the start]
    reach : (CLASSES,) int64
        Scratch.
    starts, windows
        See `Schedule`; of single documents, documents before each day and none.
    key, shifts, offsets, slot, amount, scale, first_row, class_bits, prefix
        See `add_chains`.
    """
    for place in range(len(days)):
        reach_day(starts, windows, days[place], reach)
        add_chains(
            totals[place],
            1,
            reach,
            key,
            shifts,
            offsets,
            slot,
            amount,
            scale,
            first_row,
            class_bits,
            prefix,
        )


@kernel
def sum_valued_days(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    key: np.uint64,
    starts: NDArray[np.int64],
    lead: int,
    windows: NDArray[np.int16],
    settled: NDArray[np.int16],
    rates: NDArray[np.int64],
    divisor: int,
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    settles: int,
    booked_slot: int,
) -> None:
    """Sum valued documents from each day to the next; one turn is one day.

    Parameters
    ----------
    totals : (n, slots) int64
        Output: what is posted from the day before in the list, or the start, up
        to each day. [minor units of the company's currency]
    days : (n,) int64
        Ascending. [days from the start]
    low, high : (CLASSES,) int64
        Scratch.
    key … booked_slot
        See `add_valued`.
    """
    reach_day(starts, windows, 0, low)
    for place in range(len(days)):
        reach_day(starts, windows, days[place], high)
        add_valued(
            totals[place],
            low,
            high,
            key,
            starts,
            lead,
            windows,
            settled,
            rates,
            divisor,
            offsets,
            debits,
            slot,
            amount,
            first_row,
            class_bits,
            settles,
            booked_slot,
        )
        for number in range(CLASSES):
            low[number] = high[number]
