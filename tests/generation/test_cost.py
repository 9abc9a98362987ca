"""What a journal is estimated to take."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bench.cost import NAMED, measure
from bench.fuzz.documents import Bounds, random_document
from datasynth.config import config_from_mapping
from datasynth.generation.cost import COEFFICIENTS, estimate_bytes, most_partners, quantities
from datasynth.generation.journal import Journal
from datasynth.generation.parties.directory import Directory
from datasynth.generation.parties.partners import Partners

TWO_GB = 2_000_000_000
"""What a configuration may take where no memory limit is set. [bytes]"""


def estimated(document: dict[str, Any]) -> int:
    """Estimate a document."""
    return estimate_bytes(config_from_mapping(document))


def companies(count: int, currency: str = "EUR") -> list[dict[str, Any]]:
    """Return companies of one country."""
    return [{"code": f"C{number}", "country": "DE", "currency": currency} for number in range(count)]


LARGER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"companies": companies(2)}, {"companies": companies(20)}),
    ({"global": {"period_months": 12}}, {"global": {"period_months": 60}}),
    ({"chart_of_accounts": {"complexity": "small"}}, {"chart_of_accounts": {"complexity": "large"}}),
    ({"companies": companies(3)}, {"companies": [*companies(2), {"code": "X", "country": "JP"}]}),
    (
        {"transactions": {"target_count": 1_000}},
        {"transactions": {"target_count": 1_000_000_000}},
    ),
    (
        {"companies": companies(9), "user_personas": {"manager": 1}},
        {"companies": companies(9), "user_personas": {"manager": 500}},
    ),
]


@pytest.mark.parametrize(("less", "more"), LARGER)
def test_larger_configurations_take_more(less: dict[str, Any], more: dict[str, Any]) -> None:
    """Companies, months, accounts, tax rates, lines, entries and users each add to the estimate."""
    assert estimated(less) < estimated(more)


def test_quantities_are_those_that_are_weighed() -> None:
    """Each has a coefficient, and none is below nil."""
    counted = quantities(config_from_mapping({}))

    assert set(COEFFICIENTS) == set(counted)
    assert min(counted.values()) >= 0


@pytest.mark.parametrize(
    "name", ["default", "10^10", "50 of one currency", "a million parties", "2500 users"]
)
def test_ordinary_configurations_are_far_below_what_is_refused(name: str) -> None:
    """The default, ten billion entries, fifty companies and a million parties fit into 2 GB."""
    assert estimated(NAMED[name]) < TWO_GB


def test_parties_cost_what_occurs() -> None:
    """A million parties of each kind for each of fifty companies take as much as ten thousand do."""
    some = dict.fromkeys(("customers", "vendors", "employees"), 110_000)

    assert estimated(NAMED["50 of a million"]) < TWO_GB
    assert estimated(NAMED["50 of a million"]) == estimated({**NAMED["50 of a million"], "master_data": some})


def test_all_partners_are_counted() -> None:
    """Of small pools everybody; of large ones no more than there are places to choose from."""
    for sizes in ((400, 250, 120), (9_000, 20_000, 3)):
        parties = dict(zip(("customers", "vendors", "employees"), sizes, strict=True))
        config = config_from_mapping({"companies": companies(3), "master_data": parties})
        partners = Partners(Directory(config))

        assert 0.6 * most_partners(config) < len(partners) <= most_partners(config)
    assert sum(sizes) * 3 > most_partners(config)


def test_an_estimate_takes_milliseconds() -> None:
    """Nothing is built: ten billion entries in fifty companies over ten years take a tenth of a second."""
    config = config_from_mapping(NAMED["10^10, 50, 120"])
    estimate_bytes(config)
    began = time.process_time()
    estimate_bytes(config)

    assert time.process_time() - began < 0.5


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_estimates_exist_for_whatever_is_valid() -> None:
    """Weights of any scale, one process, one entry: there is a figure, above that of the arrays."""
    for seed in range(40):
        assert estimate_bytes(config_from_mapping(random_document(seed, Bounds()))) > 1_000_000
    for seed in range(2):
        config = config_from_mapping(random_document(seed, Bounds(memory=80_000_000)))
        assert Journal(config).nbytes < estimate_bytes(config)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["default", "300 of 1000 lines", "5 companies", "120 months, large"])
def test_what_is_measured_is_near_what_is_estimated(name: str) -> None:
    """In a process of its own a build takes at most a little more, and not very much less."""
    found = measure(name, NAMED[name])

    assert found.peak < 1.05 * found.estimate
    assert found.estimate < 3 * max(found.peak, 40_000_000)
