"""Golden digests: the same bytes on every processor, with and without compiling."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from datasynth.config import INDUSTRIES, config_from_mapping
from datasynth.generation.block import Block
from datasynth.generation.journal import Journal
from tests.generation.configs import COMPANIES, make_config

GOLDEN = Path(__file__).parents[1] / "golden" / "journal.json"
WRITE = os.environ.get("DATASYNTH_GOLDEN") == "write"

pytestmark = pytest.mark.golden


def digest(journal: Journal, ranges: list[tuple[int, int]], threads: int = 1) -> str:
    """Return one digest of all columns of some ranges."""
    whole = hashlib.sha256()
    with ThreadPoolExecutor(threads) as pool:
        for block in pool.map(lambda bounds: journal.block(*bounds), ranges):
            for field in fields(Block):
                if field.name != "first":
                    whole.update(np.ascontiguousarray(getattr(block, field.name)).tobytes())
    return whole.hexdigest()


def small_journal() -> Journal:
    """Return a triggered journal of two currencies that is quick even where nothing is compiled."""
    document: dict[str, object] = {
        "global": {"start_date": "2024-11-01", "period_months": 2},
        "companies": COMPANIES[2:4],
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 800, "foreign_currency_share": 0.15},
    }
    return Journal(config_from_mapping(document)).trigger("year_end", 100)[0]


def known(name: str, found: str) -> str:
    """Return the golden digest of a name, or write the one found."""
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if WRITE:
        golden[name] = found
        GOLDEN.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n")
    return str(golden[name])


@pytest.mark.parametrize("industry", INDUSTRIES)
@pytest.mark.parametrize("seed", [42, 7])
def test_industries_are_golden(industry: str, seed: int) -> None:
    """Ranges at the beginning, in the middle and at the end of each industry's default."""
    journal = Journal(make_config(100_000, industry=industry, seed=seed))
    found = digest(journal, [(0, 500), (49_750, 500), (99_500, 500)])

    assert known(f"{industry} {seed}", found) == found


CONFIGURED: dict[str, dict[str, object]] = {
    "abroad and between companies": {
        "global": {"start_date": "2023-11-15", "period_months": 6, "fiscal_year_start_month": 4},
        "companies": COMPANIES,
        "transactions": {"target_count": 20_000, "foreign_currency_share": 0.2, "reversal_rate": 0.1},
        "intercompany": {"markup": 0.125},
    },
    "large chart": {
        "global": {"period_months": 3},
        "chart_of_accounts": {"complexity": "large"},
        "transactions": {"target_count": 20_000, "line_items": {"max_lines": 1_000}},
    },
    "custom distribution": {
        "global": {"period_months": 3},
        "companies": [{"code": "1", "currency": "EUR", "country": "DE"}],
        "transactions": {
            "target_count": 20_000,
            "line_items": {"custom_distribution": {"2": 0.5, "3": 0.2, "6": 0.2, "40": 0.1}},
        },
        "tax": {"taxable_share": 1.0},
    },
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_configurations_are_golden(name: str) -> None:
    """All entries, both sides of every account and all open items of journals that use what there is."""
    journal = Journal(config_from_mapping(CONFIGURED[name]))
    found = hashlib.sha256(digest(journal, [(0, journal.total)]).encode())
    for position in (0, 7_777, journal.total):
        balances = journal.balances(position)
        for sums in (balances.opening, balances.debit, balances.credit):
            found.update(np.ascontiguousarray(sums).tobytes())
        found.update(repr(journal.open_items(position, None, 0, 10**6)).encode())

    assert known(name, found.hexdigest()) == found.hexdigest()


@pytest.mark.parametrize("threads", [1, 4])
def test_threads_change_nothing(threads: int) -> None:
    """A triggered journal of five companies has one digest, whoever computes it."""
    journal = Journal(make_config(20_000, companies=5))
    for pattern in ("month_end", "year_end"):
        journal, _ = journal.trigger(pattern, 9_000)
    ranges = [(first, 1_000) for first in range(0, 20_000, 1_000)]
    found = digest(journal, ranges, threads)

    assert known("five companies", found) == found


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"NUMBA_DISABLE_JIT": "1"},
        {"NUMBA_CPU_NAME": "generic", "NPY_DISABLE_CPU_FEATURES": "X86_V4"},
    ],
    ids=["compiled", "interpreted", "generic processor"],
)
@pytest.mark.timeout(300)
def test_processors_change_nothing(environment: dict[str, str]) -> None:
    """A small range has one digest, compiled, interpreted and for a generic processor."""
    program = (
        "import numpy as np\n"
        "np.seterr(over='ignore')\n"
        "from tests.generation.test_golden import digest, small_journal\n"
        "journal = small_journal()\n"
        "print(digest(journal, [(0, journal.total)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stderr
    assert known("small", done.stdout.strip()) == done.stdout.strip()
