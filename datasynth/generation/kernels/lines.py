"""Line columns of located entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTNER = np.uint64(2)
CENTER = np.uint64(3)

COST_CENTERS = 96
"""Cost centres of a journal."""

CENTERS_OF_PROFIT_CENTER = 8
"""Cost centres that belong to one profit centre."""

PLAIN = 0
WITH_PARTNER = 1
TO_EACH_CENTER = 2


@kernel
def fill_lines(
    first_line: NDArray[np.int64],
    row: NDArray[np.int64],
    shift: NDArray[np.int64],
    key: NDArray[np.uint64],
    number: NDArray[np.int64],
    posting_first: NDArray[np.int32],
    partner: NDArray[np.int32],
    trading: NDArray[np.int16],
    reference_kind: NDArray[np.int16],
    reference_number: NDArray[np.int64],
    posting_day: NDArray[np.int32],
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    row_account: NDArray[np.int16],
    row_posting: NDArray[np.int16],
    row_amount: NDArray[np.int64],
    posting_text: NDArray[np.int32],
    posting_kind: NDArray[np.int8],
    of_result: NDArray[np.int8],
    bank: int,
    account: NDArray[np.int16],
    debit: NDArray[np.int64],
    credit: NDArray[np.int64],
    local_amount: NDArray[np.int64],
    cost_center: NDArray[np.int16],
    profit_center: NDArray[np.int16],
    out_partner: NDArray[np.int32],
    trading_partner: NDArray[np.int16],
    tax_code: NDArray[np.int8],
    tax_amount: NDArray[np.int64],
    assignment_kind: NDArray[np.int16],
    assignment_number: NDArray[np.int64],
    line_text: NDArray[np.int32],
    value_day: NDArray[np.int32],
) -> None:
    """Copy every entry's row to its lines; the inner turn is one line.

    Parameters
    ----------
    first_line, row, shift
        From `deal_rows`.
    key, number : (n,) uint64, int64
        Key and number of the draws: for chains the chain's, the same at every step.
    posting_first : (n,) int32
        First of the entry's postings.
    partner, trading : (n,) int32, int16
        Partner of the entry and the company on its other side, or -1.
    reference_kind, reference_number, posting_day
        Of the entry; lines of balance sheet accounts are assigned to the reference.
    offsets, debits, row_account, row_posting, row_amount
        See `Rows`.
    posting_text, posting_kind : (postings,) int32, int8
        Text code, and `PLAIN`, `WITH_PARTNER` or `TO_EACH_CENTER`.
    of_result : (accounts,) int8
        Whether the account is one of income or expense: those have cost centres.
    bank
        Account whose lines have a value date.
    account … value_day
        Outputs; see `Block`.
    """
    # long: one argument and one assignment for each column.
    for entry in range(len(row)):
        begin = offsets[row[entry]]
        sides = debits[row[entry]]
        bits = draw(key[entry], np.uint64(number[entry]), CENTER)
        center_offset = np.int64(below(bits, np.uint64(COST_CENTERS)))
        for place in range(first_line[entry + 1] - first_line[entry]):
            source = np.uintp(begin + place)
            line = np.uintp(first_line[entry] + place)
            posted = row_account[source]
            account_at = np.uintp(posted)
            posting = np.uintp(posting_first[entry] + row_posting[source])
            amount = row_amount[source]
            on_debit = place < sides
            if place == 0 or place == sides:
                amount += shift[entry]
            account[line] = posted
            debit[line] = amount if on_debit else 0
            credit[line] = 0 if on_debit else amount
            local_amount[line] = amount if on_debit else -amount
            if of_result[account_at]:
                # Unsigned, so that the remainder by a constant is a multiplication.
                step = np.uint64(place)
                if posting_kind[posting] != TO_EACH_CENTER:
                    step = np.uint64(center_offset + posted)
                center = step % np.uint64(COST_CENTERS)
                cost_center[line] = np.int64(center)
                profit_center[line] = np.int64(center // np.uint64(CENTERS_OF_PROFIT_CENTER))
            else:
                cost_center[line] = -1
                profit_center[line] = -1
            out_partner[line] = partner[entry] if posting_kind[posting] == WITH_PARTNER else -1
            trading_partner[line] = trading[entry]
            tax_code[line] = -1
            tax_amount[line] = 0
            assigned = reference_kind[entry] >= 0 and not of_result[account_at]
            assignment_kind[line] = reference_kind[entry] if assigned else -1
            assignment_number[line] = reference_number[entry] if assigned else 0
            line_text[line] = posting_text[posting]
            value_day[line] = posting_day[entry] if posted == bank else -1
