"""The sheet: every row of lines that a journal copies its documents from.

Rows of all decks lie one after the other, then the rows of the calendar's
closes.  A document is a row and a number of steps of variation, whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.cards.dealt_decks import DealtDecks, deal_decks, regime_of
from datasynth.generation.cards.rows import Rows, RowsWithRoom
from datasynth.generation.closes.entries import MOST_RECEIVERS
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import CHECKPOINT_BITS, sum_cards
from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.layout import number_slots
from datasynth.generation.making import ALONE
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.closes import Basis
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.cards.decks import Deck
    from datasynth.generation.making import Making
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of all decks, and where each leaf's begin.

    Attributes
    ----------
    store
        Rows of all cards of all steps, with room for those of the closes.
    total, total_scale : (rows,) int64
        Sum of each row's debits, and what a step of variation adds to it. [minor units]
    slot : (lines,) int16
        Place of the line's account and side among those of its step.
    leaf_row : (leaves,) int64
        First row of the leaf's step; 0 for closes.
    leaf_settled : (leaves,) int64
        First row of the step in foreign currency that the leaf's settles, or -1.
    leaf_bits : (leaves,) int32
        Binary digits of the number of cards of a class.
    leaf_key : (leaves,) uint64
        Key of the chains' draws; the same for all steps of a company's chains.
    leaf_shift : (leaves,) int64
        Where the deck's shifts begin.
    shifts : (cards of all decks,) int64
        Most steps of variation of each card.
    sides, prefix
        For each leaf, accounts and sides of its step (``2 * account``, plus 1 for
        credits) and the prefix sums over its cards; see `sum_cards`.  Empty for
        closes.
    gross : (leaves,) int64
        Mean amount of the leaf's documents. [minor units]
    rows
        Lines of all cards of all steps, without those of the closes.
    """

    store: RowsWithRoom
    total: NDArray[np.int64]
    total_scale: NDArray[np.int64]
    slot: NDArray[np.int16]
    leaf_row: NDArray[np.int64]
    leaf_settled: NDArray[np.int64]
    leaf_bits: NDArray[np.int32]
    leaf_key: NDArray[np.uint64]
    leaf_shift: NDArray[np.int64]
    shifts: NDArray[np.int64]
    sides: tuple[NDArray[np.int32], ...]
    prefix: tuple[NDArray[np.int64], ...]
    gross: tuple[int, ...]
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        """Hold on to the rows of the cards alone."""
        object.__setattr__(self, "rows", self.store.filled)


def make_sheet(config: Config, schedule: Schedule, chart: Chart, making: Making = ALONE) -> Sheet:
    """Draw the decks that a schedule needs and lay them out; decks are shared with other builds."""
    decks = deal_decks(config, schedule, chart, making)
    return _Layout(config, schedule, decks).sheet(len(chart.accounts), _room(schedule, chart), making)


def _room(schedule: Schedule, chart: Chart) -> tuple[int, int]:
    """Return how many rows closes have, and how many lines at the most."""
    entries = [item for close in schedule.closes for item in close.items for _ in range(1 + item.reverses)]
    years = sum(close.carries_forward for close in schedule.closes)
    long = sum(item.basis is Basis.ALLOCATION for item in entries)
    results = sum(item.basis is Basis.RESULT for item in entries)
    lines = 3 * (len(entries) + years) + long * MOST_RECEIVERS + results * len(chart.accounts)
    return len(entries) + years, lines


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a deck lies: first rows of its steps, first shift."""

    rows: tuple[int, ...]
    shift: int
    deck: Deck


_NOWHERE = (np.empty(0, dtype=np.int32), np.empty((0, 0, 0), dtype=np.int64))


class _Layout:
    def __init__(self, config: Config, schedule: Schedule, decks: DealtDecks) -> None:
        self._config = config
        self._leaves = schedule.leaves
        self._parts: list[Rows] = []
        self._shifts: list[NDArray[np.int64]] = []
        self._places = {key: self._lay(deck) for key, deck in decks.items()}

    def sheet(self, accounts: int, room: tuple[int, int], making: Making) -> Sheet:
        placed = [self._place(leaf) for leaf in self._leaves]
        making.checkpoint()
        store = RowsWithRoom(self._parts, *room)
        rows = store.filled
        making.checkpoint()
        slot = np.zeros(len(rows.account), dtype=np.int16)
        sums: dict[int, tuple[NDArray[np.int32], NDArray[np.int64]]] = {}
        total, total_scale = rows.totals()
        reached = np.concatenate([[0], np.add.accumulate(total)])
        first, settled, gross = [], [], []
        for leaf, place in zip(self._leaves, placed, strict=True):
            row = 0 if place is None else place.rows[leaf.step]
            first.append(row)
            settled.append(-1 if place is None else self._settled(leaf, place))
            gross.append(
                0
                if place is None
                else int(reached[row + place.deck.cards] - reached[row]) // place.deck.cards
            )
            if place is not None and row not in sums:
                making.checkpoint()
                sums[row] = _sums(rows, slot, row, place.deck.cards, accounts)
        known = [_NOWHERE if place is None else sums[row] for row, place in zip(first, placed, strict=True)]
        return Sheet(
            store,
            total,
            total_scale,
            slot,
            np.array(first, dtype=np.int64),
            np.array(settled, dtype=np.int64),
            np.array([_bits(place) for place in placed], dtype=np.int32),
            np.array([self._key(leaf) for leaf in self._leaves], dtype=np.uint64),
            np.array([0 if place is None else place.shift for place in placed], dtype=np.int64),
            np.concatenate(self._shifts),
            tuple(sides for sides, _ in known),
            tuple(prefix for _, prefix in known),
            tuple(gross),
        )

    def _place(self, leaf: Leaf) -> _Place | None:
        if leaf.kind is LeafKind.CLOSE:
            return None
        return self._places[leaf.kind, leaf.chain, regime_of(self._config, leaf)]

    def _lay(self, deck: Deck) -> _Place:
        begin = sum(len(part.debits) for part in self._parts)
        rows = []
        for step in deck.steps:
            rows.append(begin)
            begin += len(step.debits)
            self._parts.append(step)
        place = _Place(tuple(rows), sum(len(shifts) for shifts in self._shifts), deck)
        self._shifts.append(deck.shift)
        return place

    def _settled(self, leaf: Leaf, place: _Place) -> int:
        if leaf.posted.currency is not Valuation.SETTLES:
            return -1
        steps = leaf.chain_kind.steps
        return place.rows[next(at for at, step in enumerate(steps) if step.currency is Valuation.FOREIGN)]

    def _key(self, leaf: Leaf) -> int:
        if leaf.kind is LeafKind.CLOSE:
            return make_key(self._config.general.seed, "close", leaf.company, leaf.document_type)
        kinds = CHAIN_KINDS if leaf.kind is LeafKind.CHAIN else SINGLE_KINDS
        return make_key(self._config.general.seed, "chain", leaf.origin, kinds[leaf.chain].name)


def _bits(place: _Place | None) -> int:
    return 0 if place is None else place.deck.cards.bit_length() - 1 - CLASS_BITS


def _sums(
    rows: Rows, slot: NDArray[np.int16], first: int, cards: int, accounts: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number a step's accounts and sides and sum its cards."""
    places = np.empty(2 * accounts, dtype=np.int16)
    number_slots(rows.offsets, rows.debits, rows.account, first, cards, places, slot)
    sides = np.flatnonzero(places >= 0)
    class_bits = cards.bit_length() - 1 - CLASS_BITS
    checkpoints = max((1 << class_bits) >> CHECKPOINT_BITS, 1)
    prefix = np.zeros((CLASSES, checkpoints + 1, len(sides)), dtype=np.int64)
    sum_cards(rows.offsets, slot, rows.amount, first, class_bits, prefix)
    return sides.astype(np.int32), prefix
