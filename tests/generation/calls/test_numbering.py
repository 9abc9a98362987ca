"""Numbers of called-for entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.calls.numbering import Numbering
from datasynth.generation.closes.calendar import LEAF_SHIFT
from datasynth.generation.closes.facts import ClosingEntry
from datasynth.generation.ground import on_demand_leaf
from datasynth.ledger.closes import CLOSING_ITEMS

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

OCTOBER, JANUARY = 10, 95


def entry(company: int, day: int, document_type: str = "XC", reverses: int = -1) -> ClosingEntry:
    """Return an entry of two lines."""
    source = "reversal" if reverses >= 0 else "adjustment"
    return ClosingEntry(CLOSING_ITEMS[6], company, document_type, source, day, (3, 5), (700, -700), reverses)


def test_numbers_go_on_where_earlier_calls_ended(ground: Ground) -> None:
    """Per company and type the next number follows that of the entries before."""
    numbering = Numbering(ground, [entry(0, OCTOBER), entry(0, OCTOBER), entry(1, OCTOBER)])
    placed = [(0, entry(0, OCTOBER)), (1, entry(0, OCTOBER)), (0, entry(1, OCTOBER)), (0, entry(2, OCTOBER))]
    located = numbering.lay_out(placed, 0, 5).located

    assert [2, 3, 1, 0] == located.number.tolist()
    assert [3, 4, 2, 1] == located.document_number.tolist()


def test_numbers_on_paper_begin_anew_with_the_fiscal_year(ground: Ground) -> None:
    """Document numbers restart in January; what identifies an entry goes on."""
    numbering = Numbering(ground, [entry(0, OCTOBER)])
    located = numbering.lay_out([(0, entry(0, JANUARY))], 0, 5).located

    assert ([1], [1]) == (located.number.tolist(), located.document_number.tolist())


def test_types_are_numbered_apart(ground: Ground) -> None:
    """What is taken back does not count with the close."""
    numbering = Numbering(ground, [])
    first = numbering.lay_out([(0, entry(0, OCTOBER)), (1, entry(0, OCTOBER))], 0, 5).located
    second = numbering.lay_out([(2, entry(0, OCTOBER, "XR"))], 0, 5).located

    assert [1, 2] == first.document_number.tolist()
    assert [1] == second.document_number.tolist()
    assert [on_demand_leaf(ground.schedule, 0, "XR")] == second.leaf.tolist()


def test_reversals_find_their_originals(ground: Ground) -> None:
    """A reversal refers to its original by leaf and number, in the company's own package."""
    numbering = Numbering(ground, [entry(1, OCTOBER)])
    numbering.lay_out([(0, entry(0, OCTOBER)), (0, entry(1, OCTOBER))], 0, 5)
    back = numbering.lay_out([(1, entry(0, 31, "XR", 0)), (1, entry(1, 31, "XR", 0))], 0, 5)
    leaves = [on_demand_leaf(ground.schedule, company, "XC") for company in (0, 1)]

    assert [leaves[0] << LEAF_SHIFT, (leaves[1] << LEAF_SHIFT) + 1] == back.source.closing.reverses.tolist()


def test_entries_are_laid_out_as_rows_of_their_own(ground: Ground) -> None:
    """Rows are numbered from 0, slots count the entries, and all have the time given."""
    made = Numbering(ground, []).lay_out([(0, entry(0, OCTOBER)), (0, entry(1, OCTOBER))], 2, 77)

    assert [0, 1] == made.located.row.tolist() == made.located.slot.tolist()
    assert [2, 2] == made.located.slots.tolist()
    assert [0, 2, 4] == made.located.first_line.tolist() == made.source.rows.offsets.tolist()
    assert [700, 700] == made.source.row_total.tolist()
    assert ([77, 77], 2, 0) == (made.created_at.tolist(), made.pattern, made.source.first_close)
