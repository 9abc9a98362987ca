"""Rows of placed entries, against dealing by hand and valuing in fractions."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation
from tests.naive.templates import template_and_jitter

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers


def test_rows_are_those_dealt_by_hand(plan: JournalPlan, placements: Placements, headers: Headers) -> None:
    """Cases and single documents take a template of their step, closes a row of their own.

    Wrong documents and their reversals take that of another case, or other jitter.
    """
    for entry in range(len(placements.row)):
        at, number = int(placements.series[entry]), int(placements.number[entry])
        version = int(placements.version[entry])
        if plan.schedule.document_series[at].kind is SeriesKind.CLOSE:
            expected = (int(plan.series.row[at]) + number, 0)
        elif headers.valuer.valuation(at) is Valuation.SETTLES:
            continue
        else:
            template, jitter = template_and_jitter(plan, at, number, version)
            expected = (int(plan.series.row[at]) + template, jitter)

        assert expected == (placements.row[entry], placements.jitter[entry])


def test_settlements_take_the_row_that_their_difference_asks_for(
    plan: JournalPlan, placements: Placements, headers: Headers
) -> None:
    """A receipt of more than was booked gains, a payment of more than was booked loses."""
    seen = {"even": 0, "loss": 0, "gain": 0}
    for entry in range(len(placements.row)):
        at, number = int(placements.series[entry]), int(placements.number[entry])
        if headers.valuer.valuation(at) is not Valuation.SETTLES:
            continue
        booked, paid = headers.valuer.settled(at, number, int(placements.rate_day[entry]))
        receives = plan.schedule.document_series[at].case_kind.partner == "customer"
        gained = paid - booked if receives else booked - paid
        kind = "gain" if gained > 0 else "loss" if gained < 0 else "even"
        variant = ["even", "loss", "gain"].index(kind)
        template, _ = template_and_jitter(plan, at, number)
        templates = CLASSES << int(plan.series.class_bits[at])

        assert (booked, paid) == (placements.booked[entry], placements.paid[entry])
        assert int(plan.series.row[at]) + variant * templates + template == placements.row[entry]
        seen[kind] += 1
    assert min(seen["loss"], seen["gain"]) > 50


def test_lines_follow_one_another(plan: JournalPlan, placements: Placements) -> None:
    """An entry's lines begin where those of the entry before it end."""
    lines = plan.source.rows.lines[placements.row]

    assert [0, *accumulate(lines.tolist())] == placements.first_line.tolist()
