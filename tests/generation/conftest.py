"""One journal that most tests of generation look at; it is immutable, so they share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.journal import Journal
from datasynth.generation.placements import place_entries
from tests.generation.cases import NAMES, case
from tests.generation.configs import make_config
from tests.naive.headers import Headers

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.generation.seen import Seen


@pytest.fixture(scope="session")
def small() -> Journal:
    """Three companies, two of one currency, over the turn of a year, with room for every close."""
    return Journal(make_config(12_000, months=4, companies=3, start_date="2024-10-01"))


@pytest.fixture(scope="session")
def plan(small: Journal) -> JournalPlan:
    """What it stands on."""
    return small._plan


@pytest.fixture(scope="session")
def block(small: Journal) -> Block:
    """All of its entries."""
    return small.block(0, small.total)


@pytest.fixture(scope="session")
def placements(plan: JournalPlan) -> Placements:
    """Where they are."""
    return place_entries(plan, 0, plan.schedule.total)


@pytest.fixture(scope="session")
def headers(plan: JournalPlan, placements: Placements) -> Headers:
    """Their headers, looked up one by one."""
    return Headers(plan, placements)


@pytest.fixture(scope="session", params=NAMES, ids=str)
def seen(request: pytest.FixtureRequest) -> Seen:
    """See a journal at one of the edges of what can be configured, or a triggered one."""
    return case(request.param)


@pytest.fixture(scope="session")
def usual() -> Journal:
    """One company over the defaults' year, large enough to have the shares of things."""
    return Journal(make_config(20_000))


@pytest.fixture(scope="session")
def usual_block(usual: Journal) -> Block:
    """All of its entries."""
    return usual.block(0, usual.total)
