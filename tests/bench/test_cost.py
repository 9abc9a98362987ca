"""The command that measures what journals take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench.cost import NAMED, Measured, fit, main, measure
from datasynth.config import config_from_mapping
from datasynth.generation.cost import COEFFICIENTS, estimate_bytes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", NAMED)
def test_named_configurations_are_valid(name: str) -> None:
    """Each of them, and none is of no size."""
    assert estimate_bytes(config_from_mapping(NAMED[name])) > 0


def test_coefficients_are_found_again() -> None:
    """What was made from coefficients leads back to them, and none comes out below nil."""
    names = list(COEFFICIENTS)
    wanted = {name: 10.0 + place for place, name in enumerate(names)}
    wanted[names[2]] = 0.0
    found = []
    for number in range(60):
        counted = {name: float((number * (place + 3) * 7919) % 97) for place, name in enumerate(names)}
        peak = int(1_000 * sum(wanted[name] * counted[name] for name in names))
        scaled = {name: 1_000 * count for name, count in counted.items()}
        found.append(Measured(str(number), max(peak, 1), 0, 0, 0, 0.0, scaled))
    fitted = fit(found[1:])

    assert wanted == pytest.approx(fitted, abs=0.01)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_configuration_is_measured_in_a_process_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is named by its stem; peak, arrays and estimate are of one order."""
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"transactions": {"target_count": 20_000}}))

    assert main([str(file)]) == 0
    heading, row, *_ = capsys.readouterr().out.splitlines()
    assert ["peak", "held", "nbytes", "estimate", "ratio", "cpu/s"] == heading.split()
    assert row.startswith("mine ")
    one = measure("mine", json.loads(file.read_text()))
    assert 5_000_000 < one.nbytes < one.estimate < 300_000_000
    assert 5_000_000 < one.peak < one.estimate
