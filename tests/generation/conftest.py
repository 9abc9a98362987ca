"""One journal that most tests of generation look at; it is immutable, so they share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.journal import Journal
from datasynth.generation.located import Located, locate_entries
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground


@pytest.fixture(scope="session")
def small() -> Journal:
    """Three companies, two of one currency, over the turn of a year, with room for every close."""
    return Journal(make_config(12_000, months=4, companies=3, start_date="2024-10-01"))


@pytest.fixture(scope="session")
def ground(small: Journal) -> Ground:
    """What it stands on."""
    return small._ground


@pytest.fixture(scope="session")
def block(small: Journal) -> Block:
    """All of its entries."""
    return small.block(0, small.total)


@pytest.fixture(scope="session")
def located(ground: Ground) -> Located:
    """Where they are."""
    return locate_entries(ground, 0, ground.schedule.total)
