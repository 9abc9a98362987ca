"""What the tests of kernels share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.naive.journal_order import Days

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.journal_order import Place


@pytest.fixture(scope="package")
def days(plan: JournalPlan) -> Days:
    """Documents of all days, listed."""
    return Days(plan.schedule)


@pytest.fixture(scope="package")
def walked(days: Days) -> list[Place]:
    """Places of all entries by the plain walk."""
    return list(days.walk())
