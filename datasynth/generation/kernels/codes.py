"""Codes of located entries: what their leaf or row says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import draw
from datasynth.generation.kernels.headers import uuid_high, uuid_low
from datasynth.generation.kernels.lines import PARTNER
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARITY = 1_000_000
"""An exchange rate of one. [millionths]"""

CHOICE_BITS = 13
"""A partner is chosen from a table of ``2 ** CHOICE_BITS`` places."""


@kernel
def fill_codes(
    first_close: int,
    id_key: np.uint64,
    day: NDArray[np.int32],
    leaf: NDArray[np.int32],
    number: NDArray[np.int64],
    row: NDArray[np.int64],
    shift: NDArray[np.int64],
    leaf_style: NDArray[np.int32],
    leaf_company: NDArray[np.int16],
    leaf_key: NDArray[np.uint64],
    row_style: NDArray[np.int32],
    row_reverses: NDArray[np.int64],
    row_trading: NDArray[np.int16],
    row_total: NDArray[np.int64],
    company_currency: NDArray[np.int16],
    partner_choice: NDArray[np.int32],
    partner_first: NDArray[np.int32],
    style_document_type: NDArray[np.int16],
    style_source: NDArray[np.int8],
    style_process: NDArray[np.int8],
    style_reference: NDArray[np.int16],
    style_text: NDArray[np.int32],
    style_named: NDArray[np.int8],
    style_batch: NDArray[np.int8],
    style_partner: NDArray[np.int8],
    style_posting: NDArray[np.int32],
    style: NDArray[np.int32],
    key: NDArray[np.uint64],
    total: NDArray[np.int64],
    partner: NDArray[np.int32],
    trading: NDArray[np.int16],
    posting_first: NDArray[np.int32],
    company: NDArray[np.int16],
    document_type: NDArray[np.int16],
    currency: NDArray[np.int16],
    exchange_rate: NDArray[np.int64],
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
    day, leaf, number, row, shift
        Of each entry, from `locate` and `deal_rows`.
    leaf_style : (leaves,) int32
        Style of the leaf's documents, or -1 where each row has its own.
    leaf_company, leaf_key : (leaves,)
        Company, and key of the chains' draws.
    row_style, row_reverses, row_trading : (closing rows,)
        Style, `identity` of the entry reversed or -1, company on the other side or -1.
    row_total : (rows,) int64
        Sum of the debits. [minor units]
    company_currency : (companies,) int16
        Currency of each company.
    partner_choice : (partner types, 2 ** CHOICE_BITS) int32
        Partners, each as often as it is busy.
    partner_first : (partner types, companies) int32
        First of each company's partners.
    style_… : (styles,)
        See `Styles`.
    style, key, total, partner, trading, posting_first
        Outputs for the other kernels.
    company … batch
        Outputs; see `Block`.
    """
    # long: one argument and one assignment for each column.
    for entry in range(len(leaf)):
        at = leaf[entry]
        owner = leaf_company[at]
        look = leaf_style[at]
        trading[entry] = -1
        reversal_high[entry] = np.uint64(0)
        reversal_low[entry] = np.uint64(0)
        if look < 0:
            closing = row[entry] - first_close
            look = row_style[closing]
            trading[entry] = row_trading[closing]
            if row_reverses[closing] >= 0:
                original = np.uint64(row_reverses[closing])
                reversal_high[entry] = uuid_high(id_key, original)
                reversal_low[entry] = uuid_low(id_key, original)
        style[entry] = look
        key[entry] = leaf_key[at]
        total[entry] = row_total[row[entry]] + shift[entry]
        posting_first[entry] = style_posting[look]
        kind = style_partner[look]
        partner[entry] = -1
        if kind >= 0:
            bits = draw(leaf_key[at], np.uint64(number[entry]), PARTNER)
            place = np.int64(bits >> np.uint64(64 - CHOICE_BITS))
            partner[entry] = partner_first[kind, owner] + partner_choice[kind, place]
        company[entry] = owner
        document_type[entry] = style_document_type[look]
        currency[entry] = company_currency[owner]
        exchange_rate[entry] = PARITY
        reference_kind[entry] = style_reference[look]
        reference_number[entry] = number[entry] + 1 if style_reference[look] >= 0 else 0
        header_text[entry] = style_text[look] + (owner if style_named[look] else 0)
        source[entry] = style_source[look]
        process[entry] = style_process[look]
        batch[entry] = np.int64(day[entry]) * len(leaf_style) + at + 1 if style_batch[look] else -1
