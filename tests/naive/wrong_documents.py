"""Wrong documents, spelt out: every case is looked at, and days are counted on a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import CLASSES, LEAD_DAYS, step_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.generation.schedule.scheduling import Schedule


class WrongDocument(NamedTuple):
    """Series and case of the right document, and the days of the wrong one, its reversal and itself."""

    series: int
    case: int
    wrong: int
    back: int
    right: int


def business_days(weights: Sequence[int]) -> list[int]:
    """Return the days that have at least a third of the usual weight, from the first lead day on."""
    usual = sorted(weight for weight in weights if weight > 0)
    least = usual[len(usual) // 2] // 3
    return [day - LEAD_DAYS for day, weight in enumerate(weights) if weight > least]


def wrong_documents(schedule: Schedule) -> Iterator[WrongDocument]:
    """Yield all wrong documents; days count from the start of the data set."""
    places = {
        (series.case_company, series.case, series.step): at
        for at, series in enumerate(schedule.document_series)
        if series.kind is SeriesKind.CASE
    }
    days: dict[int, dict[int, int]] = {}
    calendars: dict[int, list[int]] = {}
    for cell in schedule.wrong.cells:
        at = int(cell.series)
        series = schedule.document_series[at]
        previous = places.get((series.case_company, series.case, series.step - 1))
        for each in (at, previous):
            if each is not None and each not in days:
                days[each] = step_days(schedule, each)
        if series.company not in calendars:
            calendars[series.company] = business_days(schedule.weights[series.company].tolist())
        business = calendars[series.company]
        upto = int(cell.phase)
        for case in range(
            int(cell.number), int(schedule.starts[series.case_company, series.case, -1]), CLASSES
        ):
            upto += int(cell.chance)
            if upto < 1 << 16:
                continue
            upto -= 1 << 16
            # Days before the data set may have no earlier business days in the calendar.
            if days[at].get(case, -1) < 0:
                continue
            right = days[at][case]
            earlier = [day for day in business if day <= right]
            wrong, back = earlier[-1 - int(cell.sooner)], earlier[-1 - int(cell.later)]
            if previous is not None:
                wrong = max(wrong, next(day for day in business if day > days[previous][case]))
            back = max(back, next(day for day in business if day > wrong))
            if wrong >= 0:
                yield WrongDocument(at, case, wrong, back, right)


def by_version(schedule: Schedule) -> list[tuple[int, int, int, int]]:
    """Return day, series, case and version of all wrong documents and reversals, in order."""
    found = []
    for one in wrong_documents(schedule):
        found += [(one.wrong, one.series, one.case, 1), (one.back, one.series, one.case, 2)]
    return sorted(found)


def rate_of(right: int, wrong: int) -> float:
    """Return the share of documents that are wrong."""
    return wrong / max(right + wrong, 1)


def deviation(share: float, rate: float, documents: int) -> float:
    """Return by how many standard deviations a share differs from a rate."""
    return float((share - rate) / np.sqrt(rate * (1 - rate) / documents))
