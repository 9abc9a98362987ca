"""Which closes the calendar holds."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.closing_plan import (
    Close,
    intercompany_rings,
    plan_closes,
    possible_items,
    process_weights,
    weighted_processes,
)
from datasynth.generation.schedule.day_weights import Horizon, day_weights
from datasynth.ledger.calendars import FiscalCalendar, month_end
from datasynth.ledger.closes import Basis, items_of
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from datasynth.config import Config

PLENTY = 10**6


def planned(config: Config, entries: int = PLENTY) -> list[Close]:
    """Plan the closes of companies with so many entries each."""
    weights = [day_weights(config, company.country) for company in config.companies]
    return plan_closes(config, [entries] * len(config.companies), weights)


@pytest.mark.parametrize("first_month", [1, 4, 12])
@pytest.mark.parametrize(("start", "months"), [("2024-01-01", 14), ("2023-12-31", 3), ("2024-01-15", 1)])
def test_every_month_end_inside_the_data_set_is_closed(start: str, months: int, first_month: int) -> None:
    """Each last day of a month has its close, by fiscal month, quarter and year; no other day has."""
    config = make_config(months=months, start_date=start, fiscal_year_start_month=first_month)
    horizon, fiscal = Horizon.of(config), FiscalCalendar(first_month)
    days = [horizon.start + timedelta(days=day) for day in range(horizon.days)]
    wanted = []
    for when in days:
        if when == month_end(when):
            quarter = "quarter_end" if fiscal.ends_quarter(when) else "month_end"
            wanted.append(((when - horizon.start).days, "year_end" if fiscal.ends_year(when) else quarter))

    assert wanted == [(close.last_day, close.pattern) for close in planned(config)]


def test_ordinary_entries_wait_for_a_working_day() -> None:
    """The close's work is done on the last busy day of its month, what is dated the last day then."""
    config = make_config(months=12)
    weights = day_weights(config, "US")[LEAD_DAYS:-LEAD_DAYS]
    for close in planned(config):
        month = weights[: close.last_day + 1][-28:]

        assert close.last_day - 4 <= close.work_day <= close.last_day
        assert 2 * weights[close.work_day] >= month.max()
        assert all(2 * weights[day] < month.max() for day in range(close.work_day + 1, close.last_day + 1))


def test_the_next_period_begins_the_day_after_or_not_at_all() -> None:
    """Reversals have the first day of the next month, unless the data set ends before it."""
    closes = planned(make_config(months=3))

    assert [31, 60, -1] == [close.next_day for close in closes]


def test_documents_are_listed_with_what_follows_them() -> None:
    """Every item is a document, what reverses two, and the close of the year is carried forward."""
    january = Close(0, "month_end", items_of("month_end"), 30, 30, 31)
    december = Close(0, "year_end", items_of("year_end"), 364, 365, 366)
    last = Close(0, "year_end", items_of("year_end"), 364, 365, -1)

    assert 8 == [document_type for _, document_type, _ in january.documents()].count("SU")
    assert {30, 31} == {day for day, _, _ in january.documents()}
    assert not january.carries_forward
    assert [(366, "CF", "R2R")] == [found for found in december.documents() if found[1] == "CF"]
    assert {"CL", "AJ"} == {kind for day, kind, _ in december.documents() if day == 365}
    assert len(last.items) == len(list(last.documents()))


def test_small_months_keep_what_matters_most() -> None:
    """With less room a close has fewer items, in the order of the table; the smallest stream has none."""
    config = make_config(months=12)
    wanted = tuple(item for item in items_of("year_end") if not item.name.startswith("intercompany"))
    sizes = []
    for entries in (19, 20, 500, 1_000, 5_000, PLENTY):
        december = [close.items for close in planned(config, entries) if close.pattern == "year_end"]
        items = december[0] if december else ()
        assert [item for item in wanted if item in items] == list(items)
        own = [item for item in items if item.process == "R2R"]
        assert [item for item in wanted if item.process == "R2R"][: len(own)] == own
        sizes.append(len(items))

    assert sorted(sizes) == sizes
    assert [0, 2] == sizes[:2]
    assert 2 <= sizes[2] < sizes[3] < len(items_of("month_end"))
    assert sizes[-1] == len(wanted)


def test_closes_leave_processes_their_other_documents() -> None:
    """However large a close, what it posts for a process is a part of what that has in the month."""
    config = make_config(months=12)
    shares = process_weights(config)
    for entries in (2_000, 5_000, 20_000):
        for close in planned(config, entries):
            found = Counter(
                process for item in close.items for process in [item.process] * (1 + item.reverses)
            )
            for process, count in found.items():
                if process != "R2R":
                    assert count <= shares[process] / sum(shares.values()) * entries / 12 * 2.5, process


def test_what_would_post_nothing_is_left_out() -> None:
    """There is no return without taxes, no payment before a return, no revaluation of nothing."""
    usual = [item.basis for item in planned(make_config(months=3))[0].items]
    later = [item.basis for item in planned(make_config(months=3))[1].items]
    document: dict[str, object] = {
        "global": {"period_months": 3},
        "tax": {"enabled": False},
        "transactions": {"foreign_currency_share": 0.0},
    }
    nothing = [item.basis for close in planned(config_from_mapping(document)) for item in close.items]

    assert Basis.TAX_RETURN in usual
    assert Basis.TAX_PAYMENT not in usual
    assert Basis.TAX_PAYMENT in later
    assert 2 == usual.count(Basis.REVALUATION)
    assert not {Basis.TAX_RETURN, Basis.TAX_PAYMENT, Basis.REVALUATION} & set(nothing)


@pytest.mark.parametrize("entries", [500, 2_000, 20_000])
def test_closes_take_a_small_part_of_their_month(entries: int) -> None:
    """No close has more documents than eight in a hundred of its month's entries."""
    config = make_config(months=12)
    weights = day_weights(config, "US")[LEAD_DAYS:-LEAD_DAYS]
    for close in planned(config, entries):
        month = weights[: close.last_day + 1][-31:].sum()

        assert len(list(close.documents())) <= 0.08 * entries * month / weights.sum()


@pytest.mark.parametrize("entries", [20, 21, 27, 29, 30, 60])
def test_closes_are_no_more_than_the_entries(entries: int) -> None:
    """Ten years of few entries close as many years as there are entries for."""
    found = [len(list(close.documents())) for close in planned(make_config(months=120), entries)]

    # Twenty-nine are what ten year ends want, the last of which has no next day.
    assert min(entries, 29) - 2 <= sum(found) <= entries


def test_companies_of_one_currency_form_a_ring() -> None:
    """Two companies in euro have each other; a company alone with its currency has no partners."""
    assert {1: (1, 2), 2: (1, 2)} == intercompany_rings(make_config(companies=5))
    assert {} == intercompany_rings(make_config(companies=1))


def test_pairs_need_room_in_both_companies() -> None:
    """Intercompany items occur in all companies of a ring or in none."""
    config = make_config(months=3, companies=3)
    weights = [day_weights(config, company.country) for company in config.companies]
    for poorer, wanted in ((PLENTY, {1, 2}), (300, set())):
        closes = plan_closes(config, [PLENTY, PLENTY, poorer], weights)
        found = {
            close.company
            for close in closes
            if any(item.name.startswith("intercompany") for item in close.items)
        }
        assert wanted == found


def test_processes_without_weight_have_no_items() -> None:
    """The calendar's closes leave out what belongs to a process of weight 0."""
    config = make_config(weights={"o2c": 0.5, "r2r": 0.5})

    assert frozenset({"O2C", "R2R"}) == weighted_processes(config)
    assert {"R2R"} == {item.process for close in planned(config) for item in close.items}
    assert [] == planned(make_config(weights={"o2c": 1.0}))


def test_a_called_for_close_may_have_everything() -> None:
    """What can be called for does not depend on weights or size, only on partners."""
    config = make_config(10, companies=3, weights={"o2c": 1.0})

    wanted = tuple(item for item in items_of("quarter_end") if not item.calendar)

    assert wanted == possible_items(config, "quarter_end", 1)
    assert 4 == len(wanted) - len(possible_items(config, "quarter_end", 0))


def test_a_month_without_weight_is_closed_on_a_day_of_it() -> None:
    """A data set that starts on the last day of a month closes it on that day, if there is room."""
    config = make_config(months=1, start_date="2024-05-31")
    closes = planned(config)

    assert [(0, 0)] == [(close.work_day, close.last_day) for close in closes]
    assert np.array_equal(day_weights(config, "US")[:1] > 0, [True])
