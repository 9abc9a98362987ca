"""Document series: the smallest runs of like documents that the schedule counts.

A series is one step of one company's cases, one kind of its single documents, or
one document type of its closes.  Wrong documents that number like right ones are a
series beside those, and their reversals are another; see `wrong_documents`.  A group
is the series of one company, document type and part of the day; a number range is
those of a group whose documents count up one number of their own.  Document numbers
come from counts, not from draws, so
they have no gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, REVERSAL_TYPE
from datasynth.ledger.processes import (
    CASE_KINDS,
    NUMBER_RANGES,
    SINGLE_KINDS,
    WRONG_REVERSED,
    DayPart,
    Step,
    number_range,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.config.model import Config
    from datasynth.ledger.processes import CaseKind, NumberRange


class SeriesKind(IntEnum):
    """Where a series' documents come from."""

    CASE = 0
    SINGLE = 1
    CLOSE = 2
    WRONG = 3
    REVERSAL = 4


@dataclass(frozen=True, slots=True)
class DocumentSeries:
    """One run of like documents.

    Attributes
    ----------
    company
        Index of the company whose books they are in.
    case_company
        Index of the company whose cases they belong to.
    case
        Index in `CASE_KINDS` or `SINGLE_KINDS`; for wrong documents and their reversals, that
        of the wrong ones' range in `NUMBER_RANGES`; -1 for closes.
    step
        Index of the case's step; 0 for others.
    """

    company: int
    day_part: DayPart
    document_type: str
    kind: SeriesKind
    case_company: int
    case: int = -1
    step: int = 0

    @property
    def in_cases(self) -> bool:
        """Whether the documents are those of one step of one kind of case, or of one kind of single ones."""
        return self.kind is SeriesKind.CASE or self.kind is SeriesKind.SINGLE

    @property
    def case_kind(self) -> CaseKind:
        """The kind of case that the documents belong to.

        Raises
        ------
        ValueError
            Closes have no cases, and wrong documents those of several series.
        """
        if not self.in_cases:
            message = "documents of a close belong to no business case"
            raise ValueError(message)
        return _case_kind(self.kind, self.case)

    @property
    def posted(self) -> Step:
        """The step that posts the documents; fails like `case_kind`."""
        return self.case_kind.steps[self.step]

    @property
    def repeats_amounts(self) -> bool:
        """Whether earlier documents of the case fix the amounts: it clears an item or follows them up."""
        return _clears(self.kind, self.case, self.step) or not self.range

    @property
    def range(self) -> str:
        """What the document's own number counts, within its group: a prefix, or empty if it has none.

        A document has a number of its own if it is the first of its case to use its reference.
        """
        if self.kind is SeriesKind.WRONG:
            return NUMBER_RANGES[self.case].prefix
        return range_of(self.kind, self.case, self.step).prefix if self.in_cases else ""

    @property
    def group(self) -> tuple[DayPart, int, str]:
        """Key of the series' group; sorts by the part of the day first."""
        return (self.day_part, self.company, self.document_type)


def closing_types() -> dict[str, DayPart]:
    """Return the document types of calendar closes and their day parts."""
    types = {item.document_type: item.day_part for item in CLOSING_ITEMS}
    return types | {REVERSAL_TYPE: DayPart.NIGHT, CARRY_FORWARD.document_type: DayPart.NIGHT}


def trading_ring(config: Config) -> dict[int, int]:
    """Return the company that each company sells to: the next one with any entries, in a ring."""
    trading = [index for index, company in enumerate(config.companies) if company.volume_weight > 0]
    if len(trading) < 2:  # noqa: PLR2004 - nobody deals with itself
        return {}
    return {seller: trading[(place + 1) % len(trading)] for place, seller in enumerate(trading)}


def make_series(config: Config) -> tuple[DocumentSeries, ...]:
    """Return all series of a configuration, in the order of their groups and ranges."""
    found: list[DocumentSeries] = []
    ring = trading_ring(config)
    for company in range(len(config.companies)):
        found.extend(_of_cases(company, ring.get(company, -1)))
        found.extend(
            DocumentSeries(company, day_part, document_type, SeriesKind.CLOSE, company)
            for document_type, day_part in closing_types().items()
        )
    if config.transactions.reversal_rate > 0:
        found.extend(_of_wrong_documents(found))
    return tuple(
        sorted(
            found,
            key=lambda series: (
                *(series.group, series.range),
                *(series.kind, series.case_company, series.case, series.step),
            ),
        )
    )


@cache
def range_of(kind: SeriesKind, case: int, step: int) -> NumberRange:
    """Return the number range of a step's documents; the same for all companies."""
    return number_range(_case_kind(kind, case), step)


@cache
def _clears(kind: SeriesKind, case: int, step: int) -> bool:
    case_kind = _case_kind(kind, case)
    return any(case_kind.issuer(item) < step for item in case_kind.steps[step].items)


def _case_kind(kind: SeriesKind, case: int) -> CaseKind:
    return (CASE_KINDS if kind is SeriesKind.CASE else SINGLE_KINDS)[case]


def _of_wrong_documents(of_cases: Sequence[DocumentSeries]) -> Iterator[DocumentSeries]:
    """Yield a series of wrong documents for each company and range, and one of their reversals."""
    ranges = dict.fromkeys(
        (series.company, range_of(series.kind, series.case, series.step))
        for series in of_cases
        if series.kind is SeriesKind.CASE
    )
    for company, wrong in ranges:
        place = NUMBER_RANGES.index(wrong)
        yield DocumentSeries(company, wrong.day_part, wrong.document_type, SeriesKind.WRONG, company, place)
        yield DocumentSeries(company, DayPart.DAY, WRONG_REVERSED, SeriesKind.REVERSAL, company, place)


def _of_cases(company: int, buyer: int) -> Iterator[DocumentSeries]:
    for kind, cases in ((SeriesKind.CASE, CASE_KINDS), (SeriesKind.SINGLE, SINGLE_KINDS)):
        for number, case in enumerate(cases):
            if case.intercompany and buyer < 0:
                continue
            for place, step in enumerate(case.steps):
                posting_company = buyer if step.of_buyer else company
                yield DocumentSeries(
                    posting_company, step.day_part, step.document_type, kind, company, number, place
                )
