"""Sums of drawn amounts at the rates of days, against one document after the other."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.drawn_amounts import DISTRIBUTION, QUANTILE_BITS, DrawnAmounts
from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.drawn_sums import (
    SETTLING_COLUMNS,
    add_drawn,
    draw_cases,
    fill_step_days,
    sum_days,
    value_open,
)
from datasynth.generation.kernels.sums.summed import (
    NO_WINDOWS,
    DayRates,
    SummedLines,
    SummedSeries,
    count_before,
)
from datasynth.generation.kernels.templates import RING
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.lags import LagTableSpec
from datasynth.ledger.processes import Valuation
from tests.naive.drawn_amounts import drawn, drawn_template, draws_amount
from tests.naive.schedule import first_starts, step_days
from tests.naive.templates import posted, template_and_jitter
from tests.naive.valued import value_of_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers


def summed(headers: Headers, at: int, first: int, day: int) -> Counter[int]:
    """Add up a series' documents of a run of days, by account and side, one after the other."""
    plan, valuer = headers.plan, headers.valuer
    series = plan.schedule.document_series[at]
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
            totals.update(_copied(headers, at, number, on))
    return totals


def _settled(headers: Headers, at: int, number: int, on: int) -> dict[int, int]:
    booked, paid = headers.valuer.settled(at, number, on)
    step, only = headers.plan.schedule.document_series[at].posted, headers.plan.chart.only
    receives = not step.debit[0].item
    gained = paid - booked if receives else booked - paid
    return {
        2 * only(step.debit[0].pool): paid if receives else booked,
        2 * only(step.credit[0].pool) + 1: booked if receives else paid,
        2 * only("exchange_loss"): max(-gained, 0),
        2 * only("exchange_gain") + 1: max(gained, 0),
    }


def _copied(headers: Headers, at: int, number: int, on: int) -> dict[int, int]:
    plan, valuer = headers.plan, headers.valuer
    rows = plan.template_lines.rows
    row = int(plan.series.row[at]) + template_and_jitter(plan, at, number)[0]
    accounts = rows.account[int(rows.offsets[row]) : int(rows.offsets[row + 1])].tolist()
    sides = len(plan.schedule.document_series[at].posted.debit)
    both = list(zip(accounts, posted(plan, at, number), strict=True))
    found: Counter[int] = Counter()
    for side in (0, 1):
        mine = [(account, amount) for account, (posting, amount) in both if (posting >= sides) == bool(side)]
        local = [amount for _, amount in mine]
        if valuer.valuation(at) is Valuation.FOREIGN:
            local = value_of_lines(local, valuer.rate(at, on), *valuer.currencies(at))
        for (account, _), own in zip(mine, local, strict=True):
            found[2 * account + side] += own
    return found


def drawing_series(plan: JournalPlan) -> list[int]:
    """Return the series whose cases draw their amounts: abroad, and between companies."""
    known = enumerate(plan.schedule.document_series)
    return [at for at, series in known if series.in_cases and draws_amount(plan, at)]


@pytest.mark.parametrize(("first", "last"), [(0, 123), (0, 30), (31, 92)])
def test_sums_of_runs_are_those_of_one_after_the_other(
    plan: JournalPlan, headers: Headers, first: int, last: int
) -> None:
    """Documents in any currency, settlements in either direction, and both of pairs: all are exact."""
    cases = plan.cases
    seen = set()
    for at in drawing_series(plan):
        flat = np.zeros(2 * len(plan.chart.accounts), dtype=np.int64)
        cases.sums.add(flat, at, cases.frontier(at, first), cases.frontier(at, last))
        places = np.flatnonzero(flat).tolist()

        assert {place: int(flat[place]) for place in places} == {
            place: amount for place, amount in summed(headers, at, first, last).items() if amount
        }
        if places:
            seen.add(plan.schedule.document_series[at].document_type)
    assert {"DR", "DZ", "KR", "KZ", "KK", "IC", "IV", "ZC"} == seen


DAYS = 12
COLUMNS = 5
DIVISOR = 10**6
BITS = 1
WHOLE, COST = 1_050_000, 1_000_000
KINDS = ("single", "single abroad", "local", "abroad", "paid", "received")
"""Single documents, cases' documents, and what settles documents in foreign currency."""


@cache
def made_amounts() -> DrawnAmounts:
    """Return one distribution, with round amounts and a least one."""
    steps = below(draws(make_key(3), np.arange((1 << QUANTILE_BITS) + 1), 0), 10**5)
    terms = np.array([(5_000, 100, 1 << 18)], dtype=DISTRIBUTION)
    return DrawnAmounts(100 + np.add.accumulate(steps)[None], terms.view(np.recarray))


def numbers(name: str, count: int, bound: int) -> NDArray[np.int64]:
    """Draw numbers below a bound."""
    return below(draws(make_key(17, "worths", name), np.arange(count), 0), bound)


@cache
def made_lines() -> SummedLines:
    """Return documents of a debit and a credit of the whole amount, and of one of the cost each."""
    count = CLASSES << BITS
    lines = 4 * count
    return SummedLines(
        offsets=np.arange(0, lines + 1, 4),
        debits=np.full(count, 2, dtype=np.int32),
        posting=np.zeros(lines, dtype=np.int16),
        column=numbers("columns", lines, COLUMNS).astype(np.int16),
        amount=np.tile(np.array([WHOLE, COST, WHOLE, COST]), count),
        jitter_unit=np.zeros(lines, dtype=np.int32),
        total=np.full(count, WHOLE + COST),
    )


def made_rates() -> DayRates:
    """Return rates around one."""
    return DayRates(9 * DIVISOR // 10 + numbers("rates", LEAD_DAYS + DAYS + 1, DIVISOR // 5), DIVISOR)


def made_window(lag: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the lag table of a step, every day as busy as any other."""
    weights = np.ones(2 * LEAD_DAYS + DAYS, dtype=np.int64).tobytes()
    return LagTableSpec(((weights, lag, 1),), LEAD_DAYS + DAYS + 1).make().window


def made_series(kind: str, most: int = 90) -> SummedSeries:
    """Return a series with up to so many documents, or cases, a day, or none."""
    days = DAYS if kind.startswith("single") else LEAD_DAYS + DAYS
    busy = numbers("cases", days, most) * numbers("closed", days, 2)
    settles = kind in {"paid", "received"}
    window = made_window((5, 9, 20) if settles else (1, 3, 9))
    return SummedSeries(
        key=np.uint64(make_key(5)),
        jitter_key=np.uint64(make_key(5)),
        first_dealt=0,
        swapped=False,
        thinning=np.zeros((CLASSES, 2), dtype=np.int64),
        upto=np.concatenate([[0], np.add.accumulate(busy)]),
        window=NO_WINDOWS if kind.startswith("single") else window,
        settled=made_window((1, 2, 5)) if settles else NO_WINDOWS,
        receives=int(kind == "received"),
        first_row=0,
        class_bits=BITS,
        rings=np.zeros(CLASSES << BITS, dtype=RING).view(np.recarray),
        distribution=0,
        whole=WHOLE,
        pool_bits=-1,
    )


def rates_of(kind: str) -> DayRates:
    """Return the rates of a series; documents in company currency have none."""
    return made_rates() if kind not in {"single", "local"} else DayRates(np.empty(0, dtype=np.int64), 1)


def half_up(amount: int, rate: int) -> int:
    """Convert an amount."""
    return (2 * amount * rate + DIVISOR) // (2 * DIVISOR)


def listed_days(window: NDArray[np.uint8]) -> list[list[int]]:
    """Return the day, lead days first, on which cases of each start and class have their step."""
    firsts = first_starts(window)
    starts = np.arange(len(window) - 1)
    by_class = [np.searchsorted(firsts[:, number], starts, side="right") - 1 for number in range(CLASSES)]
    days: list[list[int]] = np.stack(by_class, axis=1).tolist()
    return days


def documents(series: SummedSeries) -> Iterator[tuple[int, int, int]]:
    """Yield each document's case, day and, if it settles one, the day of that, lead days first."""
    posting = listed_days(series.window) if len(series.window) else []
    opening = listed_days(series.settled) if len(series.settled) else []
    for start, (low, high) in enumerate(pairwise(series.upto.tolist())):
        for case in range(low, high):
            number = case % CLASSES
            posted_on = posting[start][number] if posting else LEAD_DAYS + start
            yield case, posted_on, opening[start][number] if opening else 0


def worth(series: SummedSeries, rates: DayRates, case: int, posted_on: int, opened: int) -> Counter[int]:
    """Value one document by column."""
    lines, amount = made_lines(), drawn(int(series.key), case, 0, made_amounts(), 0)
    found = Counter[int]()
    if len(series.settled):
        booked, paid = (half_up(amount, int(rates.rates[day])) for day in (opened, posted_on))
        gained = paid - booked if series.receives else booked - paid
        both = (paid, booked) if series.receives else (booked, paid)
        return Counter(dict(enumerate((*both, max(-gained, 0), max(gained, 0)))))
    if len(rates.rates):
        amount = half_up(amount, int(rates.rates[posted_on]))
    row = drawn_template(int(series.key), case, CLASSES << BITS)
    for line in range(4 * row, 4 * row + 4):
        found[int(lines.column[line])] += amount * int(lines.amount[line]) // WHOLE
    return found


def by_hand(series: SummedSeries, rates: DayRates, columns: int) -> NDArray[np.int64]:
    """Add up the documents of each day one by one."""
    daily = np.zeros((DAYS, columns), dtype=np.int64)
    for case, posted_on, opened in documents(series):
        if LEAD_DAYS <= posted_on < LEAD_DAYS + DAYS:
            for column, amount in worth(series, rates, case, posted_on, opened).items():
                daily[posted_on - LEAD_DAYS, column] += amount
    return daily


def filled(window: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the days of a step; none where there is no lag table."""
    days = np.empty((len(window) - 1 if len(window) else 0, CLASSES), dtype=np.int16)
    if len(window):
        fill_step_days(window, days)
    return days


@pytest.mark.parametrize("kind", KINDS)
def test_each_day_is_the_sum_of_its_documents(kind: str) -> None:
    """However the starts are cut, each document is in the sum of its day."""
    series, rates = made_series(kind), rates_of(kind)
    columns = SETTLING_COLUMNS if len(series.settled) else COLUMNS
    found = np.zeros((DAYS, columns), dtype=np.int64)
    starts = len(series.upto) - 1
    tables = filled(series.window), filled(series.settled)
    for first, last in ((0, 5), (5, starts)):
        drawn = np.empty(int(series.upto[last] - series.upto[first]), dtype=np.int64)
        draw_cases(int(series.upto[first]), series.key, made_amounts(), series.distribution, drawn)
        sum_days(found, first, last, drawn, tables, series, made_lines(), rates)
    expected = by_hand(series, rates, columns)

    assert expected.any(axis=0).all()
    assert np.array_equal(expected, found)


@pytest.mark.parametrize("kind", KINDS)
def test_runs_of_days_are_the_sums_of_their_days(kind: str) -> None:
    """What lies between two frontiers is what lies between their days."""
    series, rates = made_series(kind), rates_of(kind)
    columns = SETTLING_COLUMNS if len(series.settled) else COLUMNS
    days = np.arange(DAYS + 1)
    frontiers = np.empty((DAYS + 1, CLASSES), dtype=np.int64)
    count_before(days, series, frontiers)
    daily = by_hand(series, rates, columns)
    for first, last in ((0, 0), (0, DAYS), (3, 4), (2, 9)):
        found = np.zeros((1, columns), dtype=np.int64)
        add_drawn(found, frontiers[first], frontiers[last], series, made_lines(), made_amounts(), rates)

        assert daily[first:last].sum(axis=0).tolist() == found[0].tolist()


@settings(max_examples=20)
@given(data=st.data())
def test_any_run_of_cases_is_the_sum_of_its_documents(data: st.DataObject) -> None:
    """Wherever a class begins and ends, its cases are valued at the rates of their own days."""
    series, rates = made_series("paid", most=12), made_rates()
    cases = int(series.upto[LEAD_DAYS - 20])
    high = np.array([data.draw(st.integers(0, cases // CLASSES)) for _ in range(CLASSES)])
    low = np.array([data.draw(st.integers(0, int(most))) for most in high])
    found = np.zeros((1, SETTLING_COLUMNS), dtype=np.int64)
    add_drawn(found, low, high, series, made_lines(), made_amounts(), rates)
    expected = Counter[int](dict.fromkeys(range(SETTLING_COLUMNS), 0))
    for case, posted_on, opened in documents(series):
        nth, number = divmod(case, CLASSES)
        if low[number] <= nth < high[number]:
            expected.update(worth(series, rates, case, posted_on, opened))

    assert [expected[column] for column in range(SETTLING_COLUMNS)] == found[0].tolist()


def test_days_of_steps_are_those_of_the_lag_table() -> None:
    """Each start and class has its step on the last day that begins with an earlier or equal start."""
    window = made_window((5, 9, 20))

    assert listed_days(window) == filled(window).tolist()


def test_open_items_are_valued_one_by_one() -> None:
    """Before a day, what has been invoiced and not paid is worth its amounts at the last day's rate."""
    opened, settled, rates = made_series("abroad"), made_series("paid"), made_rates()
    days = np.array([0, 4, DAYS])
    found = np.zeros(3, dtype=np.int64)
    value_open(found, days, opened, settled.window, made_amounts(), rates)
    expected = [0, 0, 0]
    for (case, invoiced, _), (_, paid, _) in zip(documents(opened), documents(settled), strict=True):
        for place, day in enumerate(days.tolist()):
            if invoiced < LEAD_DAYS + day <= paid:
                amount = drawn(int(opened.key), case, 0, made_amounts(), 0)
                expected[place] += half_up(amount, int(rates.rates[LEAD_DAYS + day - 1]))

    assert all(expected)
    assert expected == found.tolist()


def test_sums_are_what_the_lines_of_the_journal_come_to(
    plan: JournalPlan, block: Block, placements: Placements
) -> None:
    """Right documents as lines have them come to what the sums say, company by company."""
    accounts = len(plan.chart.accounts)
    drawing = drawing_series(plan)
    expected = np.zeros((3, 2 * accounts), dtype=np.int64)
    for series in drawing:
        company = plan.schedule.document_series[series].company
        end = plan.cases.frontier(series, plan.schedule.horizon.days)
        plan.cases.sums.add(expected[company], series, plan.cases.frontier(series, 0), end)
    found = np.zeros_like(expected)
    for entry in np.flatnonzero(np.isin(placements.series, drawing) & (placements.version == 0)).tolist():
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            side = int(block.credit[line] > 0)
            found[block.company[entry], 2 * int(block.account[line]) + side] += abs(block.local_amount[line])

    assert expected.tolist() == found.tolist()
