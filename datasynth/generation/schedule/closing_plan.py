"""Which closes the calendar holds, and how many entries each has room for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.day_weights import Horizon
from datasynth.ledger.calendars import FiscalCalendar, add_months, month_end
from datasynth.ledger.closes import (
    CARRY_FORWARD,
    CARRY_FORWARD_TYPE,
    PATTERNS,
    REVERSAL_TYPE,
    Basis,
    ClosingItem,
    items_of,
)
from datasynth.ledger.processes import PROCESSES
from datasynth.ledger.taxes import tax_regime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext

# A close takes at most this part of its month's entries, so that small streams
# do not consist of closes; its most needed items come first. [percent]
_MOST_OF_MONTH = 8
# Likewise of what a process other than record to report has in the month. [percent]
_MOST_OF_PROCESS = 30
# Every year's close has room for its own two entries and the carry-forward, unless
# the company has fewer entries in all than this.
_OF_YEAR = 3
_FEWEST_FOR_YEAR = 20
# With fewer documents in foreign currency a month, none may be open at its end.
_FEWEST_ABROAD = 8


@dataclass(frozen=True, slots=True)
class Close:
    """One close of one company.

    Attributes
    ----------
    pattern
        One of `PATTERNS`.
    items
        What it consists of, the most needed first.
    work_day, last_day
        Days of the ordinary entries and of those in period 13. [days from the start]
    next_day
        First day of the next period, or -1 if that is past the end. [days from the start]
    """

    company: int
    pattern: str
    items: tuple[ClosingItem, ...]
    work_day: int
    last_day: int
    next_day: int

    def documents(self) -> Iterator[tuple[int, str, str]]:
        """Yield day, document type and business process of every entry, reversals included."""
        for item in self.items:
            yield (self.last_day if item.last_day else self.work_day), item.document_type, item.process
            if self.next_day >= 0 and item.reverses:
                yield self.next_day, REVERSAL_TYPE, item.process
        if self.carries_forward:
            yield self.next_day, CARRY_FORWARD_TYPE, CARRY_FORWARD.process

    def sources(self) -> Iterator[str]:
        """Yield the source of every entry but the reversals."""
        yield from (item.source for item in self.items)
        if self.carries_forward:
            yield CARRY_FORWARD.source

    @property
    def carries_forward(self) -> bool:
        """Whether retained earnings are carried forward on the next day."""
        yearly = self.next_day >= 0 and self.pattern == PATTERNS[-1]
        return yearly and any(item.basis is Basis.SUMMARY for item in self.items)


def process_weights(config: Config) -> dict[str, float]:
    """Return the weight of each process."""
    # Both are in the order of the configuration's section.
    section = config.business_processes
    shares = (getattr(section, field.name) for field in fields(section))
    return dict(zip(PROCESSES, shares, strict=True))


def weighted_processes(config: Config) -> frozenset[str]:
    """Return the processes that the configuration gives any weight."""
    return frozenset(process for process, share in process_weights(config).items() if share > 0)


def intercompany_rings(config: Config) -> dict[int, tuple[int, ...]]:
    """Return, for every company that has partners, the companies of its currency.

    Each charges the next one of its ring, the last one the first.
    """
    rings: dict[str, tuple[int, ...]] = {}
    for index, company in enumerate(config.companies):
        rings[company.currency] = (*rings.get(company.currency, ()), index)
    return {index: ring for ring in rings.values() if len(ring) > 1 for index in ring}


def plan_closes(
    config: Config, entries: Sequence[int], weights: Sequence[NDArray[np.int64]], build: BuildContext = ALONE
) -> list[Close]:
    """Plan the closes of the calendar, by company and date; `weights` include the lead days."""
    rings = intercompany_rings(config)
    closes: list[Close] = []
    for company, total in enumerate(entries):
        build.checkpoint()
        smallest = min((entries[member] for member in rings.get(company, ())), default=0)
        closes += _of_company(config, company, total, smallest, weights[company][LEAD_DAYS:-LEAD_DAYS])
    return closes


def _of_company(
    config: Config, company: int, total: int, smallest: int, days: NDArray[np.int64]
) -> Iterator[Close]:
    """Yield the closes of a company; `smallest` is the fewest entries of a company of its ring, or 0."""
    horizon = Horizon.of(config)
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    processes = weighted_processes(config)
    possible = {pattern: _possible(pattern, processes, with_partners=smallest > 0) for pattern in PATTERNS}
    first = True
    left = total
    for last in _month_ends(horizon):
        begin, end = max((last.replace(day=1) - horizon.start).days, 0), (last - horizon.start).days + 1
        part = int(days[begin:end].sum()) * _MOST_OF_MONTH
        room, shared = (entries * part // (int(days.sum()) * 100) for entries in (total, smallest))
        if fiscal.ends_year(last) and total >= _FEWEST_FOR_YEAR:
            room = max(room, _OF_YEAR)
        pattern = _pattern(fiscal, last)
        pointless = _pointless(config, company, total, first=first)
        wanted = tuple(item for item in possible[pattern] if item.basis not in pointless)
        items = _fit(wanted, min(room, left), shared, _rooms(config, room))
        if items:
            first = False
            left -= sum(_documents(item) for item in items)
            yield Close(
                company,
                pattern,
                items,
                work_day=begin + _last_busy(days[begin:end]),
                last_day=end - 1,
                next_day=end if end < horizon.days else -1,
            )


def _pointless(config: Config, company: int, total: int, *, first: bool) -> frozenset[Basis]:
    """Return the bases for which a company's close finds nothing to post."""
    found = set()
    regime = tax_regime(config.companies[company].country)
    if not (config.tax.enabled and config.tax.taxable_share and regime.sales_taxed):
        found |= {Basis.TAX_RETURN, Basis.TAX_PAYMENT}
    if first:
        found.add(Basis.TAX_PAYMENT)
    abroad = total * config.transactions.foreign_currency_share / config.general.period_months
    if abroad < _FEWEST_ABROAD:
        found.add(Basis.REVALUATION)
    return frozenset(found)


def possible_items(config: Config, pattern: str, company: int) -> tuple[ClosingItem, ...]:
    """Return the items of a triggered close of a company."""
    with_partners = company in intercompany_rings(config)
    items = _possible(pattern, frozenset(PROCESSES), with_partners=with_partners)
    return tuple(item for item in items if not item.calendar)


def _possible(pattern: str, processes: frozenset[str], *, with_partners: bool) -> tuple[ClosingItem, ...]:
    return tuple(
        item
        for item in items_of(pattern)
        if item.process in processes and (with_partners or item.basis is not Basis.INTERCOMPANY)
    )


def _month_ends(horizon: Horizon) -> Iterator[date]:
    last = month_end(horizon.start)
    while last < horizon.end:
        yield last
        last = month_end(add_months(last.replace(day=1), 1))


def _pattern(fiscal: FiscalCalendar, last: date) -> str:
    if fiscal.ends_year(last):
        return "year_end"
    return "quarter_end" if fiscal.ends_quarter(last) else "month_end"


def _rooms(config: Config, room: int) -> dict[str, int]:
    """Return how many entries of a close each process may have; record to report has no limit of its own."""
    shares = process_weights(config)
    month = room * 100 // _MOST_OF_MONTH
    total = sum(shares.values())
    return {
        process: int(month * share / total * _MOST_OF_PROCESS) // 100
        for process, share in shares.items()
        if process != "R2R"
    }


def _fit(
    wanted: tuple[ClosingItem, ...], room: int, shared: int, rooms: Mapping[str, int]
) -> tuple[ClosingItem, ...]:
    """Return the items that fit; those of two companies only where both have room for all.

    Processes other than record to report have rooms of their own, so that closes do
    not outgrow what the process is due.
    """
    everything = sum(1 + item.reverses for item in wanted) + 1
    left = dict(rooms)
    chosen = []
    for item in wanted:
        if item.basis is Basis.INTERCOMPANY and shared < everything:
            continue
        if item.process in left:
            left[item.process] -= 1 + item.reverses
            if left[item.process] < 0:
                continue
        room -= _documents(item)
        if room < 0:
            break
        chosen.append(item)
    return tuple(chosen)


def _documents(item: ClosingItem) -> int:
    """Count the entries of an item: itself, its reversal, and the carry-forward."""
    return 1 + item.reverses + (item.basis is Basis.SUMMARY)


def _last_busy(days: NDArray[np.int64]) -> int:
    """Return the last day that is at least half as busy as the month's busiest."""
    half = int(days.max()) / 2
    return int(np.flatnonzero(days >= half)[-1])
