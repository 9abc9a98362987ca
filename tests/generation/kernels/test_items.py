"""Numbers of items."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.items import ITEM_BITS, KIND_BITS, item_number
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS
from tests.naive import headers

SLOTS = st.integers(0, (1 << ITEM_BITS) - 1)
KINDS = st.integers(0, (1 << KIND_BITS) - 1)


@given(st.integers(0, 10**10), SLOTS, KINDS)
def test_numbers_hold_case_item_and_kind(number: int, slot: int, kind: int) -> None:
    """What an item belongs to can be read back from its number, which is above nil."""
    found = int(item_number(number, slot, kind))
    left, read_kind = divmod(found - 1, 1 << KIND_BITS)

    assert headers.item_number(number, slot, kind) == found > 0
    assert (number, slot, kind) == (*divmod(left, 1 << ITEM_BITS), read_kind)


def test_all_kinds_and_items_have_room() -> None:
    """Cases have the first half of the kinds' numbers, single documents the second, and all items a slot."""
    assert max(len(CASE_KINDS), len(SINGLE_KINDS)) <= 1 << (KIND_BITS - 1)
    for kind in (*CASE_KINDS, *SINGLE_KINDS):
        assert len(kind.items) <= 1 << ITEM_BITS
