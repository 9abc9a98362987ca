"""What stands beside the figures."""

from __future__ import annotations

from bench.machine import PACKAGES, Others, describe


def test_machine_and_versions_are_named() -> None:
    """Whoever reads a figure learns on what, when and with which versions it came about."""
    about = describe()

    assert {"date", "machine", "python", "datasynth"} <= set(about)
    assert all(package in about["packages"] for package in PACKAGES)


def test_own_work_is_not_that_of_others() -> None:
    """Time that the measurement itself takes is taken off."""
    others = Others()
    sum(range(3_000_000))

    assert 0.0 <= others.cores()
