"""Division into whole numbers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.schedule.allocation import apportion, exact, integer_weights

SHARES = st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any)


@given(st.integers(0, 10**10), SHARES, st.data())
def test_parts_are_within_one_of_their_due_and_sum_up(
    total: int, shares: list[int], data: st.DataObject
) -> None:
    """Systematic rounding keeps every share within one, and the whole exact."""
    whole = sum(shares)
    parts = apportion(total, shares, data.draw(st.integers(0, whole - 1)))

    assert total == sum(parts)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * whole - total * share) < whole * (2 if share else 1)


def test_small_shares_get_something_in_some_phase() -> None:
    """A share of a tenth of an item has it in a tenth of all phases, instead of never."""
    shares = [9, 1]
    lots = [apportion(1, shares, phase) for phase in range(10)]

    assert 1 == sum(small for _, small in lots)


def test_weights_become_whole_numbers() -> None:
    """Weights are the decimal numbers that were written; those of up to six digits become millionths."""
    assert [300_000, 700_000, 0] == integer_weights([0.3, 0.7, 0.0])
    assert [1] == integer_weights([1e-9])
    assert Fraction(1, 10) == exact(0.1)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8))
def test_weights_keep_their_proportions_whatever_their_scale(weights: list[float]) -> None:
    """No weight above nil is lost, however small it is beside the others."""
    parts = integer_weights(weights)
    whole = sum(exact(weight) for weight in weights)

    assert [weight > 0 for weight in weights] == [part > 0 for part in parts]
    for weight, part in zip(weights, parts, strict=True):
        assert exact(weight) * sum(parts) == whole * part


@given(st.integers(0, 2**63 - 1), st.integers(1, 10**400))
def test_weights_may_be_of_any_size(phase: int, weight: int) -> None:
    """A phase of 63 bits serves weights of hundreds of digits."""
    assert 10 == sum(apportion(10, [weight, 1, weight], phase))


def test_a_phase_reaches_from_end_to_end_of_large_weights() -> None:
    """The smallest phase is at the beginning, the largest one near the end of 2^70 parts."""
    weights = [2**8, 2**70 - 2**8]

    assert [0, 1] == apportion(1, weights, 0)
    assert [1, 0] == apportion(1, weights, 2**63 - 1)
