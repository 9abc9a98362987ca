"""Amounts at the rates of days, against exact fractions and one document after the other."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS, find_place
from datasynth.generation.kernels.valued import day_of_step, valued
from datasynth.generation.rates import make_rates
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import start_days, step_days
from tests.naive.valued import value, value_of_lines

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

CODES = st.sampled_from(["JPY", "KRW", "USD", "EUR", "KYD", "IDR", "IRR", "LBP", "KWD", "IQD", "CLF", "UYW"])
PAIRS = st.tuples(CODES, CODES).filter(lambda pair: pair[0] != pair[1])


@given(st.integers(0, 2**63 - 1), PAIRS)
def test_values_are_rounded_half_up(amount: int, pair: tuple[str, str]) -> None:
    """An amount is worth what the printed rate makes of it, to the minor unit, wherever that fits."""
    table = make_rates([pair], 1, 1)
    printed = Fraction(int(table.printed[0, 0]), 10 ** int(table.places[0, 0]))
    expected = value(amount, printed, *pair)

    if expected < 2**63:
        assert expected == valued(amount, int(table.rates[0, 0]), int(table.divisor[0]))


@given(st.integers(0, 9 * 10**6), st.integers(1, 12))
def test_a_half_is_rounded_up(whole: int, power: int) -> None:
    """Half a minor unit more is one more, and a hair less is not."""
    divisor = 10**power

    assert whole + 1 == valued(2 * whole + 1, divisor // 2, divisor)
    assert whole == valued((2 * whole + 1) * (divisor // 2) - 1, 1, divisor)


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=9), st.integers(10**3, 10**9))
def test_lines_are_worth_what_their_sum_is(amounts: list[int], millionths: int) -> None:
    """The twin's lines never drift from the worth of their sum, nor by more than one from their own."""
    rate = Fraction(millionths, 1_000_000)
    lines = value_of_lines(amounts, rate, "USD", "EUR")

    assert value(sum(amounts), rate, "USD", "EUR") == sum(lines)
    for amount, line in zip(amounts, lines, strict=True):
        assert abs(value(amount, rate, "USD", "EUR") - line) <= 1


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40).filter(any), st.data())
def test_starts_are_found_by_looking_at_each(counts: list[int], data: st.DataObject) -> None:
    """A case starts on the day whose cases it is among."""
    upto = np.concatenate([[0], np.cumsum(counts)])
    case = data.draw(st.integers(0, int(upto[-1]) - 1))
    day = next(day for day in range(len(counts)) if upto[day] <= case < upto[day + 1])

    assert day == find_place(upto, case)


def test_days_of_steps_are_those_of_listing(plan: JournalPlan) -> None:
    """Start and class of a case lead to the day on which a list of all cases has its step."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE and series.company == 1:
            window = schedule.windows[schedule.series.window[at]]
            starts, days = start_days(schedule, at), step_days(schedule, at)
            for case in list(days)[::7]:
                start = starts[case] + LEAD_DAYS
                assert start == find_place(schedule.starts[series.case_company, series.case], case)
                assert days[case] + LEAD_DAYS == day_of_step(window, start, case % CLASSES)
