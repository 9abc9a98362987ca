"""Open items: every chain is followed from its first lead day, document by document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation
from tests.naive.dealing import posted
from tests.naive.headers import Headers, printed
from tests.naive.schedule import step_days
from tests.naive.valued import worth

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Item:
    """What is left of an item, and what opened it.

    Attributes
    ----------
    amount, local
        Debit positive. [minor units of the document's currency; of the company's]
    day
        When it was opened. [days from the start]
    leaf, number
        Which document opened it.
    partner
        Id of the partner.
    """

    amount: int
    local: int
    day: int
    leaf: int
    number: int
    partner: str | None


def open_items(headers: Headers, position: int) -> dict[tuple[int, int, int, str], Item]:
    """Follow all chains up to a position; items are told apart by company, account, origin and assignment."""
    found: dict[tuple[int, int, int, str], Item] = {}
    for at, chain, day in _documents(headers, position):
        leaf = headers.ground.schedule.leaves[at]
        sides = len(leaf.posted.debit)
        for number, what in enumerate((*leaf.posted.debit, *leaf.posted.credit)):
            if not what.item:
                continue
            sign = 1 if number < sides else -1
            amount = sign * sum(
                units for place, units in posted(headers.ground, at, chain) if place == number
            )
            account = headers.ground.chart.only(what.pool)
            key = (leaf.company, account, leaf.origin, printed(leaf, chain, what.item))
            if key not in found:
                found[key] = Item(0, 0, day, at, chain, headers.partner_of(at, chain))
            found[key].amount += amount
            found[key].local += _local(headers, at, found[key], amount)
    return {key: item for key, item in found.items() if item.amount}


def _documents(headers: Headers, position: int) -> Iterator[tuple[int, int, int]]:
    """Yield leaf, chain and day of every chain's documents before a position, the first steps first."""
    schedule, located = headers.ground.schedule, headers.located
    entered = set(zip(located.leaf[:position].tolist(), located.number[:position].tolist(), strict=True))
    chained = [at for at, leaf in enumerate(schedule.leaves) if leaf.kind is LeafKind.CHAIN]
    for at in sorted(chained, key=lambda at: schedule.leaves[at].step):
        for chain, day in step_days(schedule, at).items():
            if day < 0 or (at, chain) in entered:
                yield at, chain, day


def _local(headers: Headers, at: int, item: Item, amount: int) -> int:
    """Value what is opened or cleared at the rate of the day on which the item was opened."""
    valuer = headers.valuer
    if valuer.valuation(at) is Valuation.LOCAL:
        return amount
    sign = 1 if amount > 0 else -1
    return sign * worth(abs(amount), valuer.rate(at, item.day), *valuer.currencies(at))
