"""Numbers that remember how they were spelt."""

from __future__ import annotations

import pytest

from datasynth.config.spelling import plain, spelling_of, spelt


@pytest.mark.parametrize("value", [16, 16.5])
def test_an_unusual_spelling_is_remembered(value: float) -> None:
    """The number is equal to any other, and tells its spelling."""
    one = spelt(value, "0016")

    assert (value, "0016", type(value)) == (one, spelling_of(one), type(plain(one)))


@pytest.mark.parametrize("value", [16, 16.5])
def test_the_usual_spelling_needs_no_memory(value: float) -> None:
    """A number that is spelt as Python prints it stays what it is."""
    assert value is spelt(value, str(value))
    assert str(value) == spelling_of(value)


def test_plain_goes_into_lists_and_objects() -> None:
    """However deep a number lies, what comes out knows nothing of its spelling."""
    found = plain({"a": [spelt(1, "01"), {"b": spelt(2.0, "2.00")}], "c": "01", "d": True, "e": None})

    assert "{'a': [1, {'b': 2.0}], 'c': '01', 'd': True, 'e': None}" == repr(found)
    assert isinstance(found, dict)
    assert [int, float] == [type(found["a"][0]), type(found["a"][1]["b"])]
