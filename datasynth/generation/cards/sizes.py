"""How many cards decks have, so that all together stay within a budget of lines."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.cards.decks import VARIANTS, deck_size
from datasynth.generation.cards.shapes import shape_table
from datasynth.generation.kernels.counts import CLASSES
from datasynth.ledger.line_counts import NATURAL_TAXED
from datasynth.ledger.processes import Shape, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import LineItems
    from datasynth.ledger.processes import ChainKind, Step

LEAST_CARDS = 2 * CLASSES
"""Cards of a class come in pairs."""

# Decks may have so many times the lines of the stream, but no fewer and no more
# than these; the usual ones, of up to five tax rates, always fit.
_TIMES_STREAM = 8
_LEAST_BUDGET = 2 << 20
_MOST_BUDGET = 6 << 20
_FEWEST_LINES = 2.0


@dataclass(frozen=True, slots=True)
class DeckNeed:
    """What a deck is for.

    Attributes
    ----------
    chains
        That its cards are dealt to, in the company that has most.
    main, valued
        See `deck_size`.
    lines
        Expected lines of a card, in all of its documents.
    """

    chains: int
    main: bool
    valued: bool
    lines: float


def line_budget(stream_lines: float) -> int:
    """Return how many lines all decks of a stream may have.

    Parameters
    ----------
    stream_lines
        Expected lines of all its entries.
    """
    return int(min(max(_TIMES_STREAM * stream_lines, _LEAST_BUDGET), _MOST_BUDGET))


def deck_sizes(needs: Sequence[DeckNeed], budget: int) -> list[int]:
    """Return the number of cards of each deck; powers of two, at least `LEAST_CARDS`.

    Where the usual sizes exceed the budget, decks have no more cards than there
    are chains to deal them to; where that is too much still, the largest decks
    are halved.

    Parameters
    ----------
    needs
        Of each deck.
    budget
        Lines that all decks may have, unless none can be any smaller.
    """
    cards = [deck_size(need.chains, main=need.main, valued=need.valued) for need in needs]
    if _lines(needs, cards) > budget:
        cards = [min(size, _usable(need.chains)) for size, need in zip(cards, needs, strict=True)]
    total = _lines(needs, cards)
    heaviest = [(-need.lines * size, at) for at, (need, size) in enumerate(zip(needs, cards, strict=True))]
    heapq.heapify(heaviest)
    while total > budget and heaviest:
        _, at = heapq.heappop(heaviest)
        if cards[at] > LEAST_CARDS:
            need = needs[at]
            total -= need.lines * dealt_cards(cards[at], need.chains)
            cards[at] //= 2
            total += need.lines * dealt_cards(cards[at], need.chains)
            heapq.heappush(heaviest, (-need.lines * cards[at], at))
    return cards


def dealt_cards(cards: int, chains: int) -> int:
    """Return how many of a deck's cards may be dealt; these are the first ones.

    While a class has one pair of cards, its first chain takes one of them and
    its second the other, so few chains leave the pairs of the last classes alone.
    """
    return min(2 * chains, cards) if cards == LEAST_CARDS else cards


def _usable(chains: int) -> int:
    return max(1 << max(chains - 1, 1).bit_length(), LEAST_CARDS)


def _lines(needs: Sequence[DeckNeed], cards: Sequence[int]) -> float:
    return sum(need.lines * dealt_cards(size, need.chains) for need, size in zip(needs, cards, strict=True))


def mean_lines(line_items: LineItems) -> float:
    """Return how many lines entries should have on average."""
    table = shape_table(line_items, NATURAL_TAXED)
    return float(np.add.accumulate(table.lines * table.shares)[-1])


def long_lines(line_items: LineItems, documents: float, fixed: float, fixed_lines: float) -> float:
    """Return the expected lines of documents that are free to have any number.

    They make up for those that have one line a posting.

    Parameters
    ----------
    line_items
        Of the configuration.
    documents, fixed
        Number of all documents, and of those that are not free.
    fixed_lines
        Lines of the latter.
    """
    custom = line_items.custom_distribution
    most = custom[-1][0] if custom else line_items.max_lines
    left = mean_lines(line_items) * documents - fixed_lines
    return min(max(left / max(documents - fixed, 1.0), _FEWEST_LINES), most)


def is_free(step: Step) -> bool:
    """Tell whether documents of a step may have any number of lines."""
    return step.shape is not Shape.FIXED or step.reverses >= 0


def step_lines(step: Step, long: float) -> float:
    """Return the expected lines of a card's rows of one step.

    Parameters
    ----------
    step
        Of a chain.
    long
        From `long_lines`.
    """
    postings = len(step.debit) + len(step.credit)
    if step.currency is Valuation.SETTLES:
        # Without a difference, with a loss, with a gain.
        return VARIANTS * (postings - 1)
    return max(long, postings) if is_free(step) else postings


def card_lines(kind: ChainKind, long: float) -> float:
    """Return the expected lines of a card of a kind.

    Parameters
    ----------
    kind
        Of chains or single documents.
    long
        From `long_lines`.
    """
    return sum(step_lines(step, long) for step in kind.steps)
