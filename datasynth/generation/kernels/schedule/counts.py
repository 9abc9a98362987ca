"""Closed-form counts of a step's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASS_BITS = 6
"""Binary digits of the number of classes."""

CLASSES = 1 << CLASS_BITS

LEAD_DAYS = 120
"""Cases are scheduled from so long before the start until so long after the end. [days]"""


@kernel
def of_class(cases: int, number: int) -> int:
    """Count the cases of a class among the first `cases`."""
    # Rounded up: (cases - number) / CLASSES.
    return (cases + CLASSES - 1 - number) >> CLASS_BITS


@kernel
def first_start(window: NDArray[np.uint8], day: int, number: int) -> np.int64:
    """Return the first day of start whose step is not before a day; both count from the first lead day."""
    return day - np.int64(window[day, number])


@kernel
def begun_before(day: int, number: int, starts: NDArray[np.int64], window: NDArray[np.uint8]) -> int:
    """Count the cases of a class whose step is before a day, which counts from the first lead day."""
    # The same as `first_start`; unsigned numbers spare every index a test for being negative.
    at = np.uintp(day)
    return of_class(starts[at - np.uintp(window[at, np.uintp(number)])], number)


@inlined
def start_of_case(case: int, posted: int, window: NDArray[np.uint8], starts: NDArray[np.int64]) -> np.int64:
    """Return the day of start of a case that has a step on a day; both count from the first lead day.

    `window` is the lag table of the step.  The same as `find_place`, in a turn or two:
    the table leaves few days on which the case can have started.
    """
    start = first_start(window, posted, case & (CLASSES - 1))
    while starts[start + 1] <= case:
        start += 1
    return start


@kernel
def count_at(starts: NDArray[np.int64], window: NDArray[np.uint8], day: int) -> int:
    """Count a step's documents before one day, lead days first; see `count_step`."""
    count = 0
    for number in range(CLASSES):
        count += of_class(starts[first_start(window, day, number)], number)
    return count


@kernel
def count_step(starts: NDArray[np.int64], window: NDArray[np.uint8], before: NDArray[np.int64]) -> None:
    """Count a step's documents before each day, lead days first; one turn is one day and class.

    `starts` counts cases before each day of start; `window` is the lag table, see `Schedule`.
    """
    for day in range(len(before)):
        before[day] = count_at(starts, window, day)


@kernel
def find_place(before: NDArray[np.int64], number: int | np.int64) -> int:
    """Return the day of an entry or of a case's start, or the class of a rank: a binary search.

    `before` says how many come before each day or class, and how many there are.
    """
    low = 0
    high = len(before) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if before[middle] <= number:
            low = middle
        else:
            high = middle
    return low
