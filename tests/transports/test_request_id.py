"""Ids that clients send."""

from __future__ import annotations

import pytest

from datasynth.transports.request_id import is_sane


@pytest.mark.parametrize("offered", ["a", "abc-123", "A.b_c:d+e/f=", "x" * 128])
def test_sane_ids(offered: str) -> None:
    """Letters, digits and a few signs, up to 128 of them."""
    assert is_sane(offered)


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "é", '"', "a;b", "a\n"])
def test_others(offered: str) -> None:
    """What could harm a log or a header."""
    assert not is_sane(offered)
