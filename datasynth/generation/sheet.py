"""The sheet: every row of lines that a journal copies its documents from.

Rows of all decks lie one after the other, then the rows of the calendar's
closes.  A document is a row and a shift, whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.decks import Deck, build_deck, deck_size
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import CHECKPOINT_BITS, sum_cards
from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.currencies import decimals
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of documents, row by row.

    Attributes
    ----------
    offsets : (rows + 1,) int64
        Lines of row ``i`` are ``offsets[i] … offsets[i + 1] - 1``, debits first.
    debits : (rows,) int32
        How many of them are debits.
    account : (lines,) int16
        Index in the chart.
    posting : (lines,) int16
        Which posting of the step; for closes 0.
    amount : (lines,) int64
        [minor units]
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]

    def totals(self) -> NDArray[np.int64]:
        """Return the sum of each row's debits. [minor units]"""
        reached = np.concatenate([[0], np.add.accumulate(self.amount)])
        begin = self.offsets[:-1]
        totals: NDArray[np.int64] = reached[begin + self.debits] - reached[begin]
        return totals


def join(parts: Sequence[Rows]) -> Rows:
    """Lay rows one after the other."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    return Rows(
        np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64),
        np.concatenate([part.debits for part in parts]),
        np.concatenate([part.account for part in parts]),
        np.concatenate([part.posting for part in parts]),
        np.concatenate([part.amount for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of all decks, and where each leaf's begin.

    Attributes
    ----------
    rows
        Lines of all cards of all steps.
    slot : (lines,) int16
        Place of the line's account among its step's accounts.
    leaf_row : (leaves,) int64
        First row of the leaf's step; 0 for closes.
    leaf_bits : (leaves,) int32
        Binary digits of the number of cards of a class.
    leaf_key : (leaves,) uint64
        Key of the chains' draws; the same for all steps of a company's chains.
    leaf_shift : (leaves,) int64
        Where the deck's shifts begin, or -1 for a step that does not vary.
    shifts : (cards of all decks,) int64
        Largest shift of each card. [minor units]
    accounts, prefix
        For each leaf, the accounts of its step and the prefix sums over its
        cards; see `sum_cards`.  Empty for closes.
    gross : (leaves,) float64
        Mean amount of the leaf's cards. [minor units]
    """

    rows: Rows
    slot: NDArray[np.int16]
    leaf_row: NDArray[np.int64]
    leaf_bits: NDArray[np.int32]
    leaf_key: NDArray[np.uint64]
    leaf_shift: NDArray[np.int64]
    shifts: NDArray[np.int64]
    accounts: tuple[NDArray[np.int16], ...]
    prefix: tuple[NDArray[np.int64], ...]
    gross: tuple[int, ...]


def make_sheet(config: Config, schedule: Schedule, chart: Chart) -> Sheet:
    """Draw the decks that a schedule needs and lay them out."""
    return _Layout(config, schedule, chart).sheet()


@dataclass(frozen=True, slots=True)
class _Place:
    row: int
    shift: int
    deck: Deck


class _Layout:
    def __init__(self, config: Config, schedule: Schedule, chart: Chart) -> None:
        self._config = config
        self._schedule = schedule
        self._chart = chart
        self._parts: list[Rows] = []
        self._shifts: list[NDArray[np.int64]] = []
        self._places: dict[tuple[LeafKind, int, int], _Place] = {}

    def sheet(self) -> Sheet:
        leaves = self._schedule.leaves
        placed = [self._place(leaf) for leaf in leaves]
        rows = join(self._parts)
        slot = np.zeros(len(rows.account), dtype=np.int16)
        sums: dict[int, tuple[NDArray[np.int16], NDArray[np.int64]]] = {}
        for leaf, found in zip(leaves, placed, strict=True):
            if found is not None:
                first = found.row + leaf.step * found.deck.cards
                if first not in sums:
                    sums[first] = _sums(rows, slot, first, found.deck.cards)
        empty = (np.empty(0, dtype=np.int16), np.empty((0, 0, 0), dtype=np.int64))
        firsts = [
            0 if found is None else found.row + leaf.step * found.deck.cards
            for leaf, found in zip(leaves, placed, strict=True)
        ]
        known = [empty if found is None else sums[first] for first, found in zip(firsts, placed, strict=True)]
        return Sheet(
            rows,
            slot,
            np.array(firsts, dtype=np.int64),
            np.array([_bits(found) for found in placed], dtype=np.int32),
            np.array([self._key(leaf) for leaf in leaves], dtype=np.uint64),
            np.array(
                [_shift(leaf, found) for leaf, found in zip(leaves, placed, strict=True)],
                dtype=np.int64,
            ),
            np.concatenate(self._shifts),
            tuple(accounts for accounts, _ in known),
            tuple(prefix for _, prefix in known),
            tuple(
                0 if found is None else int(found.deck.gross.sum()) // found.deck.cards for found in placed
            ),
        )

    def _place(self, leaf: Leaf) -> _Place | None:
        if leaf.kind is LeafKind.CLOSE:
            return None
        digits = decimals(self._config.companies[leaf.company].currency)
        key = (leaf.kind, leaf.chain, digits)
        if key not in self._places:
            self._places[key] = self._lay(leaf, digits)
        return self._places[key]

    def _lay(self, leaf: Leaf, digits: int) -> _Place:
        deck = build_deck(
            leaf.chain_kind,
            industry(self._config.general.industry),
            self._chart,
            self._config.general.seed,
            deck_size(self._chains(leaf)),
            digits,
            self._config.transactions.line_items.max_lines,
        )
        place = _Place(
            sum(len(part.debits) for part in self._parts),
            sum(len(shifts) for shifts in self._shifts),
            deck,
        )
        self._shifts.append(deck.shift)
        self._parts += [
            Rows(step.offsets, step.debits, step.account, step.posting, step.amount) for step in deck.steps
        ]
        return place

    def _chains(self, leaf: Leaf) -> int:
        """Return the most chains of the leaf's kind that any company has."""
        if leaf.kind is LeafKind.CHAIN:
            return int(self._schedule.starts[:, leaf.chain, -1].max())
        return max(
            int(self._schedule.before[-1, at])
            for at, other in enumerate(self._schedule.leaves)
            if other.kind is LeafKind.SINGLE and other.chain == leaf.chain
        )

    def _key(self, leaf: Leaf) -> int:
        if leaf.kind is LeafKind.CLOSE:
            return make_key(self._config.general.seed, "close", leaf.company, leaf.document_type)
        kinds = CHAIN_KINDS if leaf.kind is LeafKind.CHAIN else SINGLE_KINDS
        return make_key(self._config.general.seed, "chain", leaf.company, kinds[leaf.chain].name)


def _bits(place: _Place | None) -> int:
    return 0 if place is None else place.deck.cards.bit_length() - 1 - CLASS_BITS


def _shift(leaf: Leaf, place: _Place | None) -> int:
    if place is None or not leaf.chain_kind.steps[leaf.step].varies:
        return -1
    return place.shift


def _sums(
    rows: Rows, slot: NDArray[np.int16], first: int, cards: int
) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Number a step's accounts and sum its cards."""
    lines = slice(int(rows.offsets[first]), int(rows.offsets[first + cards]))
    accounts, slot[lines] = np.unique(rows.account[lines], return_inverse=True)
    class_bits = cards.bit_length() - 1 - CLASS_BITS
    checkpoints = max((1 << class_bits) >> CHECKPOINT_BITS, 1)
    prefix = np.zeros((CLASSES, checkpoints + 1, len(accounts)), dtype=np.int64)
    sum_cards(rows.offsets, rows.debits, slot, rows.amount, first, class_bits, prefix)
    return accounts, prefix
