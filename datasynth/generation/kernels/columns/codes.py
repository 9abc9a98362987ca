"""Codes of placed entries: what follows from their series, profile and row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.columns.headers import identity_of_version, uuid_high, uuid_low
from datasynth.generation.kernels.columns.vendor_numbers import printed_number
from datasynth.generation.kernels.drawn_amounts import part_of
from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.reading_ahead import prefetch
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG
from datasynth.generation.kernels.valued import FOREIGN, SETTLES, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.columns.block_columns import EntryColumns, EntryFacts
    from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records

PARITY, PARITY_PLACES = 1_000_000, 6
"""An exchange rate of one, and its decimals."""

CHOICE_BITS = 13
"""A partner is chosen from a table of ``2 ** CHOICE_BITS`` places."""

AHEAD = 8
"""Entries from the fetch of a row to its use."""

PARTNER, CENTER, SOURCE = np.uint64(2), np.uint64(3), np.uint64(7)
"""Fields of draws; see `draw`."""

_SOURCE_BITS = np.uint64(40)
"""This shift leaves 24 of 64 bits: chances of sources are in parts of ``2 ** 24``."""


class Profiles(NamedTuple):
    """What documents look like.

    Attributes
    ----------
    profiles, postings
        See `PROFILE` and `POSTING`.
    sources : (profiles, 2, sources - 1) int64
        Cumulative chances of the sources, on other days and on the last of a period.
    """

    profiles: Records
    postings: Records
    sources: NDArray[np.int64]


@kernel
def fill_profiles(
    id_key: np.uint64,
    series_table: Records,
    source: LineSource,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Fill profiles, companies on the other side and UUIDs of reversed entries; one turn is one entry.

    A closing entry has them in its row, any other in its series.
    """
    place_series, number, row = placements.series, placements.number, placements.row
    series_at = place_series.view(np.uint32)
    closing_rows, first_close = source.closing, source.first_close
    profile_of, trading = facts.profile, facts.trading_partner
    reversal_high, reversal_low = entries.reversal_high, entries.reversal_low
    for entry in range(len(place_series)):
        series = series_table[series_at[entry]]
        profile, trading_partner = series.profile, series.trading_partner
        original = np.int64(-1)
        if profile < 0:
            closing = closing_rows[row[entry] - first_close]
            profile, trading_partner = closing.profile, closing.trading_partner
            original = closing.reverses
        elif placements.version[entry] == REVERSAL:
            profile = series.reversal_profile
            original = np.int64(identity_of_version(place_series[entry], number[entry], WRONG))
        profile_of[entry], trading[entry] = profile, trading_partner
        high, low = np.uint64(0), np.uint64(0)
        if original >= 0:
            high, low = uuid_high(id_key, np.uint64(original)), uuid_low(id_key, np.uint64(original))
        reversal_high[entry], reversal_low[entry] = high, low


@kernel
def fill_choices(
    id_key: np.uint64,
    centers: int,
    series_table: Records,
    profiles: Profiles,
    partner_choice: NDArray[np.int16],
    placements: Placements,
    facts: EntryFacts,
) -> None:
    """Fill partners and `EntryFacts.center`; one turn is one entry."""
    profile_table, postings = profiles.profiles, profiles.postings
    series_at, numbers = placements.series.view(np.uint32), placements.number
    profile, center, partner = facts.profile, facts.center, facts.partner
    for entry in range(len(series_at)):
        series, number = series_table[series_at[entry]], np.uint64(numbers[entry])
        key, choosing = series.key, number
        if series.profile < 0:
            # A close and its reversal share a text, and so their cost centres.
            first = profile_table[profile[entry]].first_posting
            key, choosing = id_key, np.uint64(postings[first].text)
        center[entry] = np.int64(below(draw(key, choosing, CENTER), np.uint64(centers)))
        partner[entry] = -1
        if series.partner_pool >= 0:
            # The draw depends on the case alone, so all of its steps have one partner.
            place = draw(series.key, number, PARTNER) >> np.uint64(64 - CHOICE_BITS)
            partner[entry] = series.first_partner + partner_choice[np.uintp(series.partner_pool), place]


@kernel
def fill_currencies(
    series_table: Records,
    rows: Records,
    rates: Rates,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Fill currencies, exchange rates and totals in company currency; one turn is one entry."""
    series_at, row_at = placements.series.view(np.uint32), placements.row.view(np.uint64)
    jitter, booked, paid, total_of = placements.jitter, placements.booked, placements.paid, facts.total
    currency, exchange_rate, decimals = entries.currency, entries.exchange_rate, entries.rate_places
    last = len(series_at) - 1
    for entry in range(len(series_at)):
        prefetch(rows, row_at[min(entry + AHEAD, last)])
        series, row = series_table[series_at[entry]], rows[row_at[entry]]
        total = row.total + row.jitter_unit * jitter[entry]
        if series.distribution >= 0:
            total = part_of(booked[entry], row.total, series.whole)
        currency[entry], exchange_rate[entry], decimals[entry] = series.currency, PARITY, PARITY_PLACES
        if series.valuation == FOREIGN:
            rate, day = series.rate, LEAD_DAYS + placements.rate_day[entry]
            exchange_rate[entry], decimals[entry] = rates.printed[rate, day], rates.places[rate, day]
            total = valued(total, rates.rates[rate, day], rates.divisor[rate])
        elif series.valuation == SETTLES:
            # The exchange difference fills up the smaller side, so the larger amount is the total.
            total = max(booked[entry], paid[entry])
        total_of[entry] = total


@kernel
def fill_codes(
    styles: VendorStyles,
    series_table: Records,
    profile_table: Records,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Fill what series and profile fix, `company` to `batch`, and references; one turn is one entry.

    The partners must be filled already.
    """
    series_at, days, profile_at = (
        placements.series.view(np.uint32),
        placements.day,
        facts.profile.view(np.uint32),
    )
    company, document_type, process = entries.company, entries.document_type, entries.process
    reference, reference_number = entries.reference_kind, entries.reference_number
    header_text, batch = entries.header_text, entries.batch
    groups = np.int64(series_table[len(series_table) - 1].group) + 1
    for entry in range(len(series_at)):
        series, profile = series_table[series_at[entry]], profile_table[profile_at[entry]]
        company[entry] = series.company
        document_type[entry] = profile.document_type
        process[entry] = profile.process
        header_text[entry] = profile.text + (series.company if profile.named else 0)
        reference[entry], reference_number[entry] = -1, 0
        if profile.reference >= 0:
            reference[entry], reference_number[entry] = printed_number(
                styles, profile.reference, facts.partner[entry], placements.items[entry, 0]
            )
        # A batch holds a day's documents of one group, whatever their series, so the two number it.
        run = np.int64(days[entry]) * groups + series.group + 1
        batch[entry] = run if profile.batch else -1


@kernel
def fill_sources(
    id_key: np.uint64,
    days: Records,
    sources: NDArray[np.int64],
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Draw the sources; one turn is one entry."""
    place_series, number = placements.series, placements.number
    day_at, profile_at = placements.day.view(np.uint32), facts.profile.view(np.uint32)
    source, kinds = entries.source, sources.shape[2]
    for entry in range(len(place_series)):
        key = identity_of_version(place_series[entry], number[entry], placements.version[entry])
        chance = np.int64(draw(id_key, key, SOURCE) >> _SOURCE_BITS)
        # The cumulative chances ascend, and the last source takes the rest.
        own, at_end, chosen = profile_at[entry], np.uintp(days[day_at[entry]].at_end), 0
        for kind in range(kinds):
            chosen += 1 if chance >= sources[own, at_end, kind] else 0
        source[entry] = chosen
