"""How leaves hang together: currencies, what settles what, who is on the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.schedule.leaves import LeafKind, trading_ring
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.generation.schedule.plan import Schedule


def document_currency(config: Config, leaf: Leaf) -> str:
    """Return the currency in which a leaf's documents are, or were that they settle."""
    own = config.companies[leaf.company].currency
    if leaf.kind is LeafKind.CLOSE or leaf.posted.currency is Valuation.LOCAL:
        return own
    if leaf.chain_kind.pair:
        return config.companies[leaf.origin].currency
    return trading_currencies(own)[leaf.chain_kind.abroad]


def valuation_of(config: Config, leaf: Leaf) -> Valuation:
    """Return how a leaf's documents are valued: those of a pair of one currency are local."""
    if document_currency(config, leaf) == config.companies[leaf.company].currency:
        return Valuation.LOCAL
    return leaf.posted.currency


def currency_pairs(config: Config, leaves: tuple[Leaf, ...]) -> list[tuple[str, str]]:
    """Return document and company currency of all leaves where they differ."""
    pairs = ((document_currency(config, leaf), config.companies[leaf.company].currency) for leaf in leaves)
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def leaf_rate(config: Config, rates: RateTable, leaf: Leaf) -> int:
    """Return the row of the rate table that a leaf's documents are valued with, or -1."""
    return rates.row(document_currency(config, leaf), config.companies[leaf.company].currency)


def trading_partner(config: Config, leaf: Leaf) -> int:
    """Return the company on the other side of a leaf's documents, or -1."""
    if leaf.kind is not LeafKind.CHAIN or not leaf.chain_kind.pair:
        return -1
    return leaf.origin if leaf.posted.of_buyer else trading_ring(config)[leaf.origin]


def step_leaf(schedule: Schedule, leaf: Leaf, step: int) -> int:
    """Return the leaf of another step of a leaf's chains."""
    return schedule.place[leaf.kind, leaf.origin, leaf.chain, step]


def settled_window(schedule: Schedule, leaf: Leaf) -> int:
    """Return the lag table of the step in foreign currency that a leaf settles, or -1."""
    if leaf.kind is not LeafKind.CHAIN or leaf.posted.currency is not Valuation.SETTLES:
        return -1
    steps = leaf.chain_kind.steps
    foreign = next(at for at, step in enumerate(steps) if step.currency is Valuation.FOREIGN)
    return int(schedule.leaf_window[step_leaf(schedule, leaf, foreign)])


def reversed_leaf(schedule: Schedule, leaf: Leaf) -> int:
    """Return the leaf whose documents a leaf takes back, or -1."""
    if leaf.kind is not LeafKind.CHAIN or leaf.posted.reverses < 0:
        return -1
    return step_leaf(schedule, leaf, leaf.posted.reverses)
