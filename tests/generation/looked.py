"""Books of a journal before chosen days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.balances.day_balances import DayBalances
from datasynth.generation.build_context import ALONE
from datasynth.generation.closes.opening_balances import cash_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasynth.generation.journal_plan import JournalPlan


def look(plan: JournalPlan, days: Sequence[int], followed: Iterable[int] | None = None) -> DayBalances:
    """Look at the books of every company before the same days; cash is followed, or other accounts."""
    followed = cash_accounts(plan.chart) if followed is None else followed
    return DayBalances(plan.cases, [days] * len(plan.config.companies), followed, ALONE)
