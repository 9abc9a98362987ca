"""What kernels want to know of series, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.profiles.vocabulary import currencies_of
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.series_links import (
    document_currency,
    reversed_series,
    series_rate,
    settled_window,
    trading_partner,
    valuation_of,
)
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.processes import PARTNER_TYPES, Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.closes.calendar import ClosingCalendar
    from datasynth.generation.parties.partners import Partners
    from datasynth.generation.profiles.document_profiles import DocumentProfiles
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines

_SINGLES_FROM = 64
"""In numbers of items, kinds of single documents follow those of cases."""


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Columns of series; those of triggered entries come last.

    Attributes
    ----------
    kind, company, case_company, case, profile, row, settled, bits, key, jitter : (series,)
        See `DocumentSeries`, `DocumentProfiles` and `TemplateLines`; profile -1 where each row has its own.
    number : (series,) int8
        Kind of case in the numbers of items.
    valuation : (series,) int8
        `Valuation` of its documents in their company.
    settled_window : (series,) int32
        Lag table of the step that it settles, or -1.
    receives : (series,) int8
        Whether it settles what is owed to the company.
    rate : (series,) int16
        Row of the rate table, or -1.
    currency : (series,) int16
        Code of the document currency.
    reverses : (series,) int32
        Series whose documents it takes back, or -1.
    trading : (series,) int16
        Company on the other side, or -1.
    pool, partner : (series,)
        Row of `partner_choice` and first partner, or -1.
    partner_choice : (sizes of pools, 2 ** CHOICE_BITS) int32
        See `Partners.tables`.
    """

    kind: NDArray[np.int8]
    company: NDArray[np.int16]
    case_company: NDArray[np.int16]
    case: NDArray[np.int8]
    profile: NDArray[np.int32]
    row: NDArray[np.int64]
    settled: NDArray[np.int64]
    bits: NDArray[np.int32]
    key: NDArray[np.uint64]
    jitter: NDArray[np.int64]
    number: NDArray[np.int8]
    valuation: NDArray[np.int8]
    settled_window: NDArray[np.int32]
    receives: NDArray[np.int8]
    rate: NDArray[np.int16]
    currency: NDArray[np.int16]
    reverses: NDArray[np.int32]
    trading: NDArray[np.int16]
    pool: NDArray[np.int16]
    partner: NDArray[np.int32]
    partner_choice: NDArray[np.int32]


_KINDS = (
    *(np.int8, np.int16, np.int16, np.int8, np.int32, np.int64, np.int64, np.int32, np.uint64, np.int64),
    *(np.int8, np.int8, np.int32, np.int8, np.int16, np.int16, np.int32, np.int16, np.int16, np.int32),
)


def make_series_table(
    config: Config,
    schedule: Schedule,
    template_lines: TemplateLines,
    profiles: DocumentProfiles,
    closes: ClosingCalendar,
    rates: RateTable,
    whom: Partners,
    first_close: int,
) -> SeriesTable:
    """Lay out the columns; `first_close` is the first row of the closes."""
    currencies = currencies_of(config)
    own = [currencies.index(company.currency) for company in config.companies]
    partners = [_partners(series, whom) for series in schedule.all_series]
    rows: list[tuple[int, ...]] = []
    for at, series in enumerate(schedule.all_series):
        valuation = _valuation(config, series)
        foreign = valuation is Valuation.FOREIGN
        closing = series.kind is SeriesKind.CLOSE
        rows.append(
            (
                *(series.kind, series.company, series.case_company, series.case, profiles.of_series(series)),
                first_close + int(closes.series_first[at]) if closing else int(template_lines.series_row[at]),
                int(template_lines.series_settled[at]),
                int(template_lines.series_bits[at]),
                int(template_lines.series_key[at]),
                int(template_lines.series_jitter[at]),
                _number(series),
                valuation,
                settled_window(schedule, series),
                _receives(series),
                series_rate(config, rates, series),
                currencies.index(document_currency(config, series)) if foreign else own[series.company],
                reversed_series(schedule, series),
                trading_partner(config, series),
                *partners[at],
            )
        )
    called = [company for company in range(len(config.companies)) for _ in ON_DEMAND_TYPES]
    for number, company in enumerate(called):
        key = make_key(config.general.seed, "on demand", number)
        rows.append(
            (
                *(SeriesKind.CLOSE, company, company, -1, -1, 0, -1, 0, key, 0),
                *(0, 0, -1, 0, -1, own[company], -1, -1, -1, -1),
            )
        )
    arrays: list[NDArray[Any]] = [
        np.array(column, dtype=kind) for column, kind in zip(zip(*rows, strict=True), _KINDS, strict=True)
    ]
    return SeriesTable(*[*arrays, whom.tables])


def _valuation(config: Config, series: DocumentSeries) -> Valuation:
    return Valuation.LOCAL if series.kind is SeriesKind.CLOSE else valuation_of(config, series)


def _number(series: DocumentSeries) -> int:
    return series.case + _SINGLES_FROM * (series.kind is SeriesKind.SINGLE)


def _receives(series: DocumentSeries) -> bool:
    return series.kind is SeriesKind.CASE and not series.posted.debit[0].item


def _partners(series: DocumentSeries, whom: Partners) -> tuple[int, int]:
    """Return the table from which a series' partners are chosen, and the first of them."""
    if series.kind is SeriesKind.CLOSE or not series.case_kind.partner:
        return -1, -1
    kind = series.case_kind
    return whom.of_company(PARTNER_TYPES.index(kind.partner), series.company, kind.abroad)
