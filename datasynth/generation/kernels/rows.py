"""Which row of lines each located entry copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS
from datasynth.generation.kernels.dealing import card_of, shift_of
from datasynth.generation.kernels.locate import find_day
from datasynth.generation.kernels.valued import SETTLES, day_of_step, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINGLE = 1


@kernel
def deal_rows(
    day: NDArray[np.int32],
    leaf: NDArray[np.int32],
    number: NDArray[np.int64],
    leaf_kind: NDArray[np.int8],
    leaf_row: NDArray[np.int64],
    leaf_bits: NDArray[np.int32],
    leaf_key: NDArray[np.uint64],
    leaf_shift: NDArray[np.int64],
    leaf_valuation: NDArray[np.int8],
    leaf_settled: NDArray[np.int64],
    leaf_settled_window: NDArray[np.int32],
    leaf_receives: NDArray[np.int8],
    leaf_rate: NDArray[np.int16],
    leaf_origin: NDArray[np.int16],
    leaf_chain: NDArray[np.int8],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    rates: NDArray[np.int64],
    divisor: NDArray[np.int64],
    shifts: NDArray[np.int64],
    row_total: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row: NDArray[np.int64],
    shift: NDArray[np.int64],
    booked: NDArray[np.int64],
    paid: NDArray[np.int64],
    first_line: NDArray[np.int64],
) -> None:
    """Find each entry's row, its variation and where its lines go; one turn is one entry.

    Parameters
    ----------
    day, leaf, number
        From `locate`.
    leaf_kind … leaf_chain : (leaves,)
        See `LeafColumns`.
    starts, windows
        See `Schedule`.
    rates, divisor
        See `RateTable`.
    shifts, row_total, offsets
        See `Sheet` and `Rows`.
    row, shift : (n,) int64
        Outputs; steps of variation.
    booked, paid : (n,) int64
        Outputs: of entries whose leaf settles one in foreign currency, what that one
        was booked at and what is paid; of others they mean nothing. [minor units]
    first_line : (n + 1,) int64
        Output.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    first_line[0] = 0
    for entry in range(len(leaf)):
        at = leaf[entry]
        shift[entry] = 0
        booked[entry] = 0
        paid[entry] = 0
        if leaf_kind[at] <= SINGLE:
            card = card_of(leaf_key[at], number[entry], leaf_bits[at])
            row[entry] = leaf_row[at] + card
            largest = shifts[leaf_shift[at] + card]
            if largest > 0:
                shift[entry] = shift_of(leaf_key[at], number[entry], largest)
            if leaf_valuation[at] == SETTLES:
                chain = number[entry]
                rate = leaf_rate[at]
                start = find_day(starts[leaf_origin[at], leaf_chain[at]], chain)
                before = day_of_step(windows[leaf_settled_window[at]], start, chain & (CLASSES - 1))
                whole = row_total[leaf_settled[at] + card]
                booked[entry] = valued(whole, rates[rate, before], divisor[rate])
                paid[entry] = valued(whole, rates[rate, LEAD_DAYS + day[entry]], divisor[rate])
                gained = paid[entry] - booked[entry]
                if leaf_receives[at] == 0:
                    gained = -gained
                cards = np.int64(1) << (leaf_bits[at] + CLASS_BITS)
                if gained < 0:
                    row[entry] += cards
                elif gained > 0:
                    row[entry] += 2 * cards
        else:
            row[entry] = leaf_row[at] + number[entry]
        first_line[entry + 1] = first_line[entry] + offsets[row[entry] + 1] - offsets[row[entry]]
