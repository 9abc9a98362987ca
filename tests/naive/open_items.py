"""Open items: every case is followed from its first lead day, document by document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation
from tests.naive.schedule import step_days
from tests.naive.templates import WRONG, is_debit, posted
from tests.naive.valued import value

if TYPE_CHECKING:
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
    series, number, version
        Which document opened it.
    partner
        Id of the partner.
    """

    amount: int
    local: int
    day: int
    series: int
    number: int
    version: int
    partner: str | None


class _Document(NamedTuple):
    """A document of a case; those of lead days come before the first position, in the order of steps."""

    position: int
    day: int
    step: int
    series: int
    case: int
    version: int


def open_items(headers: Headers, position: int) -> dict[tuple[int, int, int, str], Item]:
    """Follow all cases up to a position; items are told apart by company, account, origin and assignment."""
    found: dict[tuple[int, int, int, str], Item] = {}
    for _, day, _, at, case, version in _documents(headers, position):
        series = headers.plan.schedule.document_series[at]
        for number, what in enumerate((*series.posted.debit, *series.posted.credit)):
            if not what.item:
                continue
            sign = 1 if is_debit(headers.plan, at, number, version) else -1
            lines = posted(headers.plan, at, case, version)
            amount = sign * sum(units for place, units in lines if place == number)
            account = headers.plan.chart.only(what.pool)
            reference = headers.printed(at, case, what.item, version)
            key = (series.company, account, series.case_company, reference)
            if key not in found:
                opened_by = min(version, WRONG)
                found[key] = Item(0, 0, day, at, case, opened_by, headers.partner_of(at, case))
            found[key].amount += amount
            found[key].local += _local(headers, at, found[key], amount)
            # What a wrong document opened and its reversal cleared is opened anew by the right one.
            if not found[key].amount and found[key].version == WRONG:
                del found[key]
    return {key: item for key, item in found.items() if item.amount}


def _documents(headers: Headers, position: int) -> list[_Document]:
    """List the documents of all cases before a position, in the order in which they are posted."""
    schedule, placements = headers.plan.schedule, headers.placements
    found = []
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            found += [
                _Document(-1, day, series.step, at, case, 0)
                for case, day in step_days(schedule, at).items()
                if day < 0
            ]
    for entry in range(position):
        at = int(placements.series[entry])
        series = schedule.document_series[at]
        if series.kind is SeriesKind.CASE:
            day, case = int(placements.day[entry]), int(placements.number[entry])
            found.append(_Document(entry, day, series.step, at, case, int(placements.version[entry])))
    return sorted(found)


def _local(headers: Headers, at: int, item: Item, amount: int) -> int:
    """Value what is opened or cleared at the rate of the day on which the item was opened."""
    valuer = headers.valuer
    if valuer.valuation(at) is Valuation.LOCAL:
        return amount
    sign = 1 if amount > 0 else -1
    return sign * value(abs(amount), valuer.rate(at, item.day), *valuer.currencies(at))
