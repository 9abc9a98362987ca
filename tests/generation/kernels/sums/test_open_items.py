"""Open items, against following every case document by document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.open_items import Items, add_item_lines, choose_partners, opening_days
from datasynth.generation.kernels.sums.summed import NO_WINDOWS, DayRates, SummedLines, SummedSeries
from datasynth.generation.kernels.templates import RING
from datasynth.generation.open_items import list_open_items
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.drawn_amounts import drawn_amounts
from tests.naive.open_items import open_items
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers

NO_RATES = np.empty(0, dtype=np.int64)


@pytest.mark.parametrize("position", [0, 1, 2_999, 7_500, 12_000])
def test_items_are_those_of_following_every_case(plan: JournalPlan, headers: Headers, position: int) -> None:
    """Company, account, reference, partner, day and both amounts of all that is open, lead days included."""
    found, after = list_open_items(plan, position, None, 0, 10**6)
    first_day = plan.schedule.horizon.first_day
    plain = sorted(
        (company, account, reference, item.partner, first_day + item.day, item.amount, item.local)
        for (company, account, _, reference), item in open_items(headers, position).items()
    )
    partners = plan.vocabulary.partners

    assert after is None
    assert len(plain) > 300
    assert plain == sorted(
        (
            item.company,
            item.account,
            item.reference,
            partners[item.partner] if item.partner >= 0 else None,
            item.posting_day,
            item.amount,
            item.local_amount,
        )
        for item in found
    )


def test_days_and_partners_are_those_of_listing(plan: JournalPlan, headers: Headers) -> None:
    """Every case of a series with partners has the day and the partner that looking it up finds."""
    schedule, columns = plan.schedule, plan.series
    for at, series in enumerate(schedule.document_series):
        if series.kind is not SeriesKind.CASE or columns.partner_pool[at] < 0:
            continue
        listed = step_days(schedule, at)
        numbers = np.array(list(listed), dtype=np.int64)
        days, partner = np.empty(len(numbers), dtype=np.int64), np.empty(len(numbers), dtype=np.int64)
        opening_days(numbers, plan.cases.sums.series[at], days)
        choice = plan.partners.tables[columns.partner_pool[at]]
        choose_partners(numbers, columns.key[at], int(columns.first_partner[at]), choice, partner)
        names = [plan.vocabulary.partners[index] for index in partner.tolist()]

        assert [day + LEAD_DAYS for day in listed.values()] == days.tolist()
        assert [headers.partner_of(at, number) for number in listed] == names


def added(frontier: NDArray[np.int64], jitter: int, rates: NDArray[np.int64], sign: int) -> list[list[int]]:
    """Add one posting of cases 5, 69 and 133, of one class, whose templates all have the same lines."""
    numbers = np.array([5, 5 + CLASSES, 5 + 2 * CLASSES])
    templates = CLASSES << 1
    items = Items(numbers, np.array([0, 1, 2]), np.full(3, 1_000), np.full(3, 2_000))
    lines = SummedLines(
        offsets=np.arange(0, 3 * templates + 1, 3),
        debits=np.ones(templates, dtype=np.int32),
        posting=np.tile(np.array([0, 1, 1], dtype=np.int16), templates),
        column=np.zeros(3 * templates, dtype=np.int16),
        amount=np.tile(np.array([70, 40, 30]), templates),
        jitter_unit=np.tile(np.array([1, 1, 0], dtype=np.int32), templates),
        total=np.full(templates, 70),
    )
    rings = np.zeros(templates, dtype=RING).view(np.recarray)
    rings.most, rings.next = jitter, np.arange(templates) ^ 1
    series = SummedSeries(
        key=np.uint64(3),
        jitter_key=np.uint64(3),
        first_dealt=0,
        swapped=False,
        thinning=np.zeros((CLASSES, 2), dtype=np.int64),
        upto=numbers,
        window=NO_WINDOWS,
        settled=NO_WINDOWS,
        receives=0,
        first_row=0,
        class_bits=1,
        rings=rings,
        distribution=-1,
        whole=0,
        pool_bits=-1,
    )
    rated = DayRates(rates, 1_000_000)
    add_item_lines(items, frontier, 1, sign, series, lines, drawn_amounts([]), rated)
    return [column.tolist() for column in (items.amount, items.local_amount)]


def test_only_cases_that_have_come_so_far_count() -> None:
    """What a step posts to an item is added, with its sign, for the cases that have had the step."""
    frontier = np.zeros(CLASSES, dtype=np.int64)
    frontier[5] = 2

    assert [[1_070, 1_070, 1_000], [2_070, 2_070, 2_000]] == added(frontier, 0, NO_RATES, 1)
    assert [[930, 930, 1_000], [1_930, 1_930, 2_000]] == added(frontier, 0, NO_RATES, -1)


def test_items_vary_with_their_cases() -> None:
    """In a ring of two, one template differs by as many steps up as the other one down."""
    frontier = np.full(CLASSES, 3, dtype=np.int64)
    first, second, _ = (amount - 1_070 for amount in added(frontier, 25, NO_RATES, 1)[0])

    assert first == -second != 0


def test_items_abroad_are_worth_what_they_were_when_opened() -> None:
    """Each item is valued at the rate of its own day, in either direction."""
    frontier = np.full(CLASSES, 3, dtype=np.int64)
    rates = np.array([1_000_000, 1_500_000, 500_000])

    assert [[1_070] * 3, [2_070, 2_105, 2_035]] == added(frontier, 0, rates, 1)
    assert [[930] * 3, [1_930, 1_895, 1_965]] == added(frontier, 0, rates, -1)
