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

from datasynth.config import INDUSTRIES
from datasynth.generation.block import Block
from datasynth.generation.journal import Journal
from tests.generation.configs import make_config

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
    """Return a triggered journal that is quick to compute even where nothing is compiled."""
    journal = Journal(make_config(400, months=2, start_date="2024-11-01"))
    return journal.trigger("year_end", 100)[0]


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
