"""All columns of a block, filled from the placements of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datasynth.generation.kernels.columns.codes import (
    fill_choices,
    fill_codes,
    fill_currencies,
    fill_profiles,
    fill_sources,
)
from datasynth.generation.kernels.columns.headers import fill_dates, fill_people
from datasynth.generation.kernels.columns.lines import fill_lines, value_lines
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.kernels.columns.block_columns import EntryColumns, EntryFacts, LineColumns
    from datasynth.generation.kernels.columns.codes import Profiles
    from datasynth.generation.kernels.columns.headers import Staff
    from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records


class BlockTables(NamedTuple):
    """Tables in which the columns of a journal's blocks are looked up.

    Attributes
    ----------
    id_key
        Key of the header draws.
    first_day
        First day of the data set. [days since 1970-01-01]
    centers
        Number of cost centres.
    series, days, accounts
        See `SERIES`, `FISCAL_DAY` and `ACCOUNT`.
    partner_choice : (runs, 2 ** CHOICE_BITS) int16
        See `Partners.tables`.
    times : (day_parts, 2, 2 ** SEGMENT_BITS + 1) int32
        See `entry_times`. [s]
    """

    id_key: np.uint64
    first_day: int
    centers: int
    series: Records
    days: Records
    accounts: Records
    profiles: Profiles
    rates: Rates
    staff: Staff
    styles: VendorStyles
    partner_choice: NDArray[np.int16]
    times: NDArray[np.int32]


@kernel
def fill_block(
    tables: BlockTables,
    source: LineSource,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
    lines: LineColumns,
) -> None:
    """Fill the columns of placed entries, each kernel some of them; `facts` is scratch."""
    # In this order, since later kernels read profiles, partners and totals that earlier ones find.
    key, series, profiles = tables.id_key, tables.series, tables.profiles
    fill_profiles(key, series, source, placements, facts, entries)
    fill_choices(key, tables.centers, series, profiles, tables.partner_choice, placements, facts)
    fill_currencies(series, source.rows, tables.rates, placements, facts, entries)
    fill_codes(tables.styles, series, profiles.profiles, placements, facts, entries)
    fill_sources(key, tables.days, profiles.sources, placements, facts, entries)
    fill_dates(
        tables.first_day,
        key,
        tables.days,
        tables.times,
        profiles.profiles,
        tables.styles,
        placements,
        facts,
        entries,
    )
    fill_people(key, tables.staff, profiles.profiles, placements, facts, entries)
    styles, accounts = tables.styles, tables.accounts
    fill_lines(styles, tables.centers, series, profiles, accounts, source, placements, facts, entries, lines)
    value_lines(series, profiles, tables.rates, source, placements, facts, lines)
