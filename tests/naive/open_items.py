"""Open items: every case is followed from its first lead day, document by document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation
from tests.naive.schedule import step_days
from tests.naive.templates import posted
from tests.naive.valued import value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.naive.headers import Headers


@dataclass(slots=True)
class Item:
    """What is left of an item, and what opened it.

    Attributes
    ----------
    amount, local
        Debit positive. [minor units of the document's currency; of the company's]
    day
        When it was opened. [days from the start]
    series, number
        Which document opened it.
    partner
        Id of the partner.
    """

    amount: int
    local: int
    day: int
    series: int
    number: int
    partner: str | None


def open_items(headers: Headers, position: int) -> dict[tuple[int, int, int, str], Item]:
    """Follow all cases up to a position; items are told apart by company, account, origin and assignment."""
    found: dict[tuple[int, int, int, str], Item] = {}
    for at, case, day in _documents(headers, position):
        series = headers.plan.schedule.document_series[at]
        sides = len(series.posted.debit)
        for number, what in enumerate((*series.posted.debit, *series.posted.credit)):
            if not what.item:
                continue
            sign = 1 if number < sides else -1
            amount = sign * sum(units for place, units in posted(headers.plan, at, case) if place == number)
            account = headers.plan.chart.only(what.pool)
            key = (series.company, account, series.case_company, headers.printed(at, case, what.item))
            if key not in found:
                found[key] = Item(0, 0, day, at, case, headers.partner_of(at, case))
            found[key].amount += amount
            found[key].local += _local(headers, at, found[key], amount)
    return {key: item for key, item in found.items() if item.amount}


def _documents(headers: Headers, position: int) -> Iterator[tuple[int, int, int]]:
    """Yield series, case and day of every case's documents before a position, the first steps first."""
    schedule, placements = headers.plan.schedule, headers.placements
    entered = set(
        zip(placements.series[:position].tolist(), placements.number[:position].tolist(), strict=True)
    )
    case_series = [at for at, series in enumerate(schedule.document_series) if series.kind is SeriesKind.CASE]
    for at in sorted(case_series, key=lambda at: schedule.document_series[at].step):
        for case, day in step_days(schedule, at).items():
            if day < 0 or (at, case) in entered:
                yield at, case, day


def _local(headers: Headers, at: int, item: Item, amount: int) -> int:
    """Value what is opened or cleared at the rate of the day on which the item was opened."""
    valuer = headers.valuer
    if valuer.valuation(at) is Valuation.LOCAL:
        return amount
    sign = 1 if amount > 0 else -1
    return sign * value(abs(amount), valuer.rate(at, item.day), *valuer.currencies(at))
