"""Amounts at the rates of days, against exact fractions and one document after the other."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.balances.series_summing import NO_WINDOWS
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.placements import find_day
from datasynth.generation.kernels.valued import add_valued, day_of_step, valued
from datasynth.generation.rates import make_rates
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.document_lines import DocumentLines
from datasynth.ledger.processes import Valuation
from tests.naive.schedule import start_days, step_days
from tests.naive.templates import posted, taken, template_and_jitter
from tests.naive.valued import value, value_of_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.placements import Placements
    from tests.naive.headers import Headers

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

    assert day == find_day(upto, case)


def test_days_of_steps_are_those_of_listing(plan: JournalPlan) -> None:
    """Start and class of a case lead to the day on which a list of all cases has its step."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.all_series):
        if series.kind is SeriesKind.CASE and series.company == 1:
            window = schedule.windows[schedule.series_window[at]]
            starts, days = start_days(schedule, at), step_days(schedule, at)
            for case in list(days)[::7]:
                start = starts[case] + LEAD_DAYS
                assert start == find_day(schedule.starts[series.case_company, series.case], case)
                assert days[case] + LEAD_DAYS == day_of_step(window, start, case % CLASSES)


def summed(headers: Headers, at: int, first: int, day: int) -> Counter[int]:
    """Add up a series' documents of a run of days, by account and side, one after the other."""
    plan, valuer = headers.plan, headers.valuer
    series = plan.schedule.all_series[at]
    totals: Counter[int] = Counter()
    if series.kind is SeriesKind.CASE:
        listed = [(number, on) for number, on in step_days(plan.schedule, at).items() if first <= on < day]
    else:
        before = plan.schedule.before[:, at].tolist()
        listed = [(number, on) for on in range(first, day) for number in range(before[on], before[on + 1])]
    for number, on in listed:
        if valuer.valuation(at) is Valuation.SETTLES:
            totals.update(_settled(headers, at, number, on))
        else:
            totals.update(_foreign(headers, at, number, on))
    return totals


def _settled(headers: Headers, at: int, number: int, on: int) -> dict[int, int]:
    booked, paid = headers.valuer.settled(at, number, on)
    step, only = headers.plan.schedule.all_series[at].posted, headers.plan.chart.only
    receives = not step.debit[0].item
    gained = paid - booked if receives else booked - paid
    return {
        2 * only(step.debit[0].pool): paid if receives else booked,
        2 * only(step.credit[0].pool) + 1: booked if receives else paid,
        2 * only("exchange_loss"): max(-gained, 0),
        2 * only("exchange_gain") + 1: max(gained, 0),
    }


def _foreign(headers: Headers, at: int, number: int, on: int) -> dict[int, int]:
    plan, valuer = headers.plan, headers.valuer
    rows = plan.template_lines.rows
    row = int(plan.template_lines.series_row[at]) + template_and_jitter(plan, at, number)[0]
    accounts = rows.account[int(rows.offsets[row]) : int(rows.offsets[row + 1])].tolist()
    sides = len(plan.schedule.all_series[at].posted.debit)
    both = list(zip(accounts, posted(plan, at, number), strict=True))
    found: Counter[int] = Counter()
    for side in (0, 1):
        mine = [(account, amount) for account, (posting, amount) in both if (posting >= sides) == bool(side)]
        local = value_of_lines([amount for _, amount in mine], valuer.rate(at, on), *valuer.currencies(at))
        for (account, _), own in zip(mine, local, strict=True):
            found[2 * account + side] += own
    return found


def foreign_series(plan: JournalPlan) -> list[int]:
    """Return the series whose documents are valued at the rates of days, or settle such."""
    known = range(len(plan.schedule.all_series))
    return [at for at in known if plan.all_series.valuation[at] != Valuation.LOCAL]


@pytest.mark.parametrize(("first", "last"), [(0, 123), (0, 30), (31, 92)])
def test_sums_of_foreign_documents_are_those_of_one_after_the_other(
    plan: JournalPlan, headers: Headers, first: int, last: int
) -> None:
    """Documents in foreign currency, settlements in either direction, and both of pairs: all are exact."""
    cases = plan.cases
    seen = set()
    for at in foreign_series(plan):
        flat = np.zeros((1, 2 * len(plan.chart.accounts)), dtype=np.int64)
        cases.sums.add(flat, at, cases.frontier(at, first), cases.frontier(at, last))
        places = np.flatnonzero(flat[0]).tolist()

        assert {place: int(flat[0, place]) for place in places} == {
            place: amount for place, amount in summed(headers, at, first, last).items() if amount
        }
        if places:
            seen.add(plan.schedule.all_series[at].document_type)
    assert {"DR", "DZ", "KR", "KZ", "KK", "IV", "ZC"} == seen


BITS = 2
DAYS = 9
RATES = np.arange(DAYS, dtype=np.int64) * 37_003 % 400_009 + 800_000
KEY = 77


def toy_rows() -> DocumentLines:
    """Return a row of up to two debits and two credits for each template of a small template pool."""
    documents = []
    for template in range(CLASSES << BITS):
        amounts = [1_003 + 7 * template, 500][: 1 + template % 2]
        documents.append((amounts, [sum(amounts) - 301, 301][:: 1 - template // 2 % 2 * 2]))
    flat = [amount for debits, credits_ in documents for amount in (*debits, *credits_)]
    lengths = [len(debits) + len(credits_) for debits, credits_ in documents]
    columns = [place for debits, _ in documents for place in (*range(len(debits)), 2, 3)]
    return DocumentLines(
        np.concatenate([[0], np.cumsum(lengths)]),
        np.array([len(debits) for debits, _ in documents], dtype=np.int32),
        np.array(columns, dtype=np.int16),
        np.zeros(len(flat), dtype=np.int16),
        np.array(flat, dtype=np.int64),
        np.zeros(len(flat), dtype=np.int32),
    )


def lagging(days: int) -> NDArray[np.uint8]:
    """Return the lag table of a step that is always so many days after the start."""
    return np.repeat(np.minimum(np.arange(DAYS + 1), days).astype(np.uint8)[:, None], CLASSES, axis=1)


def toy_sums(low: list[int], high: list[int], upto: NDArray[np.int64], settles: int) -> list[int]:
    """Add up a run of cases of the small template pool with the kernel; settlements are three days after."""
    rows = toy_rows()
    totals = np.zeros(4, dtype=np.int64)
    add_valued(
        totals,
        np.array(low),
        np.array(high),
        np.uint64(KEY),
        upto,
        0,
        lagging(3) if settles else NO_WINDOWS,
        lagging(1),
        RATES,
        1_000_000,
        rows.offsets,
        rows.debits,
        rows.account,
        rows.amount,
        0,
        BITS,
        settles,
        int(settles == 1),
    )
    return [int(total) for total in totals]


def rate(day: int) -> Fraction:
    """Return the rate of a day."""
    return Fraction(int(RATES[day]), 1_000_000)


def toy_by_hand(low: list[int], high: list[int], upto: NDArray[np.int64], settles: int) -> list[int]:
    """Add them up one by one."""
    rows = toy_rows()
    totals = [0] * 4
    for number in range(CLASSES):
        for nth in range(low[number], high[number]):
            case = nth * CLASSES + number
            day = next(day for day in range(DAYS) if upto[day] <= case < upto[day + 1])
            template = taken(KEY, case, 1 << BITS)
            begin, end = int(rows.offsets[template]), int(rows.offsets[template + 1])
            middle = begin + int(rows.debits[template])
            if settles:
                whole = int(rows.amount[begin:middle].sum())
                booked, paid = (value(whole, rate(day + lag), "EUR", "USD") for lag in (1, 3))
                gained = paid - booked if settles == 1 else booked - paid
                both = (paid, booked) if settles == 1 else (booked, paid)
                for column, amount in enumerate((*both, max(-gained, 0), max(gained, 0))):
                    totals[column] += amount
                continue
            for side in (slice(begin, middle), slice(middle, end)):
                local = value_of_lines(rows.amount[side].tolist(), rate(day), "EUR", "USD")
                for column, amount in zip(rows.account[side].tolist(), local, strict=True):
                    totals[column] += amount
    return totals


@pytest.mark.parametrize("settles", [0, 1, 2])
@settings(max_examples=20)
@given(counts=st.lists(st.integers(0, 900), min_size=DAYS - 4, max_size=DAYS - 4), data=st.data())
def test_days_of_many_rounds_of_templates_are_exact(
    settles: int, counts: list[int], data: st.DataObject
) -> None:
    """However often a day's cases go through a class's templates, sums are those of one by one."""
    upto = np.concatenate([[0], np.cumsum([*counts, 0, 0, 0, 0])])
    whole = int(upto[-1])
    first, last = sorted(data.draw(st.tuples(st.integers(0, whole), st.integers(0, whole))))
    low, high = ([len(range(number, end, CLASSES)) for number in range(CLASSES)] for end in (first, last))

    assert toy_by_hand(low, high, upto, settles) == toy_sums(low, high, upto, settles)


def test_sums_are_what_the_lines_of_the_journal_come_to(
    plan: JournalPlan, block: Block, placements: Placements
) -> None:
    """Foreign documents and settlements as lines have them come to what the sums say, company by company."""
    accounts = len(plan.chart.accounts)
    at = np.flatnonzero(plan.all_series.valuation[placements.series] != Valuation.LOCAL)
    expected = np.zeros((3, 2 * accounts), dtype=np.int64)
    for series in foreign_series(plan):
        company = plan.schedule.all_series[series].company
        end = plan.cases.frontier(series, plan.schedule.horizon.days)
        plan.cases.sums.add(expected[company : company + 1], series, plan.cases.frontier(series, 0), end)
    found = np.zeros_like(expected)
    for entry in at.tolist():
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            side = int(block.credit[line] > 0)
            found[block.company[entry], 2 * int(block.account[line]) + side] += abs(block.local_amount[line])

    assert expected.tolist() == found.tolist()
