"""The accounts that documents of each type may debit and credit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from datasynth.ledger.chart import chart_of
from datasynth.ledger.closes import (
    CARRY_FORWARD,
    CLOSING_ITEMS,
    ON_DEMAND_TYPES,
    REVERSAL_TYPE,
    TRUE_UPS,
    Basis,
    ClosingItem,
)
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, WRONG_REVERSED

if TYPE_CHECKING:
    from collections.abc import Iterator

_Pools = frozenset[str]
_EXCHANGE = frozenset({"exchange_gain", "exchange_loss"})


def document_types() -> tuple[str, ...]:
    """Return all document types."""
    return tuple(_pools_by_type())


def allowed_pools(document_type: str) -> tuple[_Pools, _Pools]:
    """Return the pools of accounts that documents of a type may debit and credit.

    Raises
    ------
    KeyError
        There are no such documents.
    """
    return _pools_by_type()[document_type]


@cache
def _pools_by_type() -> dict[str, tuple[_Pools, _Pools]]:
    pools: dict[str, tuple[_Pools, _Pools]] = {}
    for document_type, debit, credit in _entries():
        known = pools.get(document_type, (frozenset(), frozenset()))
        pools[document_type] = (known[0] | debit, known[1] | credit)
    return pools


_OTHER_BANK = (frozenset[str](), frozenset({"payroll_bank"}))


def _entries() -> Iterator[tuple[str, _Pools, _Pools]]:
    for kind in (*CASE_KINDS, *SINGLE_KINDS):
        for step in kind.steps:
            # A wrong document can have the other bank account.
            sides = [
                frozenset(posting.pool for posting in side) | _OTHER_BANK[any(p.pool == "bank" for p in side)]
                for side in (step.debit, step.credit)
            ]
            yield step.document_type, sides[0], sides[1]
            yield WRONG_REVERSED, sides[1], sides[0]
    triggered, reversal, true_up, carry_true_up = ON_DEMAND_TYPES
    for item in CLOSING_ITEMS:
        debit, credit = _of_item(item)
        for document_type in (item.document_type, triggered):
            yield document_type, debit, credit
        if item.reverses:
            for document_type in (REVERSAL_TYPE, reversal):
                yield document_type, credit, debit
    for document_type in (CARRY_FORWARD.document_type, reversal):
        yield document_type, *_of_item(CARRY_FORWARD)
    for item in TRUE_UPS:
        yield (carry_true_up if item.basis is Basis.RETAINED else true_up), *_of_item(item)


def _of_item(item: ClosingItem) -> tuple[_Pools, _Pools]:
    """Return the pools that a closing entry may debit and credit; transfers go either way."""
    both = frozenset({item.debit, item.credit})
    if item.basis is Basis.RESULT:
        both |= frozenset(account.pool for account in chart_of("small").accounts if account.of_result)
    elif item.basis is Basis.REVALUATION:
        both |= _EXCHANGE
    elif item.basis is Basis.TAX_RETURN:
        both |= {"input_tax"}
    elif item.basis in {Basis.TURNOVER, Basis.ALLOCATION, Basis.OPEN_RECEIPTS, Basis.INTERCOMPANY}:
        return frozenset({item.debit}), frozenset({item.credit})
    return both, both
