"""How many templates template pools have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.scheduling import make_schedule
from datasynth.generation.templates.pool_sizes import (
    LEAST_TEMPLATES,
    MOST_TEMPLATES,
    TemplatePoolNeed,
    line_budget,
    mean_lines,
    template_lines,
    template_pool_sizes,
    weight_of,
)
from datasynth.generation.templates.pools import make_template_pools
from datasynth.ledger.chart import chart_of
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS
from tests.generation.configs import COMPANIES

LONG: dict[str, object] = {"max_lines": 1_000, "custom_distribution": {"1000": 1}}
NEEDS = st.lists(
    st.builds(TemplatePoolNeed, st.integers(0, 10**6), st.booleans(), st.floats(1, 50)),
    min_size=1,
    max_size=40,
)


def lines_of(count: int, line_items: dict[str, object], companies: int = 1, **sections: object) -> int:
    """Add up the lines of all template pools of a configuration."""
    config = config_from_mapping(
        {
            "companies": COMPANIES[:companies],
            "transactions": {"target_count": count, "line_items": line_items},
            **sections,
        }
    )
    template_pools = make_template_pools(
        config, make_schedule(config), chart_of(config.chart_of_accounts.complexity)
    )
    return sum(len(rows.account) for template_pool in template_pools.values() for rows in template_pool.steps)


@given(NEEDS, st.integers(1, 10**8))
def test_template_pools_keep_to_the_budget_or_are_as_small_as_can_be(
    needs: list[TemplatePoolNeed], budget: int
) -> None:
    """Sizes are powers of two and hold a ring for each class, whatever the needs are."""
    templates = template_pool_sizes(needs, budget)
    total = sum(need.lines * size for need, size in zip(needs, templates, strict=True))

    assert total <= budget * (1 + 1e-9) or set(templates) == {LEAST_TEMPLATES}
    for size, need in zip(templates, needs, strict=True):
        assert LEAST_TEMPLATES <= size <= need.usual_templates
        assert size & (size - 1) == 0


@given(NEEDS)
def test_template_pools_within_the_budget_have_their_usual_size(needs: list[TemplatePoolNeed]) -> None:
    """A budget that is large enough changes nothing."""
    usual = [need.usual_templates for need in needs]

    assert usual == template_pool_sizes(needs, 10**9)


def test_what_is_too_large_shrinks_first_to_what_is_used_and_then_by_use() -> None:
    """A pool for few cases gives its spare templates away; what is used most seldom is halved first."""
    few, rare, common = (
        TemplatePoolNeed(200, valued=False, lines=20.0),
        TemplatePoolNeed(10**5, valued=False, lines=5.0),
        TemplatePoolNeed(10**6, valued=False, lines=5.0),
    )

    assert [256, MOST_TEMPLATES, MOST_TEMPLATES] == template_pool_sizes([few, rare, common], 1_322_000)
    assert [256, MOST_TEMPLATES // 4, MOST_TEMPLATES] == template_pool_sizes([few, rare, common], 840_000)


def test_pools_of_long_documents_shrink_last() -> None:
    """Of two that are used as often, one has documents of many lines, which are like one another longer."""
    short, long = (TemplatePoolNeed(10**6, valued=False, lines=4.0, weight=weight) for weight in (0.25, 2.0))

    assert [MOST_TEMPLATES // 2, MOST_TEMPLATES] == template_pool_sizes([short, long], 6 * MOST_TEMPLATES)


def test_documents_that_recur_weigh_little() -> None:
    """Of an order two documents may be long, of a payroll only what is like the month before."""
    weight = {kind.name: weight_of(kind) for kind in (*CASE_KINDS, *SINGLE_KINDS)}

    assert (2, 1, 1) == (weight["order"], weight["purchase"], weight["journal"])
    assert 0 < weight["payroll"] == weight["standing_order"] == weight["loan"] < 1


@pytest.mark.parametrize(
    ("count", "line_items", "most"),
    [
        (300, LONG, 800_000),
        (2, LONG, 250_000),
        (3_000, LONG, 7_000_000),
        (3_000, {"max_lines": 1_000, "custom_distribution": {"500": 0.5, "2": 0.5}}, 6_000_000),
    ],
)
def test_few_entries_of_many_lines_have_small_template_pools(
    count: int, line_items: dict[str, object], most: int
) -> None:
    """Pools do not have many times the lines of their stream; at thousand lines an entry, once 28 million."""
    assert lines_of(count, line_items) <= most


COUNTRIES = "US DE FR GB JP KW SA IL IN SG CH CA AU SE PL BR HU DK FI NO IE NL BE AT PT"


def test_many_tax_rates_share_the_budget() -> None:
    """Fifty companies of as many countries have pools of no more lines than the budget, or little more."""
    companies = [
        {"code": f"C{number}", "country": country} for number, country in enumerate(COUNTRIES.split() * 2)
    ]
    config = config_from_mapping({"companies": companies, "transactions": {"target_count": 10_000}})
    template_pools = make_template_pools(config, make_schedule(config), chart_of("medium"))
    lines = sum(
        len(rows.account) for template_pool in template_pools.values() for rows in template_pool.steps
    )

    assert lines <= 1.5 * line_budget(mean_lines(config.transactions.line_items) * 10_000)


def test_long_entries_have_their_lines_however_small_the_template_pool() -> None:
    """All documents that are free to have a thousand lines, and large enough for them, have them."""
    document = {
        "transactions": {"target_count": 300, "line_items": LONG, "amounts": {"min": 10_000, "max": 10**7}}
    }
    block = Journal(config_from_mapping(document)).block(0, 300)
    lengths = np.diff(block.first_line)

    assert {1_000} <= set(lengths.tolist())
    assert np.count_nonzero(lengths == 1_000) > 60
    # The year's own close has a line for each account of the result.
    assert 1 >= np.count_nonzero((lengths > 20) & (lengths < 1_000))


def test_lines_of_a_template_are_its_accounts() -> None:
    """One a posting, and somewhat more where documents may be long, however long."""
    items = config_from_mapping({}).transactions.line_items
    order = next(kind for kind in CASE_KINDS if kind.name == "order")

    assert mean_lines(items) == pytest.approx(4.7, abs=1.0)
    assert 2 + 3 + 4 < template_lines(order) < 2 + 3 + 4 + 2


@pytest.mark.parametrize(
    ("cases", "templates"), [(0, 1_024), (1_000, 1_024), (5_000, 8_192), (40_000, 65_536), (10**9, 131_072)]
)
def test_template_pools_grow_with_the_cases_within_bounds(cases: int, templates: int) -> None:
    """A pool has the power of two that its cases need."""
    assert templates == TemplatePoolNeed(cases, valued=False, lines=2.0).usual_templates


def test_template_pools_of_valued_documents_are_small() -> None:
    """Documents that are summed day by day have few templates, but some for every class."""
    large = TemplatePoolNeed(10**9, valued=True, lines=2.0).usual_templates

    assert CLASSES < large <= 1_024
    assert large == TemplatePoolNeed(0, valued=True, lines=2.0).usual_templates
    assert 0 == large & (large - 1)
