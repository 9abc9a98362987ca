"""Whether a server has given back what it took."""

from __future__ import annotations

import pytest

from bench.footprint import MORE_DESCRIPTORS, MORE_RESIDENT, Footprint

BEFORE = Footprint(100_000_000, 20)


@pytest.mark.parametrize(
    ("resident", "descriptors", "expected"),
    [
        (0, 0, True),
        (-1_000, -1, True),
        (MORE_RESIDENT, MORE_DESCRIPTORS, True),
        (MORE_RESIDENT + 1, 0, False),
        (0, MORE_DESCRIPTORS + 1, False),
    ],
)
def test_what_is_back_where_it_was(resident: int, descriptors: int, expected: bool) -> None:
    """Within bounds, and smaller is fine."""
    after = Footprint(BEFORE.resident + resident, BEFORE.descriptors + descriptors)

    assert expected == after.back_to(BEFORE)
