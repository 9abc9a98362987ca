"""What the tests of kernels share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.books.balances import merge_key
from tests.naive.schedule import drawn_phase, walk

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.schedule import Place


@pytest.fixture(scope="package")
def walked(ground: Ground) -> list[Place]:
    """Places of all entries by the plain walk."""
    return list(walk(ground.schedule, drawn_phase(merge_key(ground.config.general.seed))))
