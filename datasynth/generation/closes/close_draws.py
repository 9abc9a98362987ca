"""Draws of closes: accounts, shares, and the keys of allocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.draws import below, draw_each, make_keys
from datasynth.ledger.closes import CARRY_FORWARD, Basis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.closes.company_figures import CompanyFigures
    from datasynth.generation.schedule.closing_plan import Close
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.closes import ClosingItem


class EntryDraws(NamedTuple):
    """Draws of one entry: accounts of the item's pools, 64 bits for a share of a basis, and another key."""

    debit: int
    credit: int
    share: int
    key: int


def draw_closes(
    chart: Chart, seed: int, figures: CompanyFigures, closes: Sequence[Close], when: Sequence[tuple[int, ...]]
) -> list[Mapping[str, EntryDraws]]:
    """Draw for several closes of a company at once; return the draws of each by the names of its items.

    `when` tells the draws of each close from those of the others.
    """
    rest = np.array(when, dtype=np.int64).reshape(len(closes), -1)
    places: dict[str, list[int]] = {}
    items: dict[str, ClosingItem] = {}
    for place, close in enumerate(closes):
        for item in close.items:
            items[item.name] = item
            places.setdefault(item.name, []).append(place)
        if close.carries_forward:
            items[CARRY_FORWARD.name] = CARRY_FORWARD
            places.setdefault(CARRY_FORWARD.name, []).append(place)
    found: list[dict[str, EntryDraws]] = [{} for _ in closes]
    for name, item in items.items():
        mine = places[name]
        for place, drawn in zip(mine, _draw_item(chart, seed, figures, item, rest[mine]), strict=True):
            found[place][name] = drawn
    return list(found)


def _draw_item(
    chart: Chart, seed: int, figures: CompanyFigures, item: ClosingItem, rest: NDArray[np.int64]
) -> list[EntryDraws]:
    keys = make_keys(seed, ("close", item.name, figures.company), rest)
    if item.basis is Basis.INTERCOMPANY:
        # Both companies draw the same share.
        charger = figures.charger if item.receives else figures.company
        shares = draw_each(make_keys(seed, ("intercompany", charger), rest), 0, 0)
    else:
        shares = draw_each(keys, 0, 2)
    columns = (
        _accounts(chart.pools[item.debit], keys, 0),
        _accounts(chart.pools[item.credit], keys, 1),
        shares.tolist(),
        keys.tolist(),
    )
    return [EntryDraws(*each) for each in zip(*columns, strict=True)]


def _accounts(members: Sequence[int], keys: NDArray[np.uint64], field: int) -> list[int]:
    if len(members) == 1:
        return [members[0]] * len(keys)
    chosen: list[int] = np.array(members)[below(draw_each(keys, 0, field), len(members))].tolist()
    return chosen
