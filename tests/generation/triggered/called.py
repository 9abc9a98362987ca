"""A journal with one close called for, beside the same journal without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT

if TYPE_CHECKING:
    from datetime import date

    from datasynth.generation.triggers.segments import Trigger
    from tests.generation.seen import Seen


@dataclass(frozen=True, slots=True)
class Called:
    """What a trigger has done.

    Attributes
    ----------
    plain, seen
        The journal without and with it.
    trigger
        Its line in the log.
    """

    plain: Seen
    seen: Seen
    trigger: Trigger

    @property
    def companies(self) -> range:
        """Indexes of the companies."""
        return range(len(self.seen.words.companies))

    @property
    def first_of_next(self) -> date:
        """First day of the period after the call."""
        when = self.seen.dates[self.trigger.at_sequence]
        later = (when.replace(day=28)).toordinal() + 4
        return when.fromordinal(later).replace(day=1)

    def entries(self, text: str, document_type: str = "XC", company: int | None = None) -> list[int]:
        """Return the triggered entries with a header text."""
        found = (self.seen.block.pattern != ABSENT) & (self.seen.types == document_type)
        found &= np.char.startswith(self.seen.header_texts, text)
        if company is not None:
            found &= self.seen.block.company == company
        return np.flatnonzero(found).tolist()

    def entry(self, text: str, company: int) -> int:
        """Return the one entry of a company's package with a header text."""
        (found,) = self.entries(text, "XC", company)
        return found

    def posted(self, entry: int) -> dict[str, int]:
        """Return what an entry posts, by pool of the account, debit positive. [minor units]"""
        block, accounts = self.seen.block, self.seen.journal.chart.accounts
        sums: dict[str, int] = {}
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            pool = accounts[block.account[line]].pool
            sums[pool] = sums.get(pool, 0) + int(block.local_amount[line])
        return sums

    def turnover(self, company: int) -> int:
        """Return what a company usually turns over in a month. [minor units]"""
        return self.seen.journal._plan.closes.calculator.figures[company].turnover
