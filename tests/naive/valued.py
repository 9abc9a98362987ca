"""Amounts in company currency, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation
from tests.naive.dealing import posted
from tests.naive.schedule import LEAD_DAYS, step_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.ground import Ground

_HALF = Fraction(1, 2)


def worth(amount: int, rate: Fraction, foreign: str, own: str) -> int:
    """Return an amount in another currency, rounded half up. [minor units]"""
    units = Fraction(amount, _minor(foreign)) * rate
    return floor(units * _minor(own) + _HALF)


def worth_of_lines(amounts: Sequence[int], rate: Fraction, foreign: str, own: str) -> list[int]:
    """Return what the lines of one side are worth; rounding never drifts, for sums are rounded, not lines."""
    sums = [worth(sum(amounts[:upto]), rate, foreign, own) for upto in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(sums)]


def _minor(currency: str) -> int:
    return int(10 ** decimals(currency))


class Valuer:
    """What the foreign documents of a journal are worth, each looked up by itself.

    Parameters
    ----------
    ground
        Of the journal.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._days: dict[int, dict[int, int]] = {}

    def currencies(self, at: int) -> tuple[str, str]:
        """Return the currency of a leaf's trade, and that of the books that it is posted in."""
        config, leaf = self._ground.config, self._ground.schedule.leaves[at]
        own = config.companies[leaf.company].currency
        if leaf.kind is LeafKind.CLOSE or leaf.posted.currency is Valuation.LOCAL:
            return own, own
        if leaf.chain_kind.pair:
            return config.companies[leaf.origin].currency, own
        return trading_currencies(own)[leaf.chain_kind.abroad], own

    def valuation(self, at: int) -> Valuation:
        """Return how a leaf's documents are valued."""
        foreign, own = self.currencies(at)
        return Valuation.LOCAL if foreign == own else self._ground.schedule.leaves[at].posted.currency

    def rate(self, at: int, day: int) -> Fraction:
        """Return the rate of a leaf's trade on a day from the start, as it is printed."""
        rates = self._ground.rates
        place = rates.pairs.index(self.currencies(at)), LEAD_DAYS + day
        return Fraction(int(rates.printed[place]), 10 ** int(rates.places[place]))

    def original(self, at: int) -> int:
        """Return the leaf of the documents in foreign currency that a leaf's settle."""
        leaves = self._ground.schedule.leaves
        mine = leaves[at]
        (found,) = (
            place
            for place, leaf in enumerate(leaves)
            if leaf.kind is LeafKind.CHAIN
            and (leaf.origin, leaf.chain, leaf.company) == (mine.origin, mine.chain, mine.company)
            and leaf.posted.currency is Valuation.FOREIGN
        )
        return found

    def day_of(self, at: int, chain: int) -> int:
        """Return when a chain has the step of a leaf. [days from the start]"""
        if at not in self._days:
            self._days[at] = step_days(self._ground.schedule, at)
        return self._days[at][chain]

    def gross(self, at: int, chain: int) -> int:
        """Return the total of a foreign document, in its own currency. [minor units]"""
        debits = len(self._ground.schedule.leaves[at].posted.debit)
        return sum(amount for posting, amount in posted(self._ground, at, chain) if posting < debits)

    def settled(self, at: int, chain: int, day: int) -> tuple[int, int]:
        """Return what a document that is settled on a day was booked at, and what is paid. [minor units]"""
        opened = self.original(at)
        whole = self.gross(opened, chain)
        foreign, own = self.currencies(at)
        booked = worth(whole, self.rate(at, self.day_of(opened, chain)), foreign, own)
        return booked, worth(whole, self.rate(at, day), foreign, own)
