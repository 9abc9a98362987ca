"""Defaults and industry presets."""

from __future__ import annotations

from importlib import resources
from typing import cast

import pytest

from datasynth.config import INDUSTRIES, config_from_mapping
from datasynth.config.defaults import default_company, default_document, overlay


def weights(document: dict[str, object]) -> dict[str, float]:
    """Process weights of a document."""
    return cast("dict[str, float]", document["business_processes"])


def test_every_industry_has_a_preset() -> None:
    """There is one data file for each of the ten industries and none besides."""
    files = resources.files("datasynth.config").joinpath("presets").iterdir()

    assert sorted(f"{name}.yaml" for name in INDUSTRIES) == sorted(file.name for file in files)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_preset_is_valid_by_itself(industry: str) -> None:
    """Choosing an industry and nothing else gives a configuration whose weights sum to one."""
    config = config_from_mapping({"global": {"industry": industry}})

    assert industry == config.general.industry
    assert 1 == pytest.approx(sum(weights(default_document(industry)).values()))


def test_presets_differ() -> None:
    """No two industries have the same process weights."""
    assert len(INDUSTRIES) == len({tuple(weights(default_document(name)).values()) for name in INDUSTRIES})


@pytest.mark.parametrize("industry", [None, 5, [], "steel"])
def test_unknown_industry_gets_the_default_document(industry: object) -> None:
    """The schema complains about a wrong industry; its defaults are manufacturing's."""
    assert default_document("manufacturing") == default_document(industry)


def test_default_company_leaves_out_what_is_its_own() -> None:
    """Other companies inherit currency, country and weight, not the code."""
    assert {"currency": "USD", "country": "US", "volume_weight": 1.0} == default_company()


def test_overlay_merges_objects_and_replaces_the_rest() -> None:
    """Objects merge at every depth, lists do not, and the arguments stay as they were."""
    base: dict[str, object] = {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]}

    assert {"a": {"b": 1, "c": {"d": 3}}, "e": [9]} == overlay(base, {"a": {"c": {"d": 3}}, "e": [9]})
    assert {"a": {"b": 1, "c": {"d": 2}}, "e": [1, 2]} == base
