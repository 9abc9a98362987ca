"""Exact integer arithmetic on amounts, and draws for all templates of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Money = NDArray[np.int64]

MILLION = 1_000_000


def rounded(amounts: Money, unit: int) -> Money:
    """Round to `unit` times 1, 5, 50, 500, …, never coarser than a twentieth of the amount."""
    step = np.full_like(amounts, unit)
    coarse = 5 * unit
    while 20 * coarse <= int(amounts.max()):
        step = np.where(amounts >= 20 * coarse, coarse, step)
        coarse *= 10
    multiples: Money = np.maximum((amounts + step // 2) // step * step, unit)
    return multiples


def share_of(amounts: Money, parts: Money | int, of: int = 1_000, more: int = 0) -> Money:
    """Return ``(amounts * parts + more) // of`` without overflow, for `parts` up to about `of`."""
    shares: Money = amounts // of * parts + (amounts % of * parts + more) // of
    return shares


def millionths(share: float) -> int:
    """Return a share as a whole number. [millionths]"""
    return round(share * MILLION)


def ranks_of(order: NDArray[np.int64], among: int) -> NDArray[np.int64]:
    """Return the rank of each template from their order. [millionths of `among` templates]"""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ranks: NDArray[np.int64] = (2 * place + 1) * (MILLION // 2) // among
    return ranks


@dataclass(frozen=True, slots=True)
class TemplateDraws:
    """Draws for the templates of a pool, each by itself."""

    key: int
    templates: int

    def bits(self, field: int) -> NDArray[np.uint64]:
        """Return 64 bits for each template; each `field` has draws of its own."""
        return draws(self.key, np.arange(self.templates, dtype=np.int64), field)

    def between(self, field: int, low: int, high: int) -> Money:
        """Draw whole numbers from `low` to `high`, both included."""
        return low + below(self.bits(field), high - low + 1)

    def order(self, field: int) -> NDArray[np.int64]:
        """Return the templates in random order."""
        # Draws of one key are all different, so every sorting algorithm gives the same order.
        return np.argsort(self.bits(field))

    def ranks(self, field: int, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Rank the templates at random, so that any share of them is exact. [millionths]

        Only those `among` (templates,) bool are ranked, if given; the others come after them.
        """
        order = self.order(field)
        if among is None:
            return ranks_of(order, len(order))
        first = among[order]
        return ranks_of(np.concatenate([order[first], order[~first]]), max(int(np.count_nonzero(first)), 1))
