"""How a run is judged."""

from __future__ import annotations

import pytest

from bench.fuzz.__main__ import Footprint
from bench.wire.__main__ import GREEN, MORE_BYTES, MORE_DESCRIPTORS, RED, conclude
from bench.wire.report import Report

BEFORE = Footprint(100_000_000, 20)


@pytest.mark.parametrize(
    ("faults", "after", "expected"),
    [
        ([], BEFORE, GREEN),
        ([], Footprint(BEFORE.resident + MORE_BYTES, BEFORE.descriptors + MORE_DESCRIPTORS), GREEN),
        (["7: answers 500"], BEFORE, RED),
        ([], Footprint(BEFORE.resident + MORE_BYTES + 1, BEFORE.descriptors), RED),
        ([], Footprint(BEFORE.resident, BEFORE.descriptors + MORE_DESCRIPTORS + 1), RED),
    ],
)
def test_a_run_is_red_for_each_reason(
    faults: list[str], after: Footprint, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults, memory, descriptors; and it prints what it has found."""
    report = Report("http", faults=faults)

    assert expected == conclude([report], BEFORE, after)
    assert all(fault in capsys.readouterr().out for fault in faults)
