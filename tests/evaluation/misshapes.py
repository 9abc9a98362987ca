"""What can be out of shape in a good set, and the checks that have to see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.evaluation.vocabulary import WordLists
from datasynth.ledger.calendars import WorkCalendar, to_day
from tests.evaluation.shapes import (
    DAY_SECONDS,
    DAYS,
    ENTRIES,
    SOURCES,
    START,
    TYPES,
    chances,
    day_weights,
    good_config,
    good_shapes,
    line_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation import Dataset

    Plant = Callable[[Dataset], Dataset]

MISSHAPES: dict[str, tuple[Plant, Config, frozenset[str]]] = {}
"""What plants each fault, the configuration it is judged by, and the checks that fail then."""


def misshape(*checks: str, **transactions: Any) -> Callable[[Plant], Plant]:
    """Register a fault with the checks that fail, the one it is meant for first."""

    def register(plant: Plant) -> Plant:
        name = plant.__name__.replace("_", " ").strip()
        MISSHAPES[name] = (plant, good_config(**transactions), frozenset(checks))
        return plant

    return register


def moved(table: dict[int, float], source: int, target: int, share: float) -> dict[int, float]:
    """Move a share from one number of lines to another."""
    return table | {source: table[source] - share, target: table.get(target, 0.0) + share}


def evened(table: dict[int, float], lines: range) -> dict[int, float]:
    """Spread a bin evenly, over even and odd numbers apart."""
    found = dict(table)
    for parity in (0, 1):
        inside = [count for count in lines if count % 2 == parity]
        found |= dict.fromkeys(inside, sum(table[count] for count in inside) / len(inside))
    return found


def with_entries(data: Dataset, **columns: NDArray[Any]) -> Dataset:
    """Replace columns of the entries."""
    return replace(data, entries=replace(data.entries, **columns))


def with_totals(data: Dataset, chosen: NDArray[np.bool_], total: NDArray[np.int64] | int) -> Dataset:
    """Give those of some entries that have two lines another total."""
    entries = np.flatnonzero(chosen & (data.line_counts == 2))
    at = data.first_line[entries]
    debit, credit, local = (
        column.copy() for column in (data.lines.debit, data.lines.credit, data.lines.local_amount)
    )
    value = total if isinstance(total, int) else total[entries]
    debit[at], credit[at + 1], local[at], local[at + 1] = value, value, value, np.negative(value)
    return replace(data, lines=replace(data.lines, debit=debit, credit=credit, local_amount=local))


def recoded(codes: NDArray[np.int32], source: int, target: int, share: float, salt: int) -> NDArray[np.int32]:
    """Turn a part of one code's entries into another's, counted in shares of all."""
    found = codes.copy()
    places = np.flatnonzero(codes == source)
    order = places[np.argsort(chances(salt, places.size))]
    found[order[: round(share * ENTRIES)]] = target
    return found


# Shape 2


@misshape("lines.2", "lines.4")
def _too_few_of_two_lines(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 2, 4, 0.06))


@misshape("lines.3", "lines.5")
def _too_few_of_three_lines(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 3, 5, 0.03))


@misshape("lines.6", "lines.8")
def _too_few_of_six_lines(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 6, 8, 0.03))


@misshape("lines.7", "lines.9")
def _none_of_seven_lines(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 7, 9, 0.0113))


@misshape("lines.10_99", "lines.4")
def _too_many_long_ones(_: Dataset) -> Dataset:
    table = line_table()
    return good_shapes(
        moved({k: 1.4 * v if 9 < k < 100 else v for k, v in table.items()}, 4, 4, 0.0) | {4: 0.1379}
    )


@misshape("lines.100_999")
def _a_pile_on_the_bound(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 4, 100, 0.002))


@misshape("lines.1000_up", "amounts.spread")
def _entries_of_a_thousand_lines(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 4, 1_000, 0.001))


@misshape("lines.even", "lines.equal", "lines.3", "lines.4")
def _too_many_odd_ones(_: Dataset) -> Dataset:
    return good_shapes(moved(line_table(), 4, 3, 0.03))


@misshape("lines.equal")
def _sides_too_unlike(_: Dataset) -> Dataset:
    return good_shapes(equal_of_even=0.6)


@misshape("lines.tail_10")
def _a_bin_filled_evenly(_: Dataset) -> Dataset:
    return good_shapes(evened(line_table(), range(10, 100)))


@misshape("lines.tail_100", line_items={"max_lines": 1_000})
def _a_long_bin_filled_evenly(_: Dataset) -> Dataset:
    return good_shapes(evened(line_table(1_000), range(100, 1_000)))


# Shape 3


@misshape("amounts.first_digit")
def _too_many_sevens(data: Dataset) -> Dataset:
    return with_totals(data, chances(50) < 0.1, 70_000 + (chances(51) * 10_000).astype(np.int64))


@misshape("amounts.first_two_digits")
def _just_below_twenty(data: Dataset) -> Dataset:
    power = 10 ** np.floor(np.maximum(np.log10(data.total) - 1, 0)).astype(np.int64)
    leading = data.total // power
    return with_totals(data, (leading >= 10) & (leading < 19), 19 * power + data.total % power)


@misshape("amounts.spread")
def _amounts_too_wide(_: Dataset) -> Dataset:
    return good_shapes(deviation=2.9)


@misshape("amounts.commonest")
def _one_amount_too_common(data: Dataset) -> Dataset:
    return with_totals(data, chances(52) < 0.025, 12_345)


@misshape("amounts.smallest")
def _a_pile_at_the_bottom(data: Dataset) -> Dataset:
    return with_totals(data, chances(53) < 0.012, 1)


@misshape("amounts.largest")
def _a_pile_at_the_top(data: Dataset) -> Dataset:
    return with_totals(data, chances(54) < 0.012, 1_234_567_890)


# Shape 4


def _days(holds: Callable[[date], bool]) -> NDArray[np.bool_]:
    first = to_day(START)
    return np.array([holds(date.fromordinal(START.toordinal() + day)) for day in range(DAYS)]) & (first > 0)


def _in_last_days(months: set[int]) -> NDArray[np.bool_]:
    lengths = {month: (date(2024, month % 12 + 1, 1).toordinal() - 1) for month in range(1, 13)}
    lengths[12] = date(2024, 12, 31).toordinal()
    return _days(lambda when: when.month in months and when.toordinal() > lengths[when.month] - 5)


@misshape("dates.month_end")
def _months_end_too_quietly(_: Dataset) -> Dataset:
    ends = _in_last_days({1, 2, 4, 5, 7, 8, 10, 11})
    return good_shapes(weights=np.where(ends, 0.8, 1.0) * day_weights())


@misshape("dates.quarter_end")
def _quarters_end_too_loudly(_: Dataset) -> Dataset:
    return good_shapes(weights=np.where(_in_last_days({3, 6, 9}), 1.25, 1.0) * day_weights())


@misshape("dates.year_end")
def _the_year_ends_too_quietly(_: Dataset) -> Dataset:
    return good_shapes(weights=np.where(_in_last_days({12}), 0.7, 1.0) * day_weights())


@misshape("dates.weekends")
def _busy_weekends(_: Dataset) -> Dataset:
    return good_shapes(weights=np.where(_days(lambda when: when.weekday() >= 5), 1.5, 1.0) * day_weights())


@misshape("dates.holidays")
def _busy_holidays(_: Dataset) -> Dataset:
    legal = WorkCalendar.of("US", 2024, 2024).legal
    return good_shapes(weights=np.where(_days(legal.__contains__), 6.0, 1.0) * day_weights())


@misshape("dates.day_volumes")
def _weekdays_in_another_order(_: Dataset) -> Dataset:
    weights = day_weights()
    other = _days(lambda when: when.weekday() in {0, 4})
    monday = _days(lambda when: when.weekday() == 0)
    return good_shapes(weights=np.where(other, np.where(monday, 0.6, 1.55), 1.0) * weights)


@misshape("dispersion.days")
def _days_like_clockwork(_: Dataset) -> Dataset:
    return good_shapes(dispersion=None)


@misshape("dispersion.days")
def _days_that_stray_wildly(_: Dataset) -> Dataset:
    return good_shapes(dispersion=0.15)


@misshape("dispersion.types")
def _types_in_turns(data: Dataset) -> Dataset:
    posted, kinds = data.entries.posting_date.copy(), data.entries.document_type
    for mine in (np.flatnonzero(kinds == kind) for kind in range(len(TYPES))):
        places = (np.arange(mine.size) + 0.5) * ENTRIES / mine.size
        posted[mine] = data.entries.posting_date[places.astype(np.int64)]
    created = data.entries.created_at + (posted - data.entries.posting_date) * DAY_SECONDS
    return with_entries(data, posting_date=posted, created_at=created)


# Shape 5


@misshape("hours.working")
def _people_work_late(data: Dataset) -> Dataset:
    late = data.entries.posting_date * DAY_SECONDS + 20 * 3600
    chosen = (chances(60) < 0.2) & data.of_source("manual", "adjustment")
    return with_entries(data, created_at=np.where(chosen, late, data.entries.created_at))


@misshape("hours.lunch")
def _nobody_eats(data: Dataset) -> Dataset:
    noon = data.entries.posting_date * DAY_SECONDS + 12 * 3600
    chosen = (chances(61) < 0.1) & data.of_source("manual", "adjustment")
    return with_entries(data, created_at=np.where(chosen, noon, data.entries.created_at))


@misshape("hours.last_hour")
def _programs_run_before_midnight(data: Dataset) -> Dataset:
    late = data.entries.posting_date * DAY_SECONDS + 23 * 3600 + (chances(62) * 3600).astype(np.int64)
    chosen = (chances(63) < 0.05) & data.of_source("automated")
    return with_entries(data, created_at=np.where(chosen, late, data.entries.created_at))


@misshape("hours.last_minute")
def _a_pile_at_one_minute_to_twelve(data: Dataset) -> Dataset:
    late = data.entries.posting_date * DAY_SECONDS + 24 * 3600 - 1
    chosen = (chances(64) < 0.025) & data.of_source("automated")
    return with_entries(data, created_at=np.where(chosen, late, data.entries.created_at))


# Shape 6


@misshape("mix.source_manual", "mix.source_automated")
def _too_little_by_hand(data: Dataset) -> Dataset:
    return with_entries(data, source=recoded(data.entries.source, 0, 1, 0.02, 65))


@misshape("mix.source_recurring", "mix.source_adjustment")
def _too_many_adjustments(data: Dataset) -> Dataset:
    return with_entries(data, source=recoded(data.entries.source, 2, 3, 0.02, 66))


@misshape("mix.source_others")
def _a_source_that_is_none(data: Dataset) -> Dataset:
    words = {**data.vocabulary.words, "sources": (*SOURCES, "statistical")}
    source = recoded(data.entries.source, 1, len(SOURCES), 0.0005, 67)
    return replace(with_entries(data, source=source), vocabulary=WordLists(words))


@misshape("mix.process_O2C", "mix.process_P2P")
def _sales_for_purchases(data: Dataset) -> Dataset:
    return with_entries(data, business_process=recoded(data.entries.business_process, 0, 1, 0.02, 68))


@misshape("mix.process_R2R", "mix.process_H2R")
def _journals_for_pay(data: Dataset) -> Dataset:
    return with_entries(data, business_process=recoded(data.entries.business_process, 2, 3, 0.02, 69))


@misshape("mix.process_A2R", "mix.process_TRE")
def _assets_for_treasury(data: Dataset) -> Dataset:
    return with_entries(data, business_process=recoded(data.entries.business_process, 4, 5, 0.02, 70))


@misshape("mix.process_TAX", "mix.process_IC")
def _dealings_of_one_company(data: Dataset) -> Dataset:
    return with_entries(data, business_process=recoded(data.entries.business_process, 6, 7, 0.01, 71))


@misshape("mix.process_others")
def _no_process_at_all(data: Dataset) -> Dataset:
    return with_entries(data, business_process=recoded(data.entries.business_process, 1, -1, 0.0005, 72))


@misshape("mix.company_1000", "mix.company_others")
def _a_second_company(data: Dataset) -> Dataset:
    words = {**data.vocabulary.words, "companies": ("1000", "2000")}
    company = recoded(data.entries.company_code, 0, 1, 0.01, 73)
    return replace(with_entries(data, company_code=company), vocabulary=WordLists(words))


@misshape("mix.document_types")
def _too_few_document_types(data: Dataset) -> Dataset:
    kind = data.entries.document_type
    return with_entries(data, document_type=np.where(kind < len(TYPES), kind % 13, kind).astype(np.int32))


@misshape("mix.entropy", "concentration.commonest")
def _one_document_type_for_nearly_all(data: Dataset) -> Dataset:
    kind = data.entries.document_type
    most = (kind < len(TYPES)) & (chances(74) < 0.6)
    return with_entries(data, document_type=np.where(most, 0, kind).astype(np.int32))


# Shape 7


@misshape(
    "concentration.accounts", "concentration.recurring", "concentration.commonest", "closes.tax_provision"
)
def _accounts_at_random(data: Dataset) -> Dataset:
    account = (chances(75, data.entry.size) * 390).astype(np.int32)
    return replace(data, lines=replace(data.lines, account=account))


@misshape("concentration.commonest")
def _templates_too_few(data: Dataset) -> Dataset:
    chosen = ((data.line_counts < 10) & ~data.closing)[data.entry]
    account = np.where(chosen, data.lines.line_number % 2, data.lines.account).astype(np.int32)
    return replace(data, lines=replace(data.lines, account=account))
