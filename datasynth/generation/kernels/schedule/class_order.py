"""The order in which the lag classes of a series come on a day, and how many documents each has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import draw, whole
from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS, begun_before
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


CLASS_ORDER = np.uint64(2)
"""Field of the draws of a node; see `kernels.schedule.merge_tree`."""


@kernel
def class_order(key: np.uint64, day: int) -> np.uint64:
    """Draw the order of a day's classes; `key` is that of the series' node."""
    return draw(key, np.uint64(LEAD_DAYS + day) << np.uint64(32), CLASS_ORDER)


@kernel
def number_at(order: np.uint64, place: int, size: int) -> int:
    """Return the number, from 0 to `size` - 1, that is at a place of an order; `size` is a power of two."""
    # An odd factor, a summand and a mask each permute the numbers below a power of two.
    turned = np.uint64(place) * (order | np.uint64(1)) + (order >> np.uint64(8))
    return whole((turned ^ (order >> np.uint64(16))) & np.uint64(size - 1))


@kernel
def class_at(order: np.uint64, place: int) -> int:
    """Return the class that is at a place of the day's order of classes."""
    return number_at(order, place, CLASSES)


@kernel
def place_of_class(order: np.uint64, number: int) -> int:
    """Return the place of a class in the day's order; the inverse of `class_at`."""
    factor = order | np.uint64(1)
    # Each step doubles the correct bits of the inverse, of which an odd number has three to begin with.
    inverse = factor * (np.uint64(2) - factor * factor)
    turned = (np.uint64(number) ^ (order >> np.uint64(16))) - (order >> np.uint64(8))
    return whole((turned * inverse) & np.uint64(CLASSES - 1))


@kernel
def class_documents(day: int, number: int, starts: NDArray[np.int64], window: NDArray[np.uint8]) -> int:
    """Count a step's documents of one class on a day, lead days included."""
    later = begun_before(LEAD_DAYS + day + 1, number, starts, window)
    return later - begun_before(LEAD_DAYS + day, number, starts, window)


@kernel
def advance_classes(
    day: int,
    rank: int,
    key: np.uint64,
    starts: NDArray[np.int64],
    window: NDArray[np.uint8],
    frontier: NDArray[np.int64],
) -> None:
    """Add a day's first `rank` documents of a step to the cases of each class; one turn is one class.

    `key` is that of the series' node; `frontier` (CLASSES,) counts the cases before the day.
    """
    order, rest = class_order(key, day), rank
    for place in range(CLASSES):
        number = class_at(order, place)
        taken = min(class_documents(day, number, starts, window), rest)
        frontier[number] += taken
        rest -= taken
