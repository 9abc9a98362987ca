"""Random configurations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from bench.fuzz.documents import Bounds, random_document
from datasynth.config import MOST_ENTRIES, config_from_mapping, config_json_schema
from datasynth.generation.cost import estimate_bytes

if TYPE_CHECKING:
    from datasynth.config import Config

SMALL = Bounds(entries=1_000, companies=3, months=12, memory=100_000_000)


@pytest.fixture(scope="module")
def configs() -> list[Config]:
    """Draw many."""
    return [config_from_mapping(random_document(seed, Bounds())) for seed in range(200)]


def test_documents_are_valid_by_both_schemas() -> None:
    """The JSON Schema finds nothing wrong either, and equal numbers give equal documents."""
    judge = Draft202012Validator(config_json_schema())
    for seed in range(60):
        document = random_document(seed, Bounds())
        judge.validate(document)
        assert document == random_document(seed, Bounds())


def test_documents_keep_to_their_bounds() -> None:
    """Entries, companies, months and memory are what was asked for at most."""
    for seed in range(60):
        config = config_from_mapping(random_document(seed, SMALL))
        assert config.transactions.target_count <= SMALL.entries
        assert len(config.companies) <= SMALL.companies
        assert config.general.period_months <= SMALL.months
        assert estimate_bytes(config) <= SMALL.memory


def test_edges_occur(configs: list[Config]) -> None:
    """One entry and a trillion, one month and 120, many companies, tiny weights, one number of lines."""
    counts = Counter(config.transactions.target_count for config in configs)
    months = Counter(config.general.period_months for config in configs)
    weights = {company.volume_weight for config in configs for company in config.companies}
    lots = [config.transactions.line_items.custom_distribution for config in configs]

    assert min(counts[1], counts[MOST_ENTRIES]) > 2
    assert min(months[1], months[120]) > 2
    assert max(len(config.companies) for config in configs) > 5
    assert {0.0} < {weight for weight in weights if weight < 1e-8}
    assert any(len(lot) == 1 for lot in lots)
    assert any(config.transactions.line_items.max_lines == 1_000 for config in configs)
    assert any(not config.tax.enabled for config in configs)
    assert any(config.transactions.reversal_rate == 0.1 for config in configs)
    assert {1970, 2200} <= {config.general.start_date.year for config in configs}
