"""How the documents of a leaf are summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.leaf_links import leaf_rate, settled_window, valuation_of
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import Posting

# Compiled loops take so many numbers at once, and the rest of a row one by one.
_LANES = 16
_FEW_SLOTS = 4

NO_WINDOWS = np.empty((0, CLASSES), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class LeafBooks:
    """How one leaf's documents are summed.

    Attributes
    ----------
    sides
        Account and side of each slot: ``2 * account``, plus 1 for credits.
    valuation
        Of the documents in their company.
    upto
        Chains, or single documents, before each day.
    lead
        First day of `upto`, lead days first.
    windows, settled
        Lag tables of the step and of the one that it settles; none for single documents.
    window, settled_window
        Their numbers in `Schedule.windows`, or -1.
    rate
        Row of the rate table.
    first_row
        Of the rows that amounts are taken from.
    receives
        Whether it settles what is owed to the company.
    """

    sides: NDArray[np.int32]
    valuation: Valuation
    upto: NDArray[np.int64]
    lead: int
    windows: NDArray[np.uint8]
    settled: NDArray[np.uint8]
    window: int
    settled_window: int
    rate: int
    first_row: int
    receives: bool


def whole_lanes(slots: int) -> int:
    """Return in how many columns a step's slots are summed; those beyond the slots stay nil."""
    return slots if slots <= _FEW_SLOTS else -(-slots // _LANES) * _LANES


def describe_books(
    config: Config, schedule: Schedule, sheet: Sheet, chart: Chart, rates: RateTable, at: int
) -> LeafBooks:
    """Describe how a leaf's documents are summed; not for closes."""
    leaf = schedule.leaves[at]
    chained = leaf.kind is LeafKind.CHAIN
    valuation = valuation_of(config, leaf)
    settles = valuation is Valuation.SETTLES
    settled = settled_window(schedule, leaf) if settles else -1
    return LeafBooks(
        _settling_sides(chart, leaf.posted.debit, leaf.posted.credit) if settles else sheet.sides[at],
        valuation,
        schedule.starts[leaf.origin, leaf.chain] if chained else np.ascontiguousarray(schedule.before[:, at]),
        0 if chained else LEAD_DAYS,
        schedule.windows[schedule.leaf_window[at]] if chained else NO_WINDOWS,
        schedule.windows[settled] if settles else NO_WINDOWS,
        int(schedule.leaf_window[at]),
        settled,
        leaf_rate(config, rates, leaf),
        int(sheet.leaf_settled[at] if settles else sheet.leaf_row[at]),
        not leaf.posted.debit[0].item,
    )


def _settling_sides(chart: Chart, debit: Sequence[Posting], credit: Sequence[Posting]) -> NDArray[np.int32]:
    """Return accounts and sides of a settlement's slots: both main lines, loss, gain."""
    main, loss = (chart.only(posting.pool) for posting in debit)
    other, gain = (chart.only(posting.pool) for posting in credit)
    return np.array([2 * main, 2 * other + 1, 2 * loss, 2 * gain + 1], dtype=np.int32)
