"""Amounts of industries."""

from __future__ import annotations

import pytest

from datasynth.config import INDUSTRIES
from datasynth.ledger.industries import EVEN_SEASON, industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS


@pytest.mark.parametrize("name", INDUSTRIES)
def test_every_industry_has_amounts_for_every_kind(name: str) -> None:
    """Each kind of case has a profile that spreads, within what amounts can be, and no profile is idle."""
    profiles = industry(name).amount_profiles

    assert {kind.amount_profile for kind in (*CASE_KINDS, *SINGLE_KINDS)} == set(profiles)
    for profile in profiles.values():
        assert 2 < profile.mean < 12
        assert 0.5 < profile.deviation < 3


@pytest.mark.parametrize("name", INDUSTRIES)
def test_sales_cost_less_than_they_bring(name: str) -> None:
    """Cost of sales is a range between nothing and the whole sale."""
    low, high = industry(name).cost

    assert 0 < low < high < 1_000


def test_industries_differ() -> None:
    """No two industries have the same amounts."""
    profiles = [tuple(sorted(map(str, industry(name).amount_profiles.items()))) for name in INDUSTRIES]

    assert len(INDUSTRIES) == len(set(profiles))


def test_a_kind_sells_as_its_source_says() -> None:
    """Sales of retail are small and spread, machines are bought dearer than stationery."""
    retail, energy = industry("retail"), industry("energy")

    assert 4.6 == retail.amount_profiles["sale"].mean
    assert retail.amount_profiles["sale"].deviation > energy.amount_profiles["sale"].deviation
    assert energy.amount_profiles["sale"].mean > retail.amount_profiles["sale"].mean
    assert retail.amount_profiles["asset"].mean > retail.amount_profiles["small"].mean


def test_journals_are_like_expenses() -> None:
    """What is reclassified is what was spent; what groups sell to one another is bought like goods."""
    for name in INDUSTRIES:
        profiles = industry(name).amount_profiles

        assert profiles["expense"] == profiles["journal"]
        assert profiles["purchase"] == profiles["intercompany"]


def test_unknown_industries_are_refused() -> None:
    """An industry without amounts is an error."""
    with pytest.raises(KeyError):
        industry("alchemy")


@pytest.mark.parametrize("name", INDUSTRIES)
def test_a_season_has_twelve_months(name: str) -> None:
    """None is dead, and they are about one on average, as the months of an even one are."""
    months = industry(name).season

    assert (12, True) == (len(months), min(months) > 0)
    assert pytest.approx(1.0, abs=0.05) == sum(months) / 12
    assert (1.0,) * 12 == EVEN_SEASON
