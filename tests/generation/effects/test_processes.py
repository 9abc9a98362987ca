"""Keys of `business_processes` and `intercompany`."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.generation.effects.worlds import COMPANIES, MONTH, WITHOUT_TRADE, flowing, seen

if TYPE_CHECKING:
    from tests.generation.seen import Seen

CODES = {
    "o2c": "O2C",
    "p2p": "P2P",
    "r2r": "R2R",
    "h2r": "H2R",
    "a2r": "A2R",
    "treasury": "TRE",
    "tax": "TAX",
    "intercompany": "IC",
}
WEIGHTS = dict(zip(CODES, (0.10, 0.15, 0.20, 0.12, 0.08, 0.10, 0.11, 0.14), strict=True))


def weighted() -> Seen:
    """See a month of two companies with other weights."""
    return seen(
        MONTH,
        {
            "companies": [{"code": "A"}, {"code": "B"}],
            "business_processes": {f"{name}_weight": weight for name, weight in WEIGHTS.items()},
            "intercompany": {"markup": 0.25},
        },
    )


def check_weight(process: str, *, without: Seen) -> None:
    """Look at a process with a share of its own, and where it has none."""
    weights = {
        CODES[field.name.removesuffix("_weight")]
        for field in fields(without.journal.config.business_processes)
        if getattr(without.journal.config.business_processes, field.name) > 0
    }

    assert WEIGHTS[process] == pytest.approx(weighted().share(CODES[process]), abs=0.012)
    assert 0.0 == without.share(CODES[process])
    assert weights == {without.words.processes[code] for code in set(without.block.process.tolist())}


def test_business_processes_o2c_weight() -> None:
    """Order to cash has its share, and none with a weight of 0."""
    check_weight("o2c", without=seen(*WITHOUT_TRADE))


def test_business_processes_p2p_weight() -> None:
    """Procure to pay has its share, and none with a weight of 0."""
    check_weight("p2p", without=seen(*WITHOUT_TRADE))


def test_business_processes_r2r_weight() -> None:
    """Record to report has its share, closes included, and none with a weight of 0."""
    check_weight("r2r", without=flowing(other=False))


def test_business_processes_h2r_weight() -> None:
    """Hire to retire has its share, and none with a weight of 0."""
    check_weight("h2r", without=flowing(other=False))


def test_business_processes_a2r_weight() -> None:
    """Acquire to retire has its share, and none with a weight of 0."""
    check_weight("a2r", without=flowing(other=False))


def test_business_processes_treasury_weight() -> None:
    """Treasury has its share, and none with a weight of 0."""
    check_weight("treasury", without=flowing(other=False))


def test_business_processes_tax_weight() -> None:
    """Taxes have their share, and none with a weight of 0."""
    check_weight("tax", without=flowing(other=False))


def test_business_processes_intercompany_weight() -> None:
    """Dealings between companies have their share; with one company the others have it."""
    check_weight("intercompany", without=seen(*COMPANIES))
    alone = seen(MONTH)

    assert 0.0 == alone.share("IC")
    assert 0.225 / 0.96 == pytest.approx(alone.share("O2C"), abs=0.005)


def test_intercompany_markup() -> None:
    """What is charged is so much more than what the goods had cost."""
    world = weighted()
    selling = (world.types == "IC")[world.entry]
    charged = np.bincount(world.entry, world.block.credit * (selling & world.on("intercompany_revenue")))
    cost = np.bincount(world.entry, world.block.debit * (selling & world.on("cost_of_sales")))
    sold = charged > 10_000

    assert sold.sum() > 100
    assert 1.25 == pytest.approx(float((charged[sold] / cost[sold]).mean()), abs=0.001)
