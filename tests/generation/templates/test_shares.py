"""Parts of amounts, against whole numbers of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.templates.shares import TemplateDraws, millionths, rounded, share_of

AMOUNTS = st.lists(st.integers(0, 10**18), min_size=1, max_size=20)


@given(AMOUNTS, st.integers(0, 1_000), st.integers(0, 999))
def test_a_share_is_exact(amounts: list[int], permille: int, more: int) -> None:
    """Though amounts times parts need more bits than a word has."""
    expected = [(amount * permille + more) // 1_000 for amount in amounts]

    assert expected == share_of(np.array(amounts, dtype=np.int64), permille, more=more).tolist()


@given(st.lists(st.integers(1, 10**17), min_size=1, max_size=20), st.sampled_from([1, 100, 10**7]))
def test_rounding_is_never_coarser_than_a_twentieth(amounts: list[int], unit: int) -> None:
    """Whole units, and of larger amounts five, fifty, five hundred … of them; nothing becomes nil."""
    found = rounded(np.array(amounts, dtype=np.int64), unit).tolist()
    for amount, round_one in zip(amounts, found, strict=True):
        step = unit
        while 20 * (5 * unit if step == unit else 10 * step) <= amount:
            step = 5 * unit if step == unit else 10 * step

        assert max((2 * amount + step) // (2 * step) * step, unit) == round_one


def test_templates_draw_each_for_itself() -> None:
    """A template's draw says nothing of its neighbour's."""
    drawn = TemplateDraws(7, 6_400).between(1, 10, 12)

    assert {10, 11, 12} == set(drawn.tolist())
    assert np.mean(drawn[0::2] == drawn[1::2]) == pytest.approx(1 / 3, abs=0.04)


def test_parts_are_millionths() -> None:
    """A share becomes a whole number."""
    assert [0, 150_000, 1_000_000] == [millionths(share) for share in (0.0, 0.15, 1.0)]


def test_ranks_share_out_exactly() -> None:
    """Of some templates any share is met to the template; the others come after them."""
    among = np.arange(2_048) % 4 == 0
    found = TemplateDraws(9, 2_048).ranks(5, among)

    assert {*range(1_000_000)} >= set(found[among].tolist())
    assert (found[~among] >= 1_000_000).all()
    assert 0.25 == np.mean(found[among] < 250_000)
    assert sorted(set(TemplateDraws(9, 2_048).ranks(5).tolist())) != sorted(set(found.tolist()))
