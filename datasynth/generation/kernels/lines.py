"""Line columns of placed entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import LEAD_DAYS
from datasynth.generation.kernels.items import item_number
from datasynth.generation.kernels.valued import DIFFERENCE, FOREIGN, PAID, SETTLES, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTNER = np.uint64(2)
CENTER = np.uint64(3)

CENTERS_OF_PROFIT_CENTER = 8
"""Cost centres that belong to one profit centre."""


@kernel
def fill_lines(
    first_line: NDArray[np.int64],
    row: NDArray[np.int64],
    jitter: NDArray[np.int64],
    booked: NDArray[np.int64],
    paid: NDArray[np.int64],
    center: NDArray[np.int64],
    number: NDArray[np.int64],
    series: NDArray[np.int32],
    series_rate: NDArray[np.int16],
    series_valuation: NDArray[np.int8],
    day: NDArray[np.int32],
    rates: NDArray[np.int64],
    divisor: NDArray[np.int64],
    kind: NDArray[np.int8],
    posting_first: NDArray[np.int32],
    partner: NDArray[np.int32],
    trading: NDArray[np.int16],
    posting_day: NDArray[np.int32],
    centers: int,
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    row_account: NDArray[np.int16],
    row_posting: NDArray[np.int16],
    row_amount: NDArray[np.int64],
    row_jitter_unit: NDArray[np.int32],
    posting_text: NDArray[np.int32],
    posting_item: NDArray[np.int16],
    posting_item_index: NDArray[np.int8],
    posting_value: NDArray[np.int8],
    posting_spread: NDArray[np.int8],
    posting_tax: NDArray[np.int8],
    of_result: NDArray[np.int8],
    of_bank: NDArray[np.int8],
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
    first_line, row, jitter, booked, paid
        From `deal_rows`.
    center : (n,) int64
        Where the cost centres of the entry's accounts begin; for cases the same at every step.
    number : (n,) int64
        Number of the case.
    series, series_rate, series_valuation, day, rates, divisor
        What amounts in foreign currency are valued with.
    kind : (n,) int8
        Kind of case, as in the numbers of items.
    posting_first : (n,) int32
        First of the entry's postings.
    partner, trading : (n,) int32, int16
        Partner of the entry and the company on its other side, or -1.
    posting_day : (n,) int32
        Of the entry.
    centers
        Number of cost centres.
    offsets, debits, row_account, row_posting, row_amount, row_jitter_unit
        See `DocumentLines`.
    posting_text, posting_item, posting_item_index, posting_value, posting_spread, posting_tax : (postings,)
        Text code; prefix and slot of the item on the line, or -1; what of a
        settlement the line carries; whether every line has a cost centre of its
        own; tax code of the line, or -1.
    of_result, of_bank : (accounts,) int8
        Whether the account is one of income or expense, which have cost centres;
        whether it is a bank's, which have value dates.
    account … value_day
        Outputs; see `Block`.
    """
    # long: one argument and one assignment for each column.
    for entry in range(len(row)):
        begin = offsets[row[entry]]
        sides = debits[row[entry]]
        foreign = series_valuation[series[entry]] == FOREIGN
        settles = series_valuation[series[entry]] == SETTLES
        rate, parts = np.int64(0), np.int64(1)
        if foreign:
            rate = rates[series_rate[series[entry]], LEAD_DAYS + day[entry]]
            parts = divisor[series_rate[series[entry]]]
        reached, before = np.int64(0), np.int64(0)
        for place in range(first_line[entry + 1] - first_line[entry]):
            source = np.uintp(begin + place)
            line = np.uintp(first_line[entry] + place)
            posted = row_account[source]
            account_at = np.uintp(posted)
            posting = np.uintp(posting_first[entry] + row_posting[source])
            amount = row_amount[source] + row_jitter_unit[source] * jitter[entry]
            if settles and posting_value[posting] > 0:
                amount = booked[entry]
                if posting_value[posting] == PAID:
                    amount = paid[entry]
                elif posting_value[posting] == DIFFERENCE:
                    amount = abs(paid[entry] - booked[entry])
            local = amount
            if foreign:
                if place == sides:
                    reached, before = np.int64(0), np.int64(0)
                reached += amount
                after = valued(reached, rate, parts)
                local = after - before
                before = after
            on_debit = place < sides
            account[line] = posted
            debit[line] = amount if on_debit else 0
            credit[line] = 0 if on_debit else amount
            local_amount[line] = local if on_debit else -local
            if of_result[account_at]:
                # Unsigned, so that the remainder is one of machine words.
                step = np.uint64(place)
                if not posting_spread[posting]:
                    step = np.uint64(center[entry] + posted)
                place_of = step % np.uint64(centers)
                cost_center[line] = np.int64(place_of)
                profit_center[line] = np.int64(place_of // np.uint64(CENTERS_OF_PROFIT_CENTER))
            else:
                cost_center[line] = -1
                profit_center[line] = -1
            item = posting_item[posting]
            out_partner[line] = partner[entry] if item >= 0 else -1
            trading_partner[line] = trading[entry]
            tax_code[line] = posting_tax[posting]
            tax_amount[line] = amount if posting_tax[posting] >= 0 else 0
            assignment_kind[line] = item
            assignment_number[line] = 0
            if item >= 0:
                assignment_number[line] = item_number(number[entry], posting_item_index[posting], kind[entry])
            line_text[line] = posting_text[posting]
            value_day[line] = posting_day[entry] if of_bank[account_at] else -1
