"""Steps between the numbers of vendors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datasynth.evaluation.check import Verdict
from datasynth.evaluation.subjects.gaps import gap_checks, most_by_chance, repeating_steps
from tests.evaluation.invoicing import VENDOR, Chances, Drawn, invoiced
from tests.evaluation.shapes import good_config

VENDORS = 200
EACH = 60


def _steps(chance: Chances, mean: float, spread: float) -> Any:
    """Steps whose number varies like a normal one, of at least one."""
    size = VENDORS * EACH
    return np.maximum(1 + mean + spread * chance.normal(size), 1.0).astype(np.int64)


def _numbered(steps: Any) -> tuple[Any, Any]:
    writer = np.repeat(np.arange(VENDORS, dtype=np.uint64), EACH)
    return writer, np.cumsum(steps.reshape(VENDORS, EACH), axis=1).ravel()


@pytest.mark.parametrize("mean", [0.0, 1.0, 3.0, 10.0, 100.0, 5_000.0])
def test_irregular_pace(mean: float) -> None:
    """Vendors of any pace pass whose steps vary like Poisson numbers, or who sell to us alone."""
    for seed in range(20):
        steps = _steps(Chances(seed), mean, mean**0.5)

        assert (0, VENDORS) == repeating_steps(*_numbered(steps))


@pytest.mark.parametrize("step", [16, 100, 1_024])
def test_regular_pace(step: int) -> None:
    """Steps that are all alike, alike in most cases, or multiples of one another repeat."""
    random = _steps(Chances(1), 50.0, 7.0)
    mostly = np.where(Chances(2).uniform(random.size) < 0.6, step, random)

    assert (VENDORS, VENDORS) == repeating_steps(*_numbered(np.full_like(random, step)))
    assert (VENDORS, VENDORS) == repeating_steps(*_numbered(mostly))
    assert (VENDORS, VENDORS) == repeating_steps(*_numbered(step * random))


def test_most_by_chance() -> None:
    """A binomial number exceeds the bound with less than the chance, and no bound is above all trials."""
    drawn = sum((Chances(3).uniform(20_000 * 40).reshape(20_000, 40) < 0.2).T)

    assert np.mean(drawn > most_by_chance(40, 0.2, 0.001)) < 0.001
    assert 40 == most_by_chance(40, 1.0, 0.001)


def _in_steps(drawn: Drawn, _: Chances) -> Drawn:
    vendor = drawn.side == VENDOR
    return drawn._replace(number=np.where(vendor, 64 * drawn.number, drawn.number))


def _with_gaps(drawn: Drawn, _: Chances) -> Drawn:
    return drawn._replace(number=np.where(drawn.side == VENDOR, drawn.number, 2 * drawn.number))


def _backwards(drawn: Drawn, _: Chances) -> Drawn:
    return drawn._replace(number=np.where(drawn.side == VENDOR, 10**6 - drawn.number, drawn.number))


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (None, set()),
        (_in_steps, {"gaps.vendor_steps"}),
        (_with_gaps, {"gaps.own"}),
        (_backwards, {"gaps.vendor_order"}),
    ],
)
def test_numbers_of_a_year(plant: Any, expected: set[str]) -> None:
    """Numbers of companies and of vendors are judged apart."""
    checks = gap_checks(invoiced(5, plant), good_config())

    assert expected == {check.name for check in checks if check.verdict is Verdict.FAIL}
