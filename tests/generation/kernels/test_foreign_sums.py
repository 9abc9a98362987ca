"""Sums at the rates of days, against exact fractions and one document after the other."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.foreign_sums import add_valued, take_templates
from datasynth.generation.kernels.summed import NO_WINDOWS, DayRates, SummedLines, SummedSeries
from datasynth.generation.kernels.templates import RING, template_of
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.document_lines import DocumentLines
from datasynth.ledger.processes import Valuation
from tests.naive.schedule import step_days
from tests.naive.templates import posted, taken, template_and_jitter
from tests.naive.valued import value, value_of_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.placements import Placements
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
            totals.update(_foreign(headers, at, number, on))
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


def _foreign(headers: Headers, at: int, number: int, on: int) -> dict[int, int]:
    plan, valuer = headers.plan, headers.valuer
    rows = plan.template_lines.rows
    row = int(plan.series.row[at]) + template_and_jitter(plan, at, number)[0]
    accounts = rows.account[int(rows.offsets[row]) : int(rows.offsets[row + 1])].tolist()
    sides = len(plan.schedule.document_series[at].posted.debit)
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
    known = range(len(plan.schedule.document_series))
    return [at for at in known if plan.series.valuation[at] != Valuation.LOCAL]


@pytest.mark.parametrize(("first", "last"), [(0, 123), (0, 30), (31, 92)])
def test_sums_of_foreign_documents_are_those_of_one_after_the_other(
    plan: JournalPlan, headers: Headers, first: int, last: int
) -> None:
    """Documents in foreign currency, settlements in either direction, and both of pairs: all are exact."""
    cases = plan.cases
    seen = set()
    for at in foreign_series(plan):
        flat = np.zeros(2 * len(plan.chart.accounts), dtype=np.int64)
        cases.sums.add(flat, at, cases.frontier(at, first), cases.frontier(at, last))
        places = np.flatnonzero(flat).tolist()

        assert {place: int(flat[place]) for place in places} == {
            place: amount for place, amount in summed(headers, at, first, last).items() if amount
        }
        if places:
            seen.add(plan.schedule.document_series[at].document_type)
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
        np.ones(len(flat), dtype=np.int32),
        np.zeros(len(flat), dtype=np.int16),
    )


def lagging(days: int) -> NDArray[np.uint8]:
    """Return the lag table of a step that is always so many days after the start."""
    return np.repeat(np.minimum(np.arange(DAYS + 1), days).astype(np.uint8)[:, None], CLASSES, axis=1)


def toy_sums(low: list[int], high: list[int], upto: NDArray[np.int64], settles: int) -> list[int]:
    """Add up a run of cases of the small template pool with the kernel; settlements are three days after."""
    rows = toy_rows()
    totals = np.zeros(4, dtype=np.int64)
    lines = SummedLines(
        offsets=rows.offsets,
        debits=rows.debits,
        posting=rows.posting,
        column=rows.account,
        amount=rows.amount,
        jitter_unit=rows.jitter_unit,
        total=rows.totals()[0],
    )
    series = SummedSeries(
        key=np.uint64(KEY),
        upto=upto,
        window=lagging(3 if settles else 0),
        settled=lagging(1) if settles else NO_WINDOWS,
        receives=int(settles == 1),
        first_row=0,
        class_bits=BITS,
        rings=np.zeros(CLASSES << BITS, dtype=RING).view(np.recarray),
    )
    add_valued(totals, np.array(low), np.array(high), series, lines, DayRates(RATES, 1_000_000))
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
    at = np.flatnonzero(plan.series.valuation[placements.series] != Valuation.LOCAL)
    expected = np.zeros((3, 2 * accounts), dtype=np.int64)
    for series in foreign_series(plan):
        company = plan.schedule.document_series[series].company
        end = plan.cases.frontier(series, plan.schedule.horizon.days)
        plan.cases.sums.add(expected[company], series, plan.cases.frontier(series, 0), end)
    found = np.zeros_like(expected)
    for entry in at.tolist():
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            side = int(block.credit[line] > 0)
            found[block.company[entry], 2 * int(block.account[line]) + side] += abs(block.local_amount[line])

    assert expected.tolist() == found.tolist()


@given(st.integers(0, 2**64 - 1), st.integers(0, 63), st.integers(0, 5), st.integers(0, 200))
def test_templates_are_counted_by_dealing_each(key: int, number: int, bits: int, cases: int) -> None:
    """The first cases of a class take the templates that they are dealt one after the other."""
    taken = np.full(1 << bits, -1, dtype=np.int64)
    take_templates(np.uint64(key), number, cases, bits, taken)
    dealt = Counter(int(template_of(np.uint64(key), (nth << 6) + number, bits)) for nth in range(cases))

    assert [dealt[(number << bits) + place] for place in range(1 << bits)] == taken.tolist()
