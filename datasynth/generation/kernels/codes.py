"""Codes of located entries: what their leaf or row says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import LEAD_DAYS
from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.headers import identity, uuid_high, uuid_low
from datasynth.generation.kernels.items import item_number
from datasynth.generation.kernels.lines import CENTER, PARTNER
from datasynth.generation.kernels.valued import FOREIGN, SETTLES, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARITY, PARITY_PLACES = 1_000_000, 6
"""An exchange rate of one, and its decimals."""

CHOICE_BITS = 13
"""A partner is chosen from a table of ``2 ** CHOICE_BITS`` places."""

SOURCE = np.uint64(7)
_SOURCE_BITS = np.uint64(40)


@kernel
def fill_codes(
    first_close: int,
    id_key: np.uint64,
    day: NDArray[np.int32],
    leaf: NDArray[np.int32],
    number: NDArray[np.int64],
    row: NDArray[np.int64],
    shift: NDArray[np.int64],
    booked: NDArray[np.int64],
    paid: NDArray[np.int64],
    leaf_style: NDArray[np.int32],
    leaf_company: NDArray[np.int16],
    leaf_key: NDArray[np.uint64],
    leaf_currency: NDArray[np.int16],
    leaf_rate: NDArray[np.int16],
    leaf_valuation: NDArray[np.int8],
    leaf_reverses: NDArray[np.int32],
    leaf_number: NDArray[np.int8],
    leaf_trading: NDArray[np.int16],
    leaf_pool: NDArray[np.int16],
    leaf_partner: NDArray[np.int32],
    row_style: NDArray[np.int32],
    row_reverses: NDArray[np.int64],
    row_trading: NDArray[np.int16],
    row_total: NDArray[np.int64],
    row_scale: NDArray[np.int64],
    rates: NDArray[np.int64],
    divisor: NDArray[np.int64],
    printed: NDArray[np.int64],
    places: NDArray[np.int8],
    partner_choice: NDArray[np.int32],
    day_end: NDArray[np.int8],
    style_document_type: NDArray[np.int16],
    style_sources: NDArray[np.int64],
    style_process: NDArray[np.int8],
    style_reference: NDArray[np.int16],
    style_slot: NDArray[np.int8],
    style_text: NDArray[np.int32],
    style_named: NDArray[np.int8],
    style_batch: NDArray[np.int8],
    style_posting: NDArray[np.int32],
    posting_text: NDArray[np.int32],
    centers: int,
    style: NDArray[np.int32],
    center: NDArray[np.int64],
    total: NDArray[np.int64],
    partner: NDArray[np.int32],
    trading: NDArray[np.int16],
    kind: NDArray[np.int8],
    posting_first: NDArray[np.int32],
    company: NDArray[np.int16],
    document_type: NDArray[np.int16],
    currency: NDArray[np.int16],
    exchange_rate: NDArray[np.int64],
    rate_places: NDArray[np.int8],
    reference_kind: NDArray[np.int16],
    reference_number: NDArray[np.int64],
    header_text: NDArray[np.int32],
    source: NDArray[np.int8],
    process: NDArray[np.int8],
    reversal_high: NDArray[np.uint64],
    reversal_low: NDArray[np.uint64],
    batch: NDArray[np.int64],
) -> None:
    """Fill codes, and what the other header kernels need; one turn is one entry.

    Parameters
    ----------
    first_close
        First row of the closes; rows before it are cards.
    id_key
        Key of the header draws.
    day, leaf, number, row, shift, booked, paid
        Of each entry, from `locate` and `deal_rows`.
    leaf_style … leaf_partner : (leaves,)
        See `LeafColumns`; style -1 where each row has its own.
    row_style, row_reverses, row_trading : (closing rows,)
        Style, `identity` of the entry reversed or -1, company on the other side or -1.
    row_total, row_scale : (rows,) int64
        Sum of the debits, and what a step of variation adds to it. [minor units]
    rates, divisor, printed, places
        See `RateTable`.
    partner_choice : (pools, 2 ** CHOICE_BITS) int32
        Partners of pools of each size, each as often as it is busy.
    day_end : (days,) int8
        1 on the last days of a period.
    style_… : (styles,)
        See `Styles`; `style_sources` is (styles, 2, sources - 1).
    posting_text : (postings,) int32
        Line text of each posting; closes have their cost centres by it, as have
        what takes them back.
    centers
        Number of cost centres.
    style, center, total, partner, trading, kind, posting_first
        Outputs for the other kernels; the total in company currency.
    company … batch
        Outputs; see `Block`.
    """
    # long: one argument and one assignment for each column.
    for entry in range(len(leaf)):
        at = leaf[entry]
        look = leaf_style[at]
        who = identity(at, number[entry])
        trading[entry] = leaf_trading[at]
        reversal_high[entry] = np.uint64(0)
        reversal_low[entry] = np.uint64(0)
        original = np.int64(-1)
        if look < 0:
            closing = row[entry] - first_close
            look = row_style[closing]
            trading[entry] = row_trading[closing]
            original = row_reverses[closing]
        elif leaf_reverses[at] >= 0:
            original = np.int64(identity(leaf_reverses[at], number[entry]))
        if original >= 0:
            reversal_high[entry] = uuid_high(id_key, np.uint64(original))
            reversal_low[entry] = uuid_low(id_key, np.uint64(original))
        style[entry] = look
        bits = draw(leaf_key[at], np.uint64(number[entry]), CENTER)
        if leaf_style[at] < 0:
            bits = draw(id_key, np.uint64(posting_text[style_posting[look]]), CENTER)
        center[entry] = np.int64(below(bits, np.uint64(centers)))
        kind[entry] = leaf_number[at]
        posting_first[entry] = style_posting[look]
        partner[entry] = -1
        if leaf_pool[at] >= 0:
            bits = draw(leaf_key[at], np.uint64(number[entry]), PARTNER)
            place = np.int64(bits >> np.uint64(64 - CHOICE_BITS))
            partner[entry] = leaf_partner[at] + partner_choice[leaf_pool[at], place]
        company[entry] = leaf_company[at]
        document_type[entry] = style_document_type[look]
        currency[entry] = leaf_currency[at]
        exchange_rate[entry] = PARITY
        rate_places[entry] = PARITY_PLACES
        total[entry] = row_total[row[entry]] + row_scale[row[entry]] * shift[entry]
        if leaf_valuation[at] == FOREIGN:
            rate, when = leaf_rate[at], LEAD_DAYS + day[entry]
            exchange_rate[entry] = printed[rate, when]
            rate_places[entry] = places[rate, when]
            total[entry] = valued(total[entry], rates[rate, when], divisor[rate])
        elif leaf_valuation[at] == SETTLES:
            total[entry] = max(booked[entry], paid[entry])
        reference_kind[entry] = style_reference[look]
        reference_number[entry] = 0
        if style_reference[look] >= 0:
            reference_number[entry] = item_number(number[entry], style_slot[look], leaf_number[at])
        header_text[entry] = style_text[look] + (leaf_company[at] if style_named[look] else 0)
        chance = np.int64(draw(id_key, who, SOURCE) >> _SOURCE_BITS)
        chosen = 0
        end = day_end[day[entry]]
        while chosen < style_sources.shape[2] and chance >= style_sources[look, end, chosen]:
            chosen += 1
        source[entry] = chosen
        process[entry] = style_process[look]
        batch[entry] = np.int64(day[entry]) * len(leaf_style) + at + 1 if style_batch[look] else -1
