"""Places for calls that last."""

from __future__ import annotations

import pytest

from datasynth.errors import Overloaded
from datasynth.transports.rpc.slots import Slots


def test_the_one_too_many_is_refused_at_once() -> None:
    """Beyond the places there is an error instead of a wait."""
    slots = Slots(2, "streams")

    with slots.taken(), slots.taken(), pytest.raises(Overloaded, match="2 streams"), slots.taken():
        pass


def test_a_place_comes_back_whatever_happened() -> None:
    """A call that fails leaves its place like any other."""
    slots = Slots(1, "streams")

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), slots.taken():
            raise ZeroDivisionError
