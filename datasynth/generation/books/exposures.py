"""What open items in foreign currency are worth at a day's rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.leaf_links import step_leaf, valuation_of
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.schedule.plan import Schedule

    Reach = NDArray[np.int64]


class Exposures:
    """Open receivables and payables in foreign currency, by company.

    Parameters
    ----------
    config, schedule, chains
        Of the journal.
    """

    def __init__(self, config: Config, schedule: Schedule, chains: ChainBalances) -> None:
        self._chains = chains
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        for at, leaf in enumerate(schedule.leaves):
            if leaf.kind is LeafKind.CHAIN and valuation_of(config, leaf) is Valuation.SETTLES:
                steps = leaf.chain_kind.steps
                opened = next(place for place, step in enumerate(steps) if step.currency is Valuation.FOREIGN)
                self._pairs.setdefault(leaf.company, []).append((step_leaf(schedule, leaf, opened), at))
        self._receives = {
            at: not schedule.leaves[at].posted.debit[0].item
            for pairs in self._pairs.values()
            for _, at in pairs
        }

    def before_day(self, company: int, day: int) -> tuple[int, int]:
        """Return what is gained on what is open before a day; see `between`."""
        reaches = {at: self._chains.reach(at, day) for pair in self._pairs.get(company, []) for at in pair}
        return self.between(company, reaches, day - 1)

    def between(self, company: int, reaches: Mapping[int, Reach], day: int) -> tuple[int, int]:
        """Return what receivables and payables are worth more than they were booked at.

        Parameters
        ----------
        company
            Whose.
        reaches
            How many chains of each class have each document.
        day
            Whose rates. [days from the start]

        Returns
        -------
        tuple
            Receivables and payables, debit positive. [minor units]
        """
        gained = [0, 0]
        for opened, settled in self._pairs.get(company, []):
            low, high = reaches[settled], reaches[opened]
            if low.shape == (CLASSES,) and (high > low).any():
                booked, worth = self._chains.sums.booked_open(opened, low, high, day)
                receives = self._receives[settled]
                gained[not receives] += worth - booked if receives else booked - worth
        return gained[0], gained[1]
