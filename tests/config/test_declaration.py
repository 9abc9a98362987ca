"""Sections as they are declared."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from datasynth.config.declaration import key, section
from datasynth.config.fields import DecimalNumber

SHARE = DecimalNumber(0, 1)


@section
class Portions:
    """Two keys of one kind."""

    first: float = key(SHARE, 0.25, "The first portion.")
    second: float = key(SHARE, None, "The second portion.")


def test_keys_of_one_kind_have_their_own_defaults_and_meanings() -> None:
    """A kind may be declared once for many keys, and stays without a meaning itself."""
    found = [found.metadata["key"] for found in fields(Portions)]

    assert [(0.25, "The first portion."), (None, "The second portion.")] == [
        (one.usual, one.meaning) for one in found
    ]
    assert (None, "") == (SHARE.usual, SHARE.meaning)


def test_a_section_is_a_frozen_value() -> None:
    """Sections of equal keys are equal, and no key changes; a default is a document's, not the value's."""
    portions = Portions(0.5, 0.5)

    assert Portions(0.5, 0.5) == portions
    with pytest.raises(FrozenInstanceError):
        portions.first = 1.0  # type: ignore[misc]  # the point
    with pytest.raises(TypeError):
        Portions()  # type: ignore[call-arg]  # the point
