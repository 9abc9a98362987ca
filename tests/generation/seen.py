"""A journal seen from the outside: its entries as words and dates."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.config.defaults import overlay
from datasynth.generation.journal import Journal
from datasynth.ledger.calendars import add_months, to_date, to_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal import Balances

USUAL = (1.3, 1.1, 1.0, 1.0, 0.85)
"""How busy Monday to Friday are."""


class Seen:
    """A journal and all of its entries."""

    def __init__(self, *patches: dict[str, object]) -> None:
        document: dict[str, object] = {}
        for patch in patches:
            document = overlay(document, patch)
        self._look(Journal(config_from_mapping(document)))

    @classmethod
    def of(cls, journal: Journal) -> Seen:
        """See a journal that is there already, such as a triggered one."""
        seen = cls.__new__(cls)
        seen._look(journal)
        return seen

    def _look(self, journal: Journal) -> None:
        self.journal = journal
        self.words = journal.vocabulary
        self.block: Block = journal.block(0, journal.total)
        self.types = np.array(self.words.document_types)[self.block.document_type]
        self._balances: dict[int, Balances] = {}

    @property
    def ids(self) -> set[tuple[int, int]]:
        """Return the halves of the ids of all entries."""
        return set(zip(self.block.id_high.tolist(), self.block.id_low.tolist(), strict=True))

    @cached_property
    def taken_back(self) -> NDArray[np.bool_]:
        """Tell which entries are reversed or reverse another one; together they change nothing."""
        block = self.block
        reverses = (block.reversal_high != 0) | (block.reversal_low != 0)
        reversed_ids = set(
            zip(block.reversal_high[reverses].tolist(), block.reversal_low[reverses].tolist(), strict=True)
        )
        ids = zip(block.id_high.tolist(), block.id_low.tolist(), strict=True)
        found: NDArray[np.bool_] = reverses | np.array([one in reversed_ids for one in ids])
        return found

    @property
    def dates(self) -> list[date]:
        """Return the posting dates of all entries."""
        return [to_date(day) for day in self.block.posting_day.tolist()]

    @cached_property
    def lines(self) -> NDArray[np.int64]:
        """Number of lines of each entry."""
        return np.diff(self.block.first_line)

    @cached_property
    def entry(self) -> NDArray[np.int64]:
        """Entry of each line."""
        return np.repeat(np.arange(self.block.entries), self.lines)

    @cached_property
    def company(self) -> NDArray[np.int64]:
        """Company of each line."""
        return self.block.company[self.entry].astype(np.int64)

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """Sum of each entry's debits in its own currency. [minor units]"""
        return np.add.reduceat(self.block.debit, self.block.first_line[:-1])

    @cached_property
    def header_texts(self) -> NDArray[np.str_]:
        """Header text of each entry."""
        return np.array(self.words.header_texts)[self.block.header_text]

    @cached_property
    def sources(self) -> NDArray[np.str_]:
        """Source of each entry."""
        return np.array(self.words.sources)[self.block.source]

    def on(self, *pools: str) -> NDArray[np.bool_]:
        """Tell which lines are on an account of some pools."""
        accounts = [account for pool in pools for account in self.journal.chart.pools[pool]]
        return np.isin(self.block.account, accounts)

    def having(self, lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which entries have any of some lines."""
        return np.logical_or.reduceat(lines, self.block.first_line[:-1])

    def turnover(self, position: int) -> NDArray[np.int64]:
        """Add up all lines before a position: debits and credits by company and account. [minor units]"""
        upto = int(self.block.first_line[position])
        shape = (len(self.words.companies), len(self.words.accounts), 2)
        sums = np.zeros(shape, dtype=np.int64)
        side = (self.block.credit[:upto] > 0).astype(np.int64)
        place = (self.company[:upto], self.block.account[:upto].astype(np.int64), side)
        np.add.at(sums, place, np.abs(self.block.local_amount[:upto]))
        return sums

    def balances(self, position: int) -> Balances:
        """Ask for the balances at a position, once."""
        if position not in self._balances:
            self._balances[position] = self.journal.balances(position)
        return self._balances[position]

    def net(self, position: int) -> NDArray[np.int64]:
        """Ask for what all companies and accounts stand at, debit positive. [minor units]"""
        found = self.balances(position)
        return found.opening + found.debit - found.credit

    def volume(self, first: date, last: date) -> NDArray[np.int64]:
        """Return the number of entries of each day, both bounds included."""
        days = np.arange(to_day(first), to_day(last) + 2)
        return np.diff(np.searchsorted(self.block.posting_day, days))

    def share(self, process: str) -> float:
        """Return the share of a process among the entries."""
        return float(np.mean(self.block.process == self.words.processes.index(process)))

    def spike(self, month: int, day: int) -> float:
        """Return how much busier the end of a month of 2024, from a day on, is than two weeks before.

        Working days only, each divided by how busy its weekday usually is.
        """
        last = add_months(date(2024, month, 1), 1) - timedelta(days=1)
        rates = []
        for first, end in ((date(2024, month, 8), date(2024, month, 21)), (date(2024, month, day), last)):
            days = [first + timedelta(days=place) for place in range((end - first).days + 1)]
            pairs = zip(self.volume(first, end).tolist(), days, strict=True)
            rates.append(np.mean([count / USUAL[on.weekday()] for count, on in pairs if on.weekday() < 5]))
        return float(rates[1] / rates[0])
