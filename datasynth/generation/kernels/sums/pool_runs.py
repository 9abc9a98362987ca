"""Runs of cases that share an amount pool: how often each case of the pool is used.

Cases of a class take the amounts of its pool in passes, so a run of them has each amount
as often as there are whole passes in it, and some once more.  Sums visit the amounts of a
pool instead of the cases, however many these are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.wrong_documents import thinned
from datasynth.generation.kernels.templates import pass_order, permuted, unit_bits, unit_order
from datasynth.generation.kernels.wrong_amounts import MISTAKEN, POOLED
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def add_places(
    order_key: np.uint64, number: int, low: int, high: int, pool_bits: int, uses: NDArray[np.int64]
) -> None:
    """Count the uses at a run of places of a class's passes, one by one; see `template_of`."""
    inner = unit_bits(pool_bits)
    last = (1 << pool_bits) - 1
    nth_pass, unit, order, inside = -1, -1, np.uint64(0), np.uint64(0)
    for nth in range(low, high):
        place = nth & last
        if nth >> pool_bits != nth_pass:
            nth_pass, unit = nth >> pool_bits, -1
            order = pass_order(order_key, number, nth_pass)
        if unit < 0 or place & ((1 << inner) - 1) == 0:
            unit = int(permuted(order, place >> inner, pool_bits - inner))
            inside = unit_order(order, unit)
        uses[(unit << inner) + permuted(inside, place & ((1 << inner) - 1), inner)] += 1


@kernel
def add_passes(
    order_key: np.uint64, number: int, low: int, high: int, pool_bits: int, uses: NDArray[np.int64]
) -> None:
    """Count the uses at a run of places of a class's passes: whole passes at once.

    Parameters
    ----------
    order_key
        Of the order of the passes.
    number
        The class.
    low, high
        First place, and the one after the last.
    uses : (2 ** pool_bits,) int64
        Added to, by the place of a case in its class's part of the pool.
    """
    size = 1 << pool_bits
    begin, end = (low + size - 1) >> pool_bits, high >> pool_bits
    if begin >= end:
        add_places(order_key, number, low, high, pool_bits, uses)
        return
    add_places(order_key, number, low, begin << pool_bits, pool_bits, uses)
    add_places(order_key, number, end << pool_bits, high, pool_bits, uses)
    for place in range(size):
        uses[place] += end - begin


@kernel
def add_right_uses(
    key: np.uint64,
    number: int,
    run: tuple[int, int],
    thinning: tuple[int, int],
    pool_bits: int,
    uses: NDArray[np.int64],
) -> None:
    """Count the uses by a run of cases of a class, with and without wrong documents.

    `run` has the first case of the class and the one after the last, `thinning` chance and
    phase of the class; see `dealt_case`.
    """
    low, high = run
    chance, phase = thinning
    if chance == 0:
        add_passes(key ^ POOLED, number, low, high, pool_bits, uses)
        return
    begin, end = int(thinned(low, chance, phase)), int(thinned(high, chance, phase))
    add_passes(key ^ POOLED, number, low - begin, high - end, pool_bits, uses)
    add_passes(key ^ POOLED ^ MISTAKEN, number, begin, end, pool_bits, uses)


@kernel
def take_uses(
    number: int,
    pool_bits: int,
    uses: NDArray[np.int64],
    case: NDArray[np.int64],
    times: NDArray[np.int64],
) -> int:
    """Move the uses that there are into a run, and return how many cases of the pool it has.

    `case` is filled with those cases and `times` with their uses; `uses` is nil again.
    """
    count = 0
    for place in range(1 << pool_bits):
        case[count], times[count] = (number << pool_bits) + place, uses[place]
        count += 1 if uses[place] > 0 else 0
        uses[place] = 0
    return count
