"""Reports: answers that are no table, but objects within objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from datasynth.encoding.tables import TableFormat, encode_object, encode_objects, encode_table
from datasynth.ledger.calendars import FiscalCalendar, to_day
from datasynth.output.journal_statistics import (
    busiest_accounts,
    count_first_digits,
    period_counts,
    sample_runs,
    type_counts,
)
from datasynth.output.statements import (
    STATEMENTS,
    company_statements,
    statement_rows,
    year_to_date,
)
from datasynth.service.reference.query import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.output.statements import YearToDate
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.reference.query import ReferenceQuery
    from datasynth.service.reference.tables import Begun, TableSource


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """A report about a journal.

    Attributes
    ----------
    name
        Last part of its address.
    keys
        Keys of a query, in the order of the reference page.
    needs_journal
        Always, for reports.
    begin
        Computes the report; its chunks are made as they are asked for.
    """

    name: str
    keys: tuple[str, ...]
    begin: Callable[[TableSource, ReferenceQuery], Begun]
    needs_journal: ClassVar[bool] = True


def _statistics(source: TableSource, query: ReferenceQuery) -> Begun:
    """Count and sum what is cheap to know of the entries before a position.

    The answer has the keys ``at_sequence``, ``at_date``, ``entries``, ``per``, and those of
    the functions of `datasynth.output.journal_statistics`, which say how each is computed.
    """
    journal, config = source.required_journal(), source.config
    position = source.position(query)
    by_day = journal.entries_by_day(position)
    sample = (journal.block(first, count) for first, count in sample_runs(position))
    facts = source.facts_at(position)
    content = {
        **facts,
        "entries": position,
        "per": str(query.per),
        "entries_by_day": period_counts(
            config.general.start_date, by_day, by_month=query.per == Period.MONTH
        ),
        "document_types": type_counts(journal.entries_by_type(position)),
        "first_digits": count_first_digits(sample),
        "busiest_accounts": busiest_accounts(journal.balances(position), journal.chart, config),
    }
    return facts, iter((encode_object(content),))


def _statements(source: TableSource, query: ReferenceQuery) -> Begun:
    """Make the statements of each company; JSON has one object for each, CSV a row for each account."""
    journal = source.required_journal()
    position = source.position(query)
    facts = source.facts_at(position)
    year = _year_to_date(journal, position, date.fromisoformat(str(facts["at_date"])))
    companies = company_statements(year, journal.chart, source.config, source.company)
    if query.format is TableFormat.CSV:
        return facts, encode_table(STATEMENTS, query.format, statement_rows(companies))
    return facts, encode_objects(STATEMENTS.name, ([one] for one in companies), facts)


def _year_to_date(journal: JournalProtocol, position: int, when: date) -> YearToDate:
    """Return what the fiscal year of a date has posted before a position, which is on that date."""
    general = journal.config.general
    fiscal = FiscalCalendar(general.fiscal_year_start_month)
    begins = max(fiscal.year_start(when), general.start_date)
    before = 0 if begins == general.start_date else journal.entries_through(to_day(begins) - 1)
    closed = journal.closed_results(position) - journal.closed_results(before)
    balances = journal.balances(before), journal.balances(position)
    return year_to_date(begins, fiscal.year(when), balances, closed)


REPORTS = (
    ReferenceReport("statements", ("stream_id", "company", "format", "at"), _statements),
    ReferenceReport("statistics", ("stream_id", "at", "per"), _statistics),
)
