"""Books of a journal before chosen days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.books.day_books import DayBooks
from datasynth.generation.books.openings import cash_accounts
from datasynth.generation.making import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasynth.generation.ground import Ground


def look(ground: Ground, days: Sequence[int], followed: Iterable[int] | None = None) -> DayBooks:
    """Look at the books of every company before the same days; cash is followed, or other accounts."""
    return DayBooks(
        ground.schedule,
        ground.sheet,
        ground.chart,
        ground.rates,
        ground.chains,
        [days] * len(ground.config.companies),
        cash_accounts(ground.chart) if followed is None else followed,
        ALONE,
    )
