"""Codes of placed entries: what their series or row says of them."""

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
    series: NDArray[np.int32],
    number: NDArray[np.int64],
    row: NDArray[np.int64],
    jitter: NDArray[np.int64],
    booked: NDArray[np.int64],
    paid: NDArray[np.int64],
    series_profile: NDArray[np.int32],
    series_company: NDArray[np.int16],
    series_key: NDArray[np.uint64],
    series_currency: NDArray[np.int16],
    series_rate: NDArray[np.int16],
    series_valuation: NDArray[np.int8],
    series_reverses: NDArray[np.int32],
    series_number: NDArray[np.int8],
    series_trading: NDArray[np.int16],
    series_pool: NDArray[np.int16],
    series_partner: NDArray[np.int32],
    row_profile: NDArray[np.int32],
    row_reverses: NDArray[np.int64],
    row_trading: NDArray[np.int16],
    row_total: NDArray[np.int64],
    row_jitter_unit: NDArray[np.int64],
    rates: NDArray[np.int64],
    divisor: NDArray[np.int64],
    printed: NDArray[np.int64],
    places: NDArray[np.int8],
    partner_choice: NDArray[np.int32],
    day_end: NDArray[np.int8],
    profile_document_type: NDArray[np.int16],
    profile_sources: NDArray[np.int64],
    profile_process: NDArray[np.int8],
    profile_reference: NDArray[np.int16],
    profile_item: NDArray[np.int8],
    profile_text: NDArray[np.int32],
    profile_named: NDArray[np.int8],
    profile_batch: NDArray[np.int8],
    profile_posting: NDArray[np.int32],
    posting_text: NDArray[np.int32],
    centers: int,
    profile: NDArray[np.int32],
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
        First row of the closes; rows before it are templates.
    id_key
        Key of the header draws.
    day, series, number, row, jitter, booked, paid
        Of each entry, from `fill_placements` and `deal_rows`.
    series_profile … series_partner : (series,)
        See `SERIES`; profile -1 where each row has its own.
    row_profile, row_reverses, row_trading : (closing rows,)
        Profile, `identity` of the entry reversed or -1, company on the other side or -1.
    row_total, row_jitter_unit : (rows,) int64
        Sum of the debits, and what a jitter step adds to it. [minor units]
    rates, divisor, printed, places
        See `RateTable`.
    partner_choice : (pools, 2 ** CHOICE_BITS) int32
        Partners of pools of each size, each as often as it is busy.
    day_end : (days,) int8
        1 on the last days of a period.
    profile_… : (profile_table,)
        See `ProfileTable`; `profile_sources` is (document profiles, 2, sources - 1).
    posting_text : (postings,) int32
        Line text of each posting; closes have their cost centres by it, as have
        what takes them back.
    centers
        Number of cost centres.
    profile, center, total, partner, trading, kind, posting_first
        Outputs for the other kernels; the total in company currency.
    company … batch
        Outputs; see `Block`.
    """
    # long: one argument and one assignment for each column.
    for entry in range(len(series)):
        at = series[entry]
        which = series_profile[at]
        who = identity(at, number[entry])
        trading[entry] = series_trading[at]
        reversal_high[entry] = np.uint64(0)
        reversal_low[entry] = np.uint64(0)
        original = np.int64(-1)
        if which < 0:
            closing = row[entry] - first_close
            which = row_profile[closing]
            trading[entry] = row_trading[closing]
            original = row_reverses[closing]
        elif series_reverses[at] >= 0:
            original = np.int64(identity(series_reverses[at], number[entry]))
        if original >= 0:
            reversal_high[entry] = uuid_high(id_key, np.uint64(original))
            reversal_low[entry] = uuid_low(id_key, np.uint64(original))
        profile[entry] = which
        bits = draw(series_key[at], np.uint64(number[entry]), CENTER)
        if series_profile[at] < 0:
            bits = draw(id_key, np.uint64(posting_text[profile_posting[which]]), CENTER)
        center[entry] = np.int64(below(bits, np.uint64(centers)))
        kind[entry] = series_number[at]
        posting_first[entry] = profile_posting[which]
        partner[entry] = -1
        if series_pool[at] >= 0:
            bits = draw(series_key[at], np.uint64(number[entry]), PARTNER)
            place = np.int64(bits >> np.uint64(64 - CHOICE_BITS))
            partner[entry] = series_partner[at] + partner_choice[series_pool[at], place]
        company[entry] = series_company[at]
        document_type[entry] = profile_document_type[which]
        currency[entry] = series_currency[at]
        exchange_rate[entry] = PARITY
        rate_places[entry] = PARITY_PLACES
        total[entry] = row_total[row[entry]] + row_jitter_unit[row[entry]] * jitter[entry]
        if series_valuation[at] == FOREIGN:
            rate, when = series_rate[at], LEAD_DAYS + day[entry]
            exchange_rate[entry] = printed[rate, when]
            rate_places[entry] = places[rate, when]
            total[entry] = valued(total[entry], rates[rate, when], divisor[rate])
        elif series_valuation[at] == SETTLES:
            total[entry] = max(booked[entry], paid[entry])
        reference_kind[entry] = profile_reference[which]
        reference_number[entry] = 0
        if profile_reference[which] >= 0:
            reference_number[entry] = item_number(number[entry], profile_item[which], series_number[at])
        header_text[entry] = profile_text[which] + (series_company[at] if profile_named[which] else 0)
        chance = np.int64(draw(id_key, who, SOURCE) >> _SOURCE_BITS)
        chosen = 0
        end = day_end[day[entry]]
        while chosen < profile_sources.shape[2] and chance >= profile_sources[which, end, chosen]:
            chosen += 1
        source[entry] = chosen
        process[entry] = profile_process[which]
        batch[entry] = np.int64(day[entry]) * len(series_profile) + at + 1 if profile_batch[which] else -1
