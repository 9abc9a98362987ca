"""Which invoices of a template pool deviate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.lags import class_ranks, scaled_lag
from datasynth.generation.templates.invoice_deviations import draw_deviations
from datasynth.generation.templates.shares import TemplateDraws
from datasynth.ledger.processes import CASE_KINDS

if TYPE_CHECKING:
    from datasynth.generation.templates.invoice_deviations import InvoiceDeviations

TEMPLATES = 2_048
KINDS = {kind.name: kind for kind in CASE_KINDS}


def deviations(name: str, section: str, **rates: float) -> InvoiceDeviations:
    """Draw the deviations of a kind under some rates, the others of the section nil."""
    nothing = dict.fromkeys(("partial_payment_rate", "early_discount_rate"), 0.0)
    config = config_from_mapping({"document_flows": {section: nothing | rates}})
    return draw_deviations(KINDS[name], config.document_flows, TemplateDraws(make_key(3), TEMPLATES))


def test_templates_deviate_each_by_itself() -> None:
    """What a template has says nothing of its neighbour."""
    found = deviations("purchase", "p2p", price_variance_rate=0.3)
    for mask in (found.dearer, found.cheaper):
        both = (mask[0::2] & mask[1::2]).mean()

        assert both == pytest.approx(mask.mean() ** 2, abs=0.03)


@pytest.mark.parametrize("early", [0.0, 0.1, 0.37])
def test_who_pays_soonest_pays_early(early: float) -> None:
    """Classes whose cases are paid first take the discount, so that an early payment is an early one."""
    found = deviations("purchase", "p2p", early_discount_rate=early, price_variance_rate=0.0)
    step = KINDS["purchase"].steps[-1]
    flows = config_from_mapping({}).document_flows
    rank = class_ranks(scaled_lag(step, flows))[np.arange(TEMPLATES) * CLASSES // TEMPLATES]

    assert early / 0.966 == pytest.approx(found.early.mean(), abs=2 / TEMPLATES)
    assert not found.early.any() or rank[found.early].max() <= rank[~found.early].min()


def test_rates_count_all_invoices() -> None:
    """Where a half is paid in other ways, the pool of the rest has twice as many early and short payers."""
    half = {"partial_payment_rate": 0.2, "bundled_payment_rate": 0.2, "return_rate": 0.1}
    found = deviations("order", "o2c", early_discount_rate=0.2, short_payment_rate=0.1, **half)

    assert 0.4 == pytest.approx(found.early.mean(), abs=2 / TEMPLATES)
    assert 0.2 == pytest.approx(found.short.mean(), abs=2 / TEMPLATES)
    assert not (found.early & found.short).any()


def test_customers_and_vendors_have_their_own_rates() -> None:
    """Nobody pays a vendor short, and prices differ in both directions."""
    found = deviations("purchase", "p2p", early_discount_rate=0.1, price_variance_rate=0.3)

    assert not found.short.any()
    assert found.dearer.mean() == pytest.approx(0.15 / 0.966, abs=2 / TEMPLATES)
    assert found.cheaper.mean() == pytest.approx(0.15 / 0.966, abs=2 / TEMPLATES)
    assert not (found.dearer & found.cheaper).any()
