"""Compiles or loads every kernel of the journal, by computing a small one."""

from __future__ import annotations

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.ledger.closes import PATTERNS

# Just enough for cases, closes and triggers.
_SMALL = {"transactions": {"target_count": 5_000}, "global": {"period_months": 1}}


def warm_up() -> None:
    """Run every kernel once; takes less than a second unless kernels have to be compiled."""
    journal = Journal(config_from_mapping(_SMALL))
    for pattern in PATTERNS:
        journal, _ = journal.trigger(pattern, 0)
    journal.block(0, min(journal.total, 64))
    # As many as there are, so that payables come after receivables; wrong documents are
    # open in the middle and never at the end.
    for position in (journal.total // 2, journal.total):
        journal.open_items(position, None, 0, 10**6)
