"""What the tests of kernels share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.balances.case_balances import merge_key
from tests.naive.schedule import drawn_phase, walk

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.schedule import Place


@pytest.fixture(scope="package")
def walked(plan: JournalPlan) -> list[Place]:
    """Places of all entries by the plain walk."""
    return list(walk(plan.schedule, drawn_phase(merge_key(plan.config.general.seed))))
