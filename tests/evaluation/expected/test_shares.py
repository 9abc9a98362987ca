"""Shares that are configured."""

from __future__ import annotations

import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation.expected.shares import company_shares, process_shares, source_shares

WEIGHTS = {
    "o2c_weight": 0.4,
    "p2p_weight": 0.4,
    "r2r_weight": 0.0,
    "h2r_weight": 0.0,
    "a2r_weight": 0.0,
    "treasury_weight": 0.0,
    "tax_weight": 0.0,
    "intercompany_weight": 0.2,
}
TWO = [{"code": "1000"}, {"code": "2000", "volume_weight": 3.0}]


def test_one_company_deals_with_nobody() -> None:
    """The weight of intercompany is spread over the others."""
    shares = process_shares(config_from_mapping({"business_processes": WEIGHTS}))

    assert {"O2C": 0.5, "P2P": 0.5} == pytest.approx({name: share for name, share in shares.items() if share})


def test_two_companies_deal_with_one_another() -> None:
    """The weights are the shares."""
    shares = process_shares(config_from_mapping({"business_processes": WEIGHTS, "companies": TWO}))

    assert {"O2C": 0.4, "P2P": 0.4, "IC": 0.2} == pytest.approx(
        {name: share for name, share in shares.items() if share}
    )


def test_companies() -> None:
    """Companies share the entries by their weights."""
    assert {"1000": 0.25, "2000": 0.75} == company_shares(config_from_mapping({"companies": TWO}))


def test_sources() -> None:
    """Sources are as configured, and sum to one."""
    sources = {"manual": 0.3, "automated": 0.6, "recurring": 0.05, "adjustment": 0.05}

    assert sources == pytest.approx(
        source_shares(config_from_mapping({"transactions": {"sources": sources}}))
    )
