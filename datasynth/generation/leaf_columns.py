"""What kernels want to know of leaves, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.schedule.leaf_links import (
    document_currency,
    leaf_rate,
    reversed_leaf,
    settled_window,
    trading_partner,
    valuation_of,
)
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.styles.words import currencies_of
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.processes import PARTNER_TYPES, Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.closes.calendar import ClosingCalendar
    from datasynth.generation.parties.partners import Partners
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.generation.styles.style_book import StyleBook

_SINGLES_FROM = 64
"""In numbers of items, kinds of single documents follow those of chains."""


@dataclass(frozen=True, slots=True)
class LeafColumns:
    """Columns of leaves; those of called-for entries come last.

    Attributes
    ----------
    kind, company, origin, chain, style, row, settled, bits, key, shift : (leaves,)
        See `Leaf`, `StyleBook` and `Sheet`; style -1 where each row has its own.
    number : (leaves,) int8
        Kind of chain in the numbers of items.
    valuation : (leaves,) int8
        `Valuation` of its documents in their company.
    settled_window : (leaves,) int32
        Lag table of the step that it settles, or -1.
    receives : (leaves,) int8
        Whether it settles what is owed to the company.
    rate : (leaves,) int16
        Row of the rate table, or -1.
    currency : (leaves,) int16
        Code of the document currency.
    reverses : (leaves,) int32
        Leaf whose documents it takes back, or -1.
    trading : (leaves,) int16
        Company on the other side, or -1.
    pool, partner : (leaves,)
        Row of `partner_choice` and first partner, or -1.
    partner_choice : (sizes of pools, 2 ** CHOICE_BITS) int32
        See `Partners.tables`.
    """

    kind: NDArray[np.int8]
    company: NDArray[np.int16]
    origin: NDArray[np.int16]
    chain: NDArray[np.int8]
    style: NDArray[np.int32]
    row: NDArray[np.int64]
    settled: NDArray[np.int64]
    bits: NDArray[np.int32]
    key: NDArray[np.uint64]
    shift: NDArray[np.int64]
    number: NDArray[np.int8]
    valuation: NDArray[np.int8]
    settled_window: NDArray[np.int32]
    receives: NDArray[np.int8]
    rate: NDArray[np.int16]
    currency: NDArray[np.int16]
    reverses: NDArray[np.int32]
    trading: NDArray[np.int16]
    pool: NDArray[np.int16]
    partner: NDArray[np.int32]
    partner_choice: NDArray[np.int32]


_KINDS = (
    *(np.int8, np.int16, np.int16, np.int8, np.int32, np.int64, np.int64, np.int32, np.uint64, np.int64),
    *(np.int8, np.int8, np.int32, np.int8, np.int16, np.int16, np.int32, np.int16, np.int16, np.int32),
)


def make_leaf_columns(
    config: Config,
    schedule: Schedule,
    sheet: Sheet,
    book: StyleBook,
    closes: ClosingCalendar,
    rates: RateTable,
    whom: Partners,
    first_close: int,
) -> LeafColumns:
    """Lay out the columns; `first_close` is the first row of the closes."""
    currencies = currencies_of(config)
    own = [currencies.index(company.currency) for company in config.companies]
    partners = [_partners(leaf, whom) for leaf in schedule.leaves]
    rows: list[tuple[int, ...]] = []
    for at, leaf in enumerate(schedule.leaves):
        valuation = _valuation(config, leaf)
        foreign = valuation is Valuation.FOREIGN
        closing = leaf.kind is LeafKind.CLOSE
        rows.append(
            (
                *(leaf.kind, leaf.company, leaf.origin, leaf.chain, book.of_leaf(leaf)),
                first_close + int(closes.leaf_first[at]) if closing else int(sheet.leaf_row[at]),
                int(sheet.leaf_settled[at]),
                int(sheet.leaf_bits[at]),
                int(sheet.leaf_key[at]),
                int(sheet.leaf_shift[at]),
                _number(leaf),
                valuation,
                settled_window(schedule, leaf),
                _receives(leaf),
                leaf_rate(config, rates, leaf),
                currencies.index(document_currency(config, leaf)) if foreign else own[leaf.company],
                reversed_leaf(schedule, leaf),
                trading_partner(config, leaf),
                *partners[at],
            )
        )
    called = [company for company in range(len(config.companies)) for _ in ON_DEMAND_TYPES]
    for number, company in enumerate(called):
        key = make_key(config.general.seed, "on demand", number)
        rows.append(
            (
                *(LeafKind.CLOSE, company, company, -1, -1, 0, -1, 0, key, 0),
                *(0, 0, -1, 0, -1, own[company], -1, -1, -1, -1),
            )
        )
    arrays: list[NDArray[Any]] = [
        np.array(column, dtype=kind) for column, kind in zip(zip(*rows, strict=True), _KINDS, strict=True)
    ]
    return LeafColumns(*[*arrays, whom.tables])


def _valuation(config: Config, leaf: Leaf) -> Valuation:
    return Valuation.LOCAL if leaf.kind is LeafKind.CLOSE else valuation_of(config, leaf)


def _number(leaf: Leaf) -> int:
    return leaf.chain + _SINGLES_FROM * (leaf.kind is LeafKind.SINGLE)


def _receives(leaf: Leaf) -> bool:
    return leaf.kind is LeafKind.CHAIN and not leaf.posted.debit[0].item


def _partners(leaf: Leaf, whom: Partners) -> tuple[int, int]:
    """Return the table from which a leaf's partners are chosen, and the first of them."""
    if leaf.kind is LeafKind.CLOSE or not leaf.chain_kind.partner:
        return -1, -1
    kind = leaf.chain_kind
    return whom.of_company(PARTNER_TYPES.index(kind.partner), leaf.company, kind.abroad)
