"""Whatever is a valid configuration generates, over the real REST API; ``make fuzz`` tries thousands more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.fuzz.clients import AppClient
from bench.fuzz.documents import Bounds, random_document
from bench.fuzz.judging import judge
from datasynth.bootstrap import create_app, services_of
from datasynth.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATIONS = 120
TOGETHER = 15

SMALL = Bounds(companies=2, months=6, memory=70_000_000)
"""What most of them fit, since there are many, and each is built anew."""

LARGER = Bounds(companies=5, months=36, memory=150_000_000)
"""What every tenth fits."""

FOUND: dict[str, dict[str, object]] = {
    "one company of a tiny weight": {"companies": [{"code": "A", "volume_weight": 1e-9}]},
    "the smallest weight that there is": {"companies": [{"code": "A", "volume_weight": 5e-324}]},
    "one company in a million, one in a thousand millionths": {
        "companies": [{"code": "A", "volume_weight": 1e6}, {"code": "B", "volume_weight": 1e-9}],
        "transactions": {"target_count": 50},
    },
    "weights beyond what numbers tell apart": {
        "companies": [
            {"code": code, "volume_weight": weight}
            for code, weight in zip("ABC", (1e-300, 1e6, 0), strict=True)
        ]
    },
    "one process of a tiny weight, and nobody to deal with": {
        "business_processes": {
            **dict.fromkeys(
                ("p2p_weight", "r2r_weight", "h2r_weight", "a2r_weight", "treasury_weight", "tax_weight"), 0
            ),
            "o2c_weight": 1e-9,
            "intercompany_weight": 1 - 1e-9,
        },
        "transactions": {"target_count": 200},
    },
    "weekdays that are hardly busy": {
        "transactions": {
            "target_count": 200,
            "temporal": {"day_of_week": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), 1e-12)},
        }
    },
    "ten billion entries in a month": {
        "global": {"period_months": 1},
        "transactions": {"target_count": 10_000_000_000},
    },
    "a million parties of each kind": {
        "master_data": dict.fromkeys(("customers", "vendors", "employees"), 1_000_000),
        "transactions": {"target_count": 300},
    },
    "entries of a thousand lines": {
        "transactions": {
            "target_count": 100,
            "line_items": {"max_lines": 1_000, "custom_distribution": {"1000": 1}},
        }
    },
    "ten years of fewer entries than their closes would have": {
        "global": {"period_months": 120},
        "business_processes": {
            "r2r_weight": 1,
            **dict.fromkeys(
                ("o2c_weight", "p2p_weight", "h2r_weight", "a2r_weight", "treasury_weight", "tax_weight"), 0
            ),
            "intercompany_weight": 0,
        },
        "transactions": {"target_count": 27},
    },
    "entries of two lines, hardly ever of more": {
        "transactions": {
            "target_count": 300,
            "line_items": {
                "max_lines": 1_000,
                "custom_distribution": {"2": 1, "29": 1e-300, "1000": 1e-300},
            },
        }
    },
    "entries of two lines": {
        "transactions": {
            "target_count": 300,
            "line_items": {"max_lines": 1_000, "custom_distribution": {"2": 1}},
        }
    },
}
"""What fuzzers and people have found, each once an answer of 500 or worse."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def client() -> Iterator[AppClient]:
    """Ask an application of its own, in this process."""
    app = create_app(Settings(worker_threads=1, rate_limit=0))
    yield AppClient(app)
    services_of(app).shut_down(5.0)


@pytest.mark.parametrize("first", range(0, CONFIGURATIONS, TOGETHER))
def test_random_valid_configurations_generate(client: AppClient, first: int) -> None:
    """Answers are 200, entries as many as asked for and balanced, and ranges, sums and balances tie."""
    found = {
        seed: faults
        for seed in range(first, first + TOGETHER)
        if (faults := judge(client, random_document(seed, SMALL if seed % 10 else LARGER), seed))
    }

    assert {} == found


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_generates(client: AppClient, name: str) -> None:
    """Each configuration that once failed keeps all promises."""
    assert [] == judge(client, FOUND[name], 1)
