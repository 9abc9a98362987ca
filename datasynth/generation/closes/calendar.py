"""The calendar's closes of a whole stream, worked out once, as rows of lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.entries import CloseCalculator
from datasynth.generation.closes.facts import CloseContext, ClosingEntry, CompanyFacts
from datasynth.generation.schedule.closing_plan import intercompany_rings
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.document_lines import DocumentLines
from datasynth.ledger.closes import Basis
from datasynth.ledger.exchange import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.balances.exposures import Exposures
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.profiles.document_profiles import DocumentProfiles
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart

NUMBER_BITS = 40
"""An entry's identity is its series, shifted by so many bits, and its number."""

_LEAST_TURNOVER = 100
"""Of a month. [US dollars]"""


@dataclass(frozen=True, slots=True)
class ClosingRows:
    """Closing entries laid out for the kernels, a row each.

    Attributes
    ----------
    rows
        Their lines.
    profile : (rows,) int32
        Profile of each.
    reverses : (rows,) int64
        `identity` of the entry that is taken back, or -1.
    trading : (rows,) int16
        Company on the other side, or -1.
    """

    rows: DocumentLines
    profile: NDArray[np.int32]
    reverses: NDArray[np.int64]
    trading: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ClosingCalendar:
    """All closes of the calendar.

    Attributes
    ----------
    calculator, facts
        What made them, and makes those that triggers call for.
    entries
        Series by series, in the order of their document numbers.
    laid
        The same as rows.
    series_first : (series,) int64
        First row of each series' entries.
    """

    calculator: CloseCalculator
    facts: tuple[CompanyFacts, ...]
    entries: tuple[ClosingEntry, ...]
    laid: ClosingRows
    series_first: NDArray[np.int64]


def closing_days(schedule: Schedule) -> list[list[int]]:
    """Return before which days the closes of each company look at the books, and the end of all days."""
    days: list[list[int]] = [[] for _ in schedule.starts]
    for close in schedule.closes:
        days[close.company] += [close.work_day + 1, close.last_day + 1]
    for looked in days:
        if schedule.horizon.days not in looked[-1:]:
            looked.append(schedule.horizon.days)
    return days


def company_facts(
    config: Config, schedule: Schedule, template_lines: TemplateLines, day_balances: DayBalances, chart: Chart
) -> tuple[CompanyFacts, ...]:
    """Estimate what the companies sell in a month; of one that sells nothing, all that it posts.

    A case's turnover is counted at its first document.
    """
    sold, posted = [0] * len(config.companies), [0] * len(config.companies)
    for at, series in enumerate(schedule.all_series):
        if series.kind is not SeriesKind.CLOSE and series.step == 0 and series.case_kind.abroad < 0:
            volume = int(schedule.before[-1, at]) * template_lines.gross[at]
            posted[series.company] += volume
            if series.case_kind.amount_profile == "sale" and series.document_type != "WA":
                sold[series.company] += volume
        elif series.kind is SeriesKind.CASE and series.document_type == "RV":
            sold[series.company] += int(schedule.before[-1, at]) * template_lines.gross[at]
    turnover = [sales or every for sales, every in zip(sold, posted, strict=True)]
    months = config.general.period_months
    smallest = [dollars(company.currency) for company in config.companies]
    monthly = [
        max(whole // months, _LEAST_TURNOVER * unit) for whole, unit in zip(turnover, smallest, strict=True)
    ]
    rings = intercompany_rings(config)
    facts = []
    for company, usual in enumerate(monthly):
        ring = rings.get(company, (company,))
        place = ring.index(company)
        charged = ring[(place + 1) % len(ring)]
        charger = ring[place - 1]
        smaller = (min(usual, monthly[charged]), min(usual, monthly[charger]))
        received = -int(day_balances.opened(company)[chart.only("grir")])
        facts.append(CompanyFacts(company, usual, smaller, charger, received, smallest[company]))
    return tuple(facts)


def hold_closes(
    config: Config,
    schedule: Schedule,
    template_lines: TemplateLines,
    chart: Chart,
    profiles: DocumentProfiles,
    exposures: Exposures,
    day_balances: DayBalances,
    build: BuildContext,
) -> ClosingCalendar:
    """Work out every entry of the calendar's closes, company by company, in order.

    `day_balances` know the days of `closing_days`.
    """
    facts = company_facts(config, schedule, template_lines, day_balances, chart)
    calculator = CloseCalculator(chart, config.general.seed, facts)
    made: list[list[ClosingEntry]] = []
    for company, closes in groupby(schedule.closes, key=lambda close: close.company):
        held = list(closes)
        moved = day_balances.movements(company)
        gained = exposures.before_days(company, day_balances.days[company][: 2 * len(held) : 2], day_balances)
        drawn = calculator.draw(company, held, [(close.last_day,) for close in held])
        balances = np.zeros(len(chart.accounts), dtype=np.int64)
        waiting: list[ClosingEntry] = []
        previous = np.zeros(len(chart.accounts), dtype=np.int64)
        tax_due = 0
        for number, close in enumerate(held):
            build.checkpoint()
            work, last = moved[2 * number], moved[2 * number + 1]
            balances += work - previous
            for entry in waiting:
                for account, amount in zip(entry.accounts, entry.amounts, strict=True):
                    balances[account] += amount
            around = CloseContext(gained[number], tax_due)
            entries = calculator.entries(close, drawn[number], balances, last - work, around)
            tax_due = _returned(entries, chart.only("tax_return_payable"))
            waiting = [entry for entry in entries if entry.day == close.next_day]
            made.append(entries)
            previous = last
    build.checkpoint()
    laid, arranged, first = _arrange(made, schedule, profiles, facts, build)
    return ClosingCalendar(calculator, facts, arranged, laid, first)


def _returned(entries: Sequence[ClosingEntry], account: int) -> int:
    """Return what a close's tax return came to. [minor units]"""
    return -sum(
        amount
        for entry in entries
        if entry.item.basis is Basis.TAX_RETURN
        for on, amount in entry.lines
        if on == account
    )


def _arrange(
    made: Sequence[Sequence[ClosingEntry]],
    schedule: Schedule,
    profiles: DocumentProfiles,
    facts: tuple[CompanyFacts, ...],
    build: BuildContext,
) -> tuple[ClosingRows, tuple[ClosingEntry, ...], NDArray[np.int64]]:
    """Sort the entries of closes by series and day, and resolve which reverses which."""
    place = {
        (series.company, series.document_type): at
        for at, series in enumerate(schedule.all_series)
        if series.kind is SeriesKind.CLOSE
    }
    flat = list(chain.from_iterable(made))
    series = np.array([place[entry.company, entry.document_type] for entry in flat], dtype=np.int64)
    # Closes are in order, and so are the entries of each.
    order = np.lexsort((np.array([entry.day for entry in flat], dtype=np.int64), series))
    build.checkpoint()
    entries = [flat[at] for at in order.tolist()]
    series = series[order]
    first = np.searchsorted(series, np.arange(len(schedule.all_series)))
    first[np.setdiff1d(np.arange(len(first)), series)] = 0
    identity = np.empty(len(flat), dtype=np.int64)
    identity[order] = (series << NUMBER_BITS) + np.arange(len(flat)) - first[series]
    # The one that is taken back is among the entries of the same close.
    sizes = [len(entries) for entries in made]
    begin = np.repeat(np.add.accumulate([0, *sizes])[:-1], sizes)
    back = np.array([entry.reverses for entry in flat], dtype=np.int64)
    taken_back = np.where(back >= 0, identity[begin + np.maximum(back, 0)] if flat else 0, -1)
    build.checkpoint()
    laid = lay_rows(entries, profiles, facts, taken_back[order].tolist(), called=False)
    build.checkpoint()
    return laid, tuple(entries), first


def lay_rows(
    entries: Sequence[ClosingEntry],
    profiles: DocumentProfiles,
    facts: Sequence[CompanyFacts],
    reverses: Sequence[int],
    *,
    called: bool,
) -> ClosingRows:
    """Lay closing entries out for the kernels.

    Parameters
    ----------
    entries
        In the order of their rows.
    profiles
        Document profiles of the journal.
    facts
        Of the companies.
    reverses
        `identity` of the entry that each takes back, or -1.
    called
        Whether a trigger called for them.
    """
    lengths = np.array([len(entry.accounts) for entry in entries], dtype=np.int64)
    offsets = np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64)
    count = int(offsets[-1])
    account, amount = (
        np.fromiter(chain.from_iterable(values), dtype=np.int64, count=count)
        for values in ((entry.accounts for entry in entries), (entry.amounts for entry in entries))
    )
    row = np.repeat(np.arange(len(entries)), lengths)
    on_credit = amount < 0
    order = np.argsort(2 * row + on_credit, kind="stable")
    rows = DocumentLines(
        offsets,
        np.bincount(row, amount > 0, len(entries)).astype(np.int32),
        account[order].astype(np.int16),
        np.zeros(len(row), dtype=np.int16),
        np.abs(amount[order]),
        np.zeros(len(row), dtype=np.int32),
    )
    profile = [profiles.of_item[entry.item.name, entry.source == "reversal", called] for entry in entries]
    trading = [_trading(entry, facts) for entry in entries]
    return ClosingRows(
        rows,
        np.array(profile, dtype=np.int32),
        np.array(reverses, dtype=np.int64),
        np.array(trading, dtype=np.int16),
    )


def _trading(entry: ClosingEntry, facts: Sequence[CompanyFacts]) -> int:
    if entry.item.basis is not Basis.INTERCOMPANY:
        return -1
    if entry.item.receives:
        return facts[entry.company].charger
    return next(other.company for other in facts if other.charger == entry.company)
