"""Templates and jitters of cases, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from tests.naive.drawn_amounts import draws_amount, posted_drawn, template_drawn

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

CLASSES = 64


def taken(key: int, case: int, class_templates: int) -> int:
    """Take a template by hand: a class's own templates, turned by a drawn even number in each cycle."""
    nth, number = divmod(case, CLASSES)
    cycle, place = divmod(nth, class_templates)
    bits = draw(key, cycle * CLASSES + number, 0)
    turn = 2 * ((bits >> 32) * (class_templates // 2) >> 32)
    return number * class_templates + (place + turn) % class_templates


def jittered(key: int, case: int, largest: int) -> int:
    """Draw a jitter by hand: the two of a pair vary by as many steps up and down."""
    nth, number = divmod(case, CLASSES)
    bits = draw(key, nth // 2 * CLASSES + number, 1)
    amount = ((bits >> 32) * (2 * largest + 1) >> 32) - largest
    return -amount if nth % 2 else amount


def template_and_jitter(plan: JournalPlan, at: int, number: int) -> tuple[int, int]:
    """Return the template of a series' case or single document, and its jitter steps."""
    if draws_amount(plan, at):
        return template_drawn(plan, at, number), 0
    template_lines = plan.template_lines
    key = int(plan.series.key[at])
    template = taken(key, number, 1 << int(plan.series.class_bits[at]))
    return template, jittered(
        key, number, int(template_lines.jitters[int(plan.series.first_jitter[at]) + template])
    )


def posted(plan: JournalPlan, at: int, number: int) -> list[tuple[int, int]]:
    """Return the postings and amounts of the lines of a series' document, as its template and shift have it.

    A document that settles one in foreign currency has amounts of that one's currency.
    """
    if draws_amount(plan, at):
        return posted_drawn(plan, at, number)
    template, jitter = template_and_jitter(plan, at, number)
    rows = plan.template_lines.rows
    row = int(plan.series.row[at]) + template
    return [
        (int(rows.posting[line]), int(rows.amount[line]) + jitter * int(rows.jitter_unit[line]))
        for line in range(int(rows.offsets[row]), int(rows.offsets[row + 1]))
    ]
