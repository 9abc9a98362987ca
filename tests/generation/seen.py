"""A journal seen from the outside: its entries as words and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.config.defaults import overlay
from datasynth.generation.journal import Journal
from datasynth.ledger.calendars import to_date, to_day

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from datasynth.generation.block import Block


class Seen:
    """A journal and all of its entries."""

    def __init__(self, *patches: dict[str, object]) -> None:
        document: dict[str, object] = {}
        for patch in patches:
            document = overlay(document, patch)
        self.journal = Journal(config_from_mapping(document))
        self.words = self.journal.vocabulary
        self.block: Block = self.journal.block(0, self.journal.total)
        self.ids = set(zip(self.block.id_high.tolist(), self.block.id_low.tolist(), strict=True))
        self.types = np.array(self.words.document_types)[self.block.document_type]
        self.dates = [to_date(day) for day in self.block.posting_day.tolist()]

    def volume(self, first: date, last: date) -> NDArray[np.int64]:
        """Return the number of entries of each day, both bounds included."""
        days = np.arange(to_day(first), to_day(last) + 2)
        return np.diff(np.searchsorted(self.block.posting_day, days))

    def share(self, process: str) -> float:
        """Return the share of a process among the entries."""
        return float(np.mean(self.block.process == self.words.processes.index(process)))
