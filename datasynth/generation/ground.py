"""The ground that a journal stands on: all that its kernels read, worked out once.

Everything here depends on the configuration alone; triggers change none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances import ChainBalances, merge_key
from datasynth.generation.closes.calendar import ClosingCalendar, hold_closes
from datasynth.generation.closes.items import ON_DEMAND_TYPES
from datasynth.generation.decks import zipf_choice
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.kernels.headers import SEGMENT_BITS
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.schedule.plan import Schedule, make_schedule
from datasynth.generation.sheet import Rows, Sheet, join, make_sheet
from datasynth.generation.styles import PARTNERS, StyleBook, make_style_book
from datasynth.ledger.calendars import FiscalCalendar
from datasynth.ledger.chart import Chart, standard_chart
from datasynth.ledger.currencies import minor_units
from datasynth.ledger.processes import PARTNER_TYPES, Band
from datasynth.ledger.roles import APPROVAL_LIMITS, APPROVERS, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config

_PARTNER_EXPONENT = 0.9

# When documents are entered, by band: hours, and how busy the stretch up to the
# next of them is.  People work 8 to 18 with a dip at lunch; batch jobs run at night.
_HOURS = {
    Band.NIGHT: ((0.5, 2), (1.5, 3), (3.0, 4), (4.0, 2), (5.5, 0)),
    Band.DAY: (
        *((7.0, 1), (8.0, 6), (9.0, 10), (12.0, 4), (13.0, 7)),
        *((14.0, 10), (17.0, 7), (18.0, 1), (19.0, 0)),
    ),
    Band.EVENING: ((19.25, 3), (20.0, 4), (21.0, 2), (21.75, 0)),
    Band.CLOSE: ((22.0, 1), (23.0, 0)),
}


@dataclass(frozen=True, slots=True)
class LeafColumns:
    """What kernels want to know of leaves; those of called-for entries come last.

    Attributes
    ----------
    kind, company, chain, style, row, bits, key, shift : (leaves,)
        See `Leaf`, `StyleBook` and `Sheet`; style -1 where each row has its own.
    """

    kind: NDArray[np.int8]
    company: NDArray[np.int16]
    chain: NDArray[np.int8]
    style: NDArray[np.int32]
    row: NDArray[np.int64]
    bits: NDArray[np.int32]
    key: NDArray[np.uint64]
    shift: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that follows from a configuration.

    Attributes
    ----------
    config, chart, schedule, sheet, book, chains, closes
        The parts.
    leaves
        Columns of leaves.
    rows, row_total
        Cards' rows, then those of the calendar's closes; the sums of their debits.
    first_close
        First row of the closes.
    id_key, day_key
        Keys of header draws and merge phases.
    year_start, day_year, day_period : (days,)
        First day of the fiscal year within the data set; fiscal year and period.
    times : (bands, 2 ** SEGMENT_BITS + 1) int32
        Time of day by share of the band. [s]
    company_currency : (companies,) int16
        Code of the currency.
    partner_choice, partner_first
        See `fill_codes`.
    role_first, role_size, limits, approver_role
        See `fill_people`.
    of_result : (accounts,) int8
        Whether an account is one of income or expense.
    bank
        The account with value dates.
    """

    config: Config
    chart: Chart
    schedule: Schedule
    sheet: Sheet
    book: StyleBook
    chains: ChainBalances
    closes: ClosingCalendar
    leaves: LeafColumns
    rows: Rows
    row_total: NDArray[np.int64]
    first_close: int
    id_key: np.uint64
    day_key: np.uint64
    year_start: NDArray[np.int32]
    day_year: NDArray[np.int16]
    day_period: NDArray[np.int8]
    times: NDArray[np.int32]
    company_currency: NDArray[np.int16]
    partner_choice: NDArray[np.int32]
    partner_first: NDArray[np.int32]
    role_first: NDArray[np.int32]
    role_size: NDArray[np.int32]
    limits: NDArray[np.int64]
    approver_role: NDArray[np.int8]
    of_result: NDArray[np.int8]
    bank: int


def on_demand_leaf(schedule: Schedule, company: int, document_type: str) -> int:
    """Return the number of a company's leaf of called-for entries, after all others."""
    place = ON_DEMAND_TYPES.index(document_type)
    return len(schedule.leaves) + len(ON_DEMAND_TYPES) * company + place


def lay_ground(config: Config) -> Ground:
    """Work out what a configuration implies; takes up to some seconds for the largest."""
    chart = standard_chart()
    seed = config.general.seed
    schedule = make_schedule(config)
    sheet = make_sheet(config, schedule, chart)
    book = make_style_book(config, chart)
    chains = ChainBalances(schedule, sheet, len(chart.accounts), seed)
    closes = hold_closes(config, schedule, sheet, chains, chart, book)
    rows = join([sheet.rows, closes.laid.rows])
    first_close = len(sheet.rows.debits)
    years, periods, year_start = _fiscal_days(config, schedule)
    partner_choice, partner_first = _partner_columns(len(config.companies))
    role_first, role_size, limits = _people_columns(config)
    return Ground(
        config=config,
        chart=chart,
        schedule=schedule,
        sheet=sheet,
        book=book,
        chains=chains,
        closes=closes,
        leaves=_leaf_columns(schedule, sheet, book, closes, first_close, seed),
        rows=rows,
        row_total=rows.totals(),
        first_close=first_close,
        id_key=np.uint64(make_key(seed, "document")),
        day_key=np.uint64(merge_key(seed)),
        year_start=year_start,
        day_year=years,
        day_period=periods,
        times=np.array([_time_table(_HOURS[band]) for band in Band], dtype=np.int32),
        company_currency=np.array(book.vocabulary.company_currencies, dtype=np.int16),
        partner_choice=partner_choice,
        partner_first=partner_first,
        role_first=role_first,
        role_size=role_size,
        limits=limits,
        approver_role=np.array([list(ROLES).index(role) for role in APPROVERS], dtype=np.int8),
        of_result=np.array([account.of_result for account in chart.accounts], dtype=np.int8),
        bank=chart.only("bank"),
    )


def _partner_columns(companies: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return which partners are chosen how often, and where each company's begin."""
    pools = [PARTNERS[kind] for kind in PARTNER_TYPES]
    before = [sum(pools[:number]) * companies for number in range(len(pools))]
    first = [
        [begin + size * company for company in range(companies)]
        for begin, size in zip(before, pools, strict=True)
    ]
    return np.stack([_choices(size) for size in pools]), np.array(first, dtype=np.int32)


def _people_columns(
    config: Config,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return where each role's users begin, how many there are, and the approval limits."""
    size = np.array(list(ROLES.values()), dtype=np.int32)
    offset = np.add.accumulate(size) - size
    first = [offset + int(size.sum()) * company for company in range(len(config.companies))]
    limits = [
        [minor_units(company.currency) * limit for limit in APPROVAL_LIMITS] for company in config.companies
    ]
    return np.array(first, dtype=np.int32), size, np.array(limits, dtype=np.int64)


def _leaf_columns(
    schedule: Schedule,
    sheet: Sheet,
    book: StyleBook,
    closes: ClosingCalendar,
    first_close: int,
    seed: int,
) -> LeafColumns:
    leaves = schedule.leaves
    owners = [leaf.company for leaf in leaves]
    called = [company for company in range(len(schedule.starts)) for _ in ON_DEMAND_TYPES]
    spare = len(called)
    closing = np.array([leaf.kind is LeafKind.CLOSE for leaf in leaves])
    row = np.where(closing, first_close + closes.leaf_first, sheet.leaf_row)
    nothing = np.zeros(spare, dtype=np.int64)
    key = [make_key(seed, "on demand", number) for number in range(spare)]
    return LeafColumns(
        np.array([leaf.kind for leaf in leaves] + [LeafKind.CLOSE] * spare, dtype=np.int8),
        np.array(owners + called, dtype=np.int16),
        np.array([leaf.chain for leaf in leaves] + [-1] * spare, dtype=np.int8),
        np.array([book.of_leaf(leaf) for leaf in leaves] + [-1] * spare, dtype=np.int32),
        np.concatenate([row, nothing]),
        np.concatenate([sheet.leaf_bits, nothing.astype(np.int32)]),
        np.concatenate([sheet.leaf_key, np.array(key, dtype=np.uint64)]),
        np.concatenate([sheet.leaf_shift, nothing - 1]),
    )


def _fiscal_days(
    config: Config, schedule: Schedule
) -> tuple[NDArray[np.int16], NDArray[np.int8], NDArray[np.int32]]:
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    dates = [schedule.horizon.start + timedelta(days=day) for day in range(schedule.horizon.days)]
    years = np.array([fiscal.year(when) for when in dates], dtype=np.int16)
    periods = np.array([fiscal.period(when) for when in dates], dtype=np.int8)
    begins = np.concatenate([[True], years[1:] != years[:-1]])
    start = np.maximum.accumulate(np.where(begins, np.arange(len(dates)), 0))
    return years, periods, start.astype(np.int32)


def _time_table(stretches: Sequence[tuple[float, int]]) -> list[int]:
    """Return the time of day at which each equal share of a band's documents is in. [s]"""
    seconds = [round(hour * 3_600) for hour, _ in stretches]
    mass = [0]
    for (begin, end), (_, busy) in zip(pairwise(seconds), stretches, strict=False):
        mass.append(mass[-1] + (end - begin) * busy)
    table = []
    segments = 1 << SEGMENT_BITS
    for share in range(segments + 1):
        due = mass[-1] * share // segments
        place = max(at for at in range(len(stretches) - 1) if mass[at] <= due)
        table.append(seconds[place] + (due - mass[place]) // stretches[place][1])
    return table


def _choices(size: int) -> NDArray[np.int32]:
    """Return a table in which each partner stands as often as it is busy."""
    shares = (np.arange(1 << CHOICE_BITS, dtype=np.uint64) << np.uint64(64 - CHOICE_BITS)) + (
        np.uint64(1) << np.uint64(63 - CHOICE_BITS)
    )
    return zipf_choice(size, shares, _PARTNER_EXPONENT).astype(np.int32)
