"""Defaults and industry presets."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources
from typing import cast

import pytest

from datasynth.config import COMPLEXITIES, INDUSTRIES, config_from_mapping
from datasynth.config.defaults import default_company, default_document, overlay


def weights(document: dict[str, object]) -> dict[str, float]:
    """Process weights of a document."""
    return cast("dict[str, float]", document["business_processes"])


def exact_sum(shares: dict[str, float]) -> Fraction:
    """Sum of shares as they are written, not as binary fractions."""
    return sum((Fraction(str(share)) for share in shares.values()), Fraction())


def names_in(folder: str) -> list[str]:
    """Names of the data files of a folder."""
    files = resources.files("datasynth.config").joinpath(folder).iterdir()
    return sorted(file.name for file in files if file.is_file())


def test_every_industry_has_a_preset() -> None:
    """There is one data file for each of the ten industries and none besides."""
    assert sorted(f"{name}.yaml" for name in INDUSTRIES) == names_in("presets")


def test_every_complexity_has_a_preset() -> None:
    """There is one data file for each size of chart and none besides."""
    assert sorted(f"{name}.yaml" for name in COMPLEXITIES) == names_in("presets/complexity")


@pytest.mark.parametrize("complexity", COMPLEXITIES)
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_presets_are_valid_by_themselves(industry: str, complexity: str) -> None:
    """Choosing an industry, a size of chart and nothing else gives a valid configuration."""
    patch = {"global": {"industry": industry}, "chart_of_accounts": {"complexity": complexity}}
    config = config_from_mapping(patch)

    assert (industry, complexity) == (config.general.industry, config.chart_of_accounts.complexity)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_shares_of_presets_sum_to_one(industry: str) -> None:
    """Process weights and sources sum to one exactly, as they are written."""
    document = default_document(industry)
    sources = cast("dict[str, dict[str, float]]", document["transactions"])["sources"]

    assert [1, 1] == [exact_sum(weights(document)), exact_sum(sources)]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_presets_leave_room_for_odd_entries(industry: str) -> None:
    """Sales and purchases matter everywhere, and their tax lines make less than 14 % of entries odd.

    Assumed: invoices are 30 % of order to cash and 25 % of procure to pay,
    cash sales 15 % of order to cash, and one company spreads intercompany.
    """
    document = default_document(industry)
    own, tax = weights(document), cast("dict[str, float]", document["tax"])
    invoices = 0.45 * own["o2c_weight"] + 0.25 * own["p2p_weight"]

    assert min(own["o2c_weight"], own["p2p_weight"]) >= 0.12
    assert tax["taxable_share"] * invoices / (1 - own["intercompany_weight"]) < 0.14


def test_presets_differ() -> None:
    """No two industries have the same process weights."""
    assert len(INDUSTRIES) == len({tuple(weights(default_document(name)).values()) for name in INDUSTRIES})


@pytest.mark.parametrize("industry", [None, 5, [], "steel"])
def test_unknown_industry_gets_the_default_document(industry: object) -> None:
    """The schema complains about a wrong industry; its defaults are manufacturing's."""
    assert default_document("manufacturing") == default_document(industry)


@pytest.mark.parametrize("complexity", [None, 5, [], "huge"])
def test_unknown_complexity_gets_the_default_document(complexity: object) -> None:
    """The schema complains about a wrong size; its defaults are those of the medium chart."""
    assert default_document(None, "medium") == default_document(None, complexity)


def test_default_company_leaves_out_what_is_its_own() -> None:
    """Other companies inherit currency, country and weight, not the code."""
    assert {"currency": "USD", "country": "US", "volume_weight": 1.0} == default_company()


def test_overlay_merges_objects_and_replaces_the_rest() -> None:
    """Objects merge at every depth, lists do not, and the arguments stay as they were."""
    base: dict[str, object] = {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]}

    assert {"a": {"b": 1, "c": {"d": 3}}, "e": [9]} == overlay(base, {"a": {"c": {"d": 3}}, "e": [9]})
    assert {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]} == base


def test_overlay_mixes_no_distributions() -> None:
    """An object that is one value replaces what was there."""
    below, above = {"custom_distribution": {"2": 1.0}}, {"custom_distribution": {"3": 1.0}}

    assert above == overlay(below, above)
