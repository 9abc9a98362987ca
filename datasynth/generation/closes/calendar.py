"""The calendar's closes of a whole stream, worked out once, as rows of lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.cards.rows import Rows
from datasynth.generation.closes.entries import ClosingDesk
from datasynth.generation.closes.facts import ClosingEntry, CompanyFacts, Surroundings
from datasynth.generation.closes.plan import intercompany_rings
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.closes import Basis
from datasynth.ledger.exchange import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.books.exposures import Exposures
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.generation.styles.style_book import StyleBook
    from datasynth.ledger.chart import Chart

LEAF_SHIFT = 40
"""An entry's identity is its leaf, shifted by so many bits, and its number."""

_LEAST_TURNOVER = 100
"""Of a month. [US dollars]"""


@dataclass(frozen=True, slots=True)
class ClosingRows:
    """Closing entries laid out for the kernels, a row each.

    Attributes
    ----------
    rows
        Their lines.
    style : (rows,) int32
        Style of each.
    reverses : (rows,) int64
        `identity` of the entry that is taken back, or -1.
    trading : (rows,) int16
        Company on the other side, or -1.
    """

    rows: Rows
    style: NDArray[np.int32]
    reverses: NDArray[np.int64]
    trading: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ClosingCalendar:
    """All closes of the calendar.

    Attributes
    ----------
    desk, facts
        What made them, and makes those that triggers call for.
    entries
        Leaf by leaf, in the order of their document numbers.
    laid
        The same as rows.
    leaf_first : (leaves,) int64
        First row of each leaf's entries.
    looked, movements
        By company: days before whose ends the closes looked at the books, and
        (days, accounts) int64 movements of chains and single documents until then,
        debit positive. [days from the start; minor units]
    """

    desk: ClosingDesk
    facts: tuple[CompanyFacts, ...]
    entries: tuple[ClosingEntry, ...]
    laid: ClosingRows
    leaf_first: NDArray[np.int64]
    looked: dict[int, list[int]]
    movements: dict[int, NDArray[np.int64]]
    spans: tuple[tuple[int, int], ...]

    def of_company(self, company: int) -> list[ClosingEntry]:
        """Return the entries of one company, in no order that means anything."""
        return [
            entry
            for first, last in self.spans
            for entry in self.entries[first:last]
            if self.entries[first].company == company
        ]


def company_facts(
    config: Config, schedule: Schedule, sheet: Sheet, chains: ChainBalances, chart: Chart
) -> tuple[CompanyFacts, ...]:
    """Estimate what the companies sell in a month; of one that sells nothing, all that it posts.

    A chain's turnover is counted at its first document.
    """
    sold, posted = [0] * len(config.companies), [0] * len(config.companies)
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is not LeafKind.CLOSE and leaf.step == 0 and leaf.chain_kind.abroad < 0:
            volume = int(schedule.before[-1, at]) * sheet.gross[at]
            posted[leaf.company] += volume
            if leaf.chain_kind.profile == "sale" and leaf.document_type != "WA":
                sold[leaf.company] += volume
        elif leaf.kind is LeafKind.CHAIN and leaf.document_type == "RV":
            sold[leaf.company] += int(schedule.before[-1, at]) * sheet.gross[at]
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
        received = -int(chains.opening(company)[chart.only("grir")])
        facts.append(CompanyFacts(company, usual, smaller, charger, received, smallest[company]))
    return tuple(facts)


def hold_closes(
    config: Config,
    schedule: Schedule,
    sheet: Sheet,
    chains: ChainBalances,
    chart: Chart,
    book: StyleBook,
    exposures: Exposures,
) -> ClosingCalendar:
    """Work out every entry of the calendar's closes, company by company, in order."""
    facts = company_facts(config, schedule, sheet, chains, chart)
    desk = ClosingDesk(chart, config.general.seed, facts)
    made: list[tuple[int, int, ClosingEntry]] = []
    looked: dict[int, list[int]] = {}
    moved: dict[int, NDArray[np.int64]] = {}
    for company, closes in groupby(schedule.closes, key=lambda close: close.company):
        held = list(closes)
        days = [day + 1 for close in held for day in (close.work_day, close.last_day)]
        turnover = chains.before_days(company, days)
        movements = turnover[:, :, 0] - turnover[:, :, 1]
        looked[company], moved[company] = days, movements
        balances = [0] * len(chart.accounts)
        waiting: list[ClosingEntry] = []
        previous = np.zeros(len(chart.accounts), dtype=np.int64)
        tax_due = 0
        for number, close in enumerate(held):
            work, last = movements[2 * number], movements[2 * number + 1]
            _add(balances, (work - previous).tolist())
            for entry in waiting:
                for account, amount in entry.lines:
                    balances[account] += amount
            late = (last - work).tolist()
            around = Surroundings(exposures.before_day(company, close.work_day + 1), tax_due)
            entries = desk.entries(close, (close.last_day,), balances, late, around)
            tax_due = _returned(entries, chart.only("tax_return_payable"))
            waiting = [entry for entry in entries if entry.day == close.next_day]
            made += [(number, place, entry) for place, entry in enumerate(entries)]
            previous = last
    laid, arranged, first = _arrange(made, schedule, book, facts)
    ends = np.flatnonzero(np.diff([entry.company for entry in arranged])) + 1
    bounds = [0, *ends.tolist(), len(arranged)] if arranged else []
    return ClosingCalendar(desk, facts, arranged, laid, first, looked, moved, tuple(pairwise(bounds)))


def _returned(entries: Sequence[ClosingEntry], account: int) -> int:
    """Return what a close's tax return came to. [minor units]"""
    return -sum(
        amount
        for entry in entries
        if entry.item.basis is Basis.TAX_RETURN
        for on, amount in entry.lines
        if on == account
    )


def _add(balances: list[int], movements: Sequence[int]) -> None:
    for account, amount in enumerate(movements):
        balances[account] += amount


def _arrange(
    made: Sequence[tuple[int, int, ClosingEntry]],
    schedule: Schedule,
    book: StyleBook,
    facts: tuple[CompanyFacts, ...],
) -> tuple[ClosingRows, tuple[ClosingEntry, ...], NDArray[np.int64]]:
    """Sort entries by leaf and day, and resolve which reverses which."""
    place = {
        (leaf.company, leaf.document_type): at
        for at, leaf in enumerate(schedule.leaves)
        if leaf.kind is LeafKind.CLOSE
    }
    numbered = sorted(
        (place[entry.company, entry.document_type], entry.day, number, order) for number, order, entry in made
    )
    found = {(entry.company, number, order): entry for number, order, entry in made}
    leaves = schedule.leaves
    first = np.zeros(len(leaves), dtype=np.int64)
    entries: list[ClosingEntry] = []
    who: dict[tuple[int, int, int], int] = {}
    for at, group in groupby(numbered, key=lambda row: row[0]):
        first[at] = len(entries)
        for _, _, number, order in group:
            key = (leaves[at].company, number, order)
            who[key] = (at << LEAF_SHIFT) + len(entries) - int(first[at])
            entries.append(found[key])
    close_of = {id(entry): (entry.company, number) for number, _, entry in made}
    reverses = [who[*close_of[id(entry)], entry.reverses] if entry.reverses >= 0 else -1 for entry in entries]
    laid = lay_rows(entries, book, facts, reverses, called=False)
    return laid, tuple(entries), first


def lay_rows(
    entries: Sequence[ClosingEntry],
    book: StyleBook,
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
    book
        Styles of the journal.
    facts
        Of the companies.
    reverses
        `identity` of the entry that each takes back, or -1.
    called
        Whether a trigger called for them.
    """
    ordered = [sorted(entry.lines, key=lambda line: line[1] < 0) for entry in entries]
    lengths = np.array([len(lines) for lines in ordered], dtype=np.int64)
    flat = [line for lines in ordered for line in lines]
    rows = Rows(
        np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64),
        np.array([sum(amount > 0 for _, amount in lines) for lines in ordered], dtype=np.int32),
        np.array([account for account, _ in flat], dtype=np.int16),
        np.zeros(len(flat), dtype=np.int16),
        np.array([abs(amount) for _, amount in flat], dtype=np.int64),
        np.zeros(len(flat), dtype=np.int32),
    )
    style = [book.of_item[entry.item.name, entry.source == "reversal", called] for entry in entries]
    trading = [_trading(entry, facts) for entry in entries]
    return ClosingRows(
        rows,
        np.array(style, dtype=np.int32),
        np.array(reverses, dtype=np.int64),
        np.array(trading, dtype=np.int16),
    )


def _trading(entry: ClosingEntry, facts: Sequence[CompanyFacts]) -> int:
    if entry.item.basis is not Basis.INTERCOMPANY:
        return -1
    if entry.item.name.endswith(("received", "paid")):
        return facts[entry.company].charger
    return next(other.company for other in facts if other.charger == entry.company)
