"""Figures of each company that the amounts of its closes depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.generation.schedule.closing_plan import intercompany_rings
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.exchange import dollars

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart

# What a company owns of each asset class at the start, in monthly turnovers, and how much
# of that is depreciated; our choice, in the order of `ASSET_CLASSES`.
_OPENING_COST = (1, 3, 1, 6)
_DEPRECIATED_PERCENT = 40

_LEAST_TURNOVER = 100
"""Of a month. [US dollars]"""


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """Figures that the amounts of a company's closes depend on.

    Attributes
    ----------
    turnover
        Usual turnover of a month. [minor units]
    partner_turnover
        The smaller turnover of this company and the one that it charges; the same for
        the one that charges it. [minor units]
    charger
        The company that charges this one.
    open_receipts
        Goods received before the start and not yet invoiced then. [minor units]
    smallest
        Least amount of an estimate, about a dollar. [minor units]
    """

    company: int
    turnover: int
    partner_turnover: tuple[int, int]
    charger: int
    open_receipts: int
    smallest: int

    def opening_cost(self, asset_class: int) -> int:
        """Return what an asset class had cost before the start. [minor units]"""
        return self.turnover * _OPENING_COST[asset_class]

    def opening_depreciation(self, asset_class: int) -> int:
        """Return what of it had been depreciated before the start. [minor units]"""
        return self.opening_cost(asset_class) * _DEPRECIATED_PERCENT // 100


def company_figures(
    config: Config, schedule: Schedule, chart: Chart, day_balances: DayBalances
) -> tuple[CompanyFigures, ...]:
    """Work out the figures of all companies."""
    smallest = [dollars(company.currency) for company in config.companies]
    monthly = [
        max(whole // config.general.period_months, _LEAST_TURNOVER * unit)
        for whole, unit in zip(_turnover(config, schedule), smallest, strict=True)
    ]
    rings = intercompany_rings(config)
    figures = []
    for company, turnover in enumerate(monthly):
        ring = rings.get(company, (company,))
        place = ring.index(company)
        charged, charger = ring[(place + 1) % len(ring)], ring[place - 1]
        figures.append(
            CompanyFigures(
                company=company,
                turnover=turnover,
                partner_turnover=(min(turnover, monthly[charged]), min(turnover, monthly[charger])),
                charger=charger,
                open_receipts=-int(day_balances.opened(company)[chart.only("grir")]),
                smallest=smallest[company],
            )
        )
    return tuple(figures)


def _turnover(config: Config, schedule: Schedule) -> list[int]:
    """Estimate what each company sells; if it sells nothing, all that it posts. [minor units]

    A case counts at its first document, or at its invoice if it is a sale.
    """
    sold, posted = [0] * len(config.companies), [0] * len(config.companies)
    gross, documents = schedule.series.gross.tolist(), schedule.before[-1].tolist()
    for at, series in enumerate(schedule.document_series):
        volume = documents[at] * gross[at]
        if series.in_cases and series.step == 0 and series.case_kind.abroad < 0:
            posted[series.company] += volume
            if series.case_kind.amount_profile == "sale" and series.document_type != "WA":
                sold[series.company] += volume
        elif series.kind is SeriesKind.CASE and series.document_type == "RV":
            sold[series.company] += volume
    return [sales or every for sales, every in zip(sold, posted, strict=True)]
