"""All decks of a journal: which there are, and shapes that meet the table together."""

from __future__ import annotations

from functools import partial
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, Any

from datasynth.generation.cards.amounts import Terms
from datasynth.generation.cards.deck_keys import DrawnKey, LaidKey, sections_of
from datasynth.generation.cards.decks import Deck, DeckDraft
from datasynth.generation.cards.levels import USUAL, find_levels
from datasynth.generation.cards.shapes import ShapeGroup, fit_shapes, shape_table
from datasynth.generation.cards.sizes import (
    DeckNeed,
    card_lines,
    dealt_cards,
    deck_sizes,
    is_free,
    line_budget,
    long_lines,
    mean_lines,
)
from datasynth.generation.making import ALONE
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import ANCHOR, minor_units, trading_currencies
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Shape, Valuation
from datasynth.ledger.taxes import tax_regime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.making import Making
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import ChainKind

Regime = tuple[str, int]
DeckKey = tuple[LeafKind, int, Regime]
DealtDecks = dict[DeckKey, Deck]
"""Decks by kind of leaf, kind of chain, currency and rate of tax."""

# So many times what is worth a minor unit at the usual rate is worth one at any: rates
# wander by a few parts in a hundred.
_WORST_RATE = 2

MAIN_PART = 15
"""Kinds with at least this part of the documents have larger decks. [permille]"""

# Lines of most closing entries.
_CLOSING_LINES = 2


def regime_of(config: Config, leaf: Leaf) -> Regime:
    """Return currency and rate of tax of the amounts of a leaf's chains. [permille]"""
    return regime_of_chains(config, leaf.origin, leaf.chain_kind)


def regime_of_chains(config: Config, origin: int, kind: ChainKind) -> Regime:
    """Return currency and rate of tax of the amounts of a company's chains of a kind. [permille]"""
    company = config.companies[origin]
    if kind.abroad >= 0:
        return trading_currencies(company.currency)[kind.abroad], 0
    tax = tax_regime(company.country)
    taxed = config.tax.enabled and (kind.taxed == "output" or (kind.taxed == "input" and tax.purchases_taxed))
    return company.currency, tax.permille if taxed else 0


def deal_decks(config: Config, schedule: Schedule, chart: Chart, making: Making = ALONE) -> DealtDecks:
    """Draw all decks that a schedule needs; what is equal in other builds is shared with them."""
    return _Dealer(config, schedule, making).deal(chart)


class _Dealer:
    def __init__(self, config: Config, schedule: Schedule, making: Making) -> None:
        self._config = config
        self._making = making
        self._sections = sections_of(config)
        self._documents: dict[DeckKey, list[int]] = {}
        self._valued_in: dict[DeckKey, set[str]] = {}
        self._closes = 0
        for at, leaf in enumerate(schedule.leaves):
            count = int(schedule.before[-1, at])
            if leaf.kind is LeafKind.CLOSE:
                self._closes += count
                continue
            key = (leaf.kind, leaf.chain, regime_of(config, leaf))
            self._documents.setdefault(key, [0] * len(leaf.chain_kind.steps))[leaf.step] += count
            own = config.companies[leaf.company].currency
            self._valued_in.setdefault(key, set()).add(own)
        chains = [int(schedule.starts[:, number, -1].sum()) for number in range(len(CHAIN_KINDS))]
        singles = [
            sum(counts[0] for key, counts in self._documents.items() if key[:2] == (LeafKind.SINGLE, number))
            for number in range(len(SINGLE_KINDS))
        ]
        self._levels = find_levels(config, chains, singles)
        self._most = {
            (LeafKind.CHAIN, number): int(schedule.starts[:, number, -1].max())
            for number in range(len(CHAIN_KINDS))
        } | {(LeafKind.SINGLE, number): count for number, count in enumerate(singles)}
        self._total = max(schedule.total, 1)
        self._cards = dict(zip(self._documents, self._sizes(), strict=True))

    def deal(self, chart: Chart) -> DealtDecks:
        keys = {key: self._drawn(key) for key in self._documents}
        drafts = {key: self._draft(drawn) for key, drawn in keys.items()}
        groups: list[ShapeGroup] = [ShapeGroup(Shape.FIXED, 1, 1, self._closes)]
        places: dict[tuple[DeckKey, int], list[int]] = {}
        taxed = 0
        for key, draft in drafts.items():
            for number, documents in enumerate(self._documents[key]):
                taxed += draft.taxed(number, documents)
                for found in self._groups(key, number, draft, documents):
                    places.setdefault((key, number), []).append(len(groups))
                    groups.append(found)
        table = shape_table(self._config.transactions.line_items, taxed / self._total)
        chances = fit_shapes(table, groups)
        complexity = self._config.chart_of_accounts.complexity
        decks = {}
        for key, draft in drafts.items():
            self._making.checkpoint()
            steps = range(len(_kind(key).steps))
            used = [[chances[at] for at in places.get((key, number), ())] for number in steps]
            laid = LaidKey(keys[key], complexity, _bytes(table.lines, table.side), _bytes(*chain(*used)))
            decks[key] = self._making.parts.take(laid, partial(draft.build, chart, table, used), laid.size_of)
        return decks

    def _draft(self, drawn: DrawnKey) -> DeckDraft:
        self._making.checkpoint()
        return self._making.parts.take(drawn, drawn.draft, drawn.size_of)

    def _drawn(self, key: DeckKey) -> DrawnKey:
        kind = _kind(key)
        currency, permille = key[2]
        terms = Terms(
            self._sections,
            industry(self._config.general.industry),
            currency,
            permille,
            self._levels.get(kind.profile, USUAL),
            max(least_worth(currency, own) for own in self._valued_in[key]),
        )
        cards = self._cards[key]
        shaped = dealt_cards(cards, self._most[key[:2]]) // 2
        return DrawnKey(kind, terms, self._config.general.seed, cards, _named(key[2]), shaped)

    def _sizes(self) -> list[int]:
        """Return the number of cards of each deck, in the order of their documents."""
        items = self._config.transactions.line_items
        fixed, fixed_lines = self._closes, float(self._closes * _CLOSING_LINES)
        for key, documents in self._documents.items():
            for step, count in zip(_kind(key).steps, documents, strict=True):
                if not is_free(step):
                    fixed += count
                    fixed_lines += count * (len(step.debit) + len(step.credit))
        long = long_lines(items, self._total, fixed, fixed_lines)
        needs = []
        for key, documents in self._documents.items():
            kind = _kind(key)
            main = sum(documents) * 1_000 >= self._total * MAIN_PART
            valued = kind.abroad >= 0 or kind.pair
            needs.append(DeckNeed(self._most[key[:2]], main, valued, card_lines(kind, long)))
        return deck_sizes(needs, line_budget(mean_lines(items) * self._total))

    def _groups(self, key: DeckKey, number: int, draft: DeckDraft, documents: int) -> list[ShapeGroup]:
        """Return a step's documents by the postings that they have."""
        steps = _kind(key).steps
        step = steps[number]
        if step.currency is Valuation.SETTLES:
            half = documents // 2
            return [ShapeGroup(Shape.FIXED, 2, 1, half), ShapeGroup(Shape.FIXED, 1, 2, documents - half)]
        shaped = draft.groups(number)
        if not shaped:
            return []
        pairs = sum(len(found) for _, found in shaped)
        reversing = sum(
            self._documents[key][at] for at, other in enumerate(steps) if other.reverses == number
        )
        return [
            ShapeGroup(step.shape, debits, credits_, (documents + reversing) * len(found) // pairs)
            for (debits, credits_), found in shaped
        ]


def least_worth(currency: str, own: str) -> int:
    """Return an amount that is worth at least one minor unit of another currency, at any day's rate.

    One that is not would be booked at nothing.  Lines of as much are worth something
    each, since their values are differences of rounded sums.

    Parameters
    ----------
    currency, own
        ISO 4217 codes of the amount and of the books.

    Returns
    -------
    int
        [minor units of `currency`]
    """
    return 1 if currency == own else ceil(minor_units(currency) / minor_units(own) * _WORST_RATE)


def _named(regime: Regime) -> tuple[int | str, ...]:
    """Return what a deck is drawn by; the anchor's are told by its decimals alone."""
    currency, permille = regime
    told = (decimals(currency), permille)
    return told if currency == ANCHOR else (*told, currency)


def _bytes(*arrays: NDArray[Any]) -> bytes:
    return b"".join(array.tobytes() for array in arrays)


def _kind(key: DeckKey) -> ChainKind:
    return (CHAIN_KINDS if key[0] is LeafKind.CHAIN else SINGLE_KINDS)[key[1]]
