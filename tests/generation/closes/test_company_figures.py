"""Figures that closes depend on, against what companies post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.closes.company_figures import company_figures
from datasynth.ledger.closes import ASSET_CLASSES
from tests.generation.looked import look
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal
    from datasynth.generation.journal_plan import JournalPlan


def test_turnover_is_what_is_sold_in_a_month(small: Journal, plan: JournalPlan) -> None:
    """Of each company about what it invoices at home or sells for cash; partners share the smaller."""
    figures = company_figures(plan.config, plan.schedule, plan.chart, look(plan, [123]))
    seen = Seen.of(small)
    selling = seen.block.currency == np.array(seen.words.company_currencies)[seen.block.company]
    selling &= np.isin(seen.types, ["RV", "DR", "BV"])
    for company, found in enumerate(figures):
        sold = int(seen.totals[selling & (seen.block.company == company)].sum()) / 4

        assert sold == pytest.approx(found.turnover, rel=0.3)
        assert -int(plan.cases.opening(company)[plan.chart.only("grir")]) == found.open_receipts
    smaller = min(figures[1].turnover, figures[2].turnover)

    assert (smaller, smaller) == figures[1].partner_turnover == figures[2].partner_turnover
    assert (0, 2, 1) == tuple(found.charger for found in figures)


def test_what_a_company_owns_at_the_start_follows_its_turnover(plan: JournalPlan) -> None:
    """Every asset class has an opening cost, of which a part is worn."""
    for found in plan.closes.calculator.figures:
        for number in range(len(ASSET_CLASSES)):
            assert 0 < found.opening_depreciation(number) < found.opening_cost(number)
