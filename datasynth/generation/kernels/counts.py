"""Closed-form counts of a step's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASS_BITS = 6
"""Binary digits of the number of classes."""

CLASSES = 1 << CLASS_BITS

LEAD_DAYS = 120
"""Days before the start and after the end for which chains are scheduled. [days]"""


@kernel
def of_class(chains: int, number: int) -> int:
    """Count the chains of a class among the first so many."""
    return (chains + CLASSES - 1 - number) >> CLASS_BITS


@kernel
def count_step(starts: NDArray[np.int64], windows: NDArray[np.int16], before: NDArray[np.int64]) -> None:
    """Count the documents of a step before each day; one turn is one day and class.

    Parameters
    ----------
    starts : (days of start + 1,) int64
        Chains started before each day.
    windows : (LEAD_DAYS + days, CLASSES) int16
        First day of start whose step is not before the day.
    before : (days,) int64
        Output, without the lead days.
    """
    for day in range(len(before)):
        count = 0
        for number in range(CLASSES):
            count += of_class(starts[windows[LEAD_DAYS + day, number]], number)
        before[day] = count
