"""Numbers of triggered entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.closes.entries import ClosingEntry
from datasynth.generation.kernels.columns.headers import NUMBER_BITS
from datasynth.generation.schedule.series_table import triggered_series
from datasynth.generation.triggers.numbering import Numbering
from datasynth.ledger.closes import CLOSING_ITEMS

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

OCTOBER, JANUARY = 10, 95


def entry(company: int, day: int, document_type: str = "XC", reverses: int = -1) -> ClosingEntry:
    """Return an entry of two lines."""
    source = "reversal" if reverses >= 0 else "adjustment"
    return ClosingEntry(CLOSING_ITEMS[6], company, document_type, source, day, (3, 5), (700, -700), reverses)


def test_numbers_go_on_where_earlier_calls_ended(plan: JournalPlan) -> None:
    """Per company and type the next number follows that of the entries before."""
    numbering = Numbering(plan, [entry(0, OCTOBER), entry(0, OCTOBER), entry(1, OCTOBER)])
    placed = [(0, entry(0, OCTOBER)), (1, entry(0, OCTOBER)), (0, entry(1, OCTOBER)), (0, entry(2, OCTOBER))]
    placements = numbering.lay_out(placed, 0, 5).placements

    assert [2, 3, 1, 0] == placements.number.tolist()
    assert [3, 4, 2, 1] == placements.document_number.tolist()


def test_numbers_on_paper_begin_anew_with_the_fiscal_year(plan: JournalPlan) -> None:
    """Document numbers restart in January; what identifies an entry goes on."""
    numbering = Numbering(plan, [entry(0, OCTOBER)])
    placements = numbering.lay_out([(0, entry(0, JANUARY))], 0, 5).placements

    assert ([1], [1]) == (placements.number.tolist(), placements.document_number.tolist())


def test_types_are_numbered_apart(plan: JournalPlan) -> None:
    """What is taken back does not count with the close."""
    numbering = Numbering(plan, [])
    first = numbering.lay_out([(0, entry(0, OCTOBER)), (1, entry(0, OCTOBER))], 0, 5).placements
    second = numbering.lay_out([(2, entry(0, OCTOBER, "XR"))], 0, 5).placements

    assert [1, 2] == first.document_number.tolist()
    assert [1] == second.document_number.tolist()
    assert [triggered_series(len(plan.schedule.document_series), 0, "XR")] == second.series.tolist()


def test_reversals_find_their_originals(plan: JournalPlan) -> None:
    """A reversal refers to its original by series and number, in the company's own package."""
    numbering = Numbering(plan, [entry(1, OCTOBER)])
    numbering.lay_out([(0, entry(0, OCTOBER)), (0, entry(1, OCTOBER))], 0, 5)
    back = numbering.lay_out([(1, entry(0, 31, "XR", 0)), (1, entry(1, 31, "XR", 0))], 0, 5)
    all_series = [triggered_series(len(plan.schedule.document_series), company, "XC") for company in (0, 1)]

    assert [
        all_series[0] << NUMBER_BITS,
        (all_series[1] << NUMBER_BITS) + 1,
    ] == back.source.closing.reverses.tolist()


def test_entries_are_laid_out_as_rows_of_their_own(plan: JournalPlan) -> None:
    """Rows are numbered from 0, slots count the entries, and all have the time given."""
    made = Numbering(plan, []).lay_out([(0, entry(0, OCTOBER)), (0, entry(1, OCTOBER))], 2, 77)

    assert [0, 1] == made.placements.row.tolist() == made.placements.slot.tolist()
    assert [2, 2] == made.placements.slots.tolist()
    assert [0, 2, 4] == made.placements.first_line.tolist()
    assert [(0, 2), (2, 2)] == [(row.first_line, row.lines) for row in made.source.rows]
    assert [700, 700] == made.source.rows.total.tolist()
    assert ([77, 77], 2, 0) == (made.created_at.tolist(), made.pattern, made.source.first_close)
