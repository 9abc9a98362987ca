"""A journal seen from the outside: its entries as words and dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.config.defaults import overlay
from datasynth.generation.journal import Journal
from datasynth.ledger.calendars import add_months, to_date, to_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block

USUAL = (1.3, 1.1, 1.0, 1.0, 0.85)
"""How busy Monday to Friday are."""


class Seen:
    """A journal and all of its entries."""

    def __init__(self, *patches: dict[str, object]) -> None:
        document: dict[str, object] = {}
        for patch in patches:
            document = overlay(document, patch)
        self.journal = Journal(config_from_mapping(document))
        self.words = self.journal.vocabulary
        self.block: Block = self.journal.block(0, self.journal.total)
        self.types = np.array(self.words.document_types)[self.block.document_type]

    @property
    def ids(self) -> set[tuple[int, int]]:
        """Return the halves of the ids of all entries."""
        return set(zip(self.block.id_high.tolist(), self.block.id_low.tolist(), strict=True))

    @property
    def dates(self) -> list[date]:
        """Return the posting dates of all entries."""
        return [to_date(day) for day in self.block.posting_day.tolist()]

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
