"""How series hang together: currencies, what settles what, who is on the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.schedule.document_series import SeriesKind, trading_ring
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule


def document_currency(config: Config, series: DocumentSeries) -> str:
    """Return the currency in which a series' documents are, or were that they settle."""
    own = config.companies[series.company].currency
    if series.kind is SeriesKind.CLOSE or series.posted.currency is Valuation.LOCAL:
        return own
    if series.case_kind.intercompany:
        return config.companies[series.case_company].currency
    return trading_currencies(own)[series.case_kind.abroad]


def valuation_of(config: Config, series: DocumentSeries) -> Valuation:
    """Return how a series' documents are valued: those of a pair of one currency are local."""
    if document_currency(config, series) == config.companies[series.company].currency:
        return Valuation.LOCAL
    return series.posted.currency


def currency_pairs(config: Config, all_series: tuple[DocumentSeries, ...]) -> list[tuple[str, str]]:
    """Return document and company currency of all series where they differ."""
    pairs = (
        (document_currency(config, series), config.companies[series.company].currency)
        for series in all_series
    )
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def series_rate(config: Config, rates: RateTable, series: DocumentSeries) -> int:
    """Return the row of the rate table that a series' documents are valued with, or -1."""
    return rates.row(document_currency(config, series), config.companies[series.company].currency)


def trading_partner(config: Config, series: DocumentSeries) -> int:
    """Return the company on the other side of a series' documents, or -1."""
    if series.kind is not SeriesKind.CASE or not series.case_kind.intercompany:
        return -1
    return series.case_company if series.posted.of_buyer else trading_ring(config)[series.case_company]


def step_series(schedule: Schedule, series: DocumentSeries, step: int) -> int:
    """Return the series of another step of a series' cases."""
    return schedule.place[series.kind, series.case_company, series.case, step]


def settled_window(schedule: Schedule, series: DocumentSeries) -> int:
    """Return the lag table of the step in foreign currency that a series settles, or -1."""
    if series.kind is not SeriesKind.CASE or series.posted.currency is not Valuation.SETTLES:
        return -1
    steps = series.case_kind.steps
    foreign = next(at for at, step in enumerate(steps) if step.currency is Valuation.FOREIGN)
    return int(schedule.series_window[step_series(schedule, series, foreign)])


def reversed_series(schedule: Schedule, series: DocumentSeries) -> int:
    """Return the series whose documents a series takes back, or -1."""
    if series.kind is not SeriesKind.CASE or series.posted.reverses < 0:
        return -1
    return step_series(schedule, series, series.posted.reverses)
