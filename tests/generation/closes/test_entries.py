"""Closing entries as rows of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.closes.entries import make_closing_rows

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


def test_rows_have_debits_first(plan: JournalPlan) -> None:
    """Laid out, an entry's lines are its debits, then its credits, all above zero."""
    lines = plan.closes.rows.lines
    for at, entry in enumerate(plan.closes.entries):
        begin, end, sides = int(lines.offsets[at]), int(lines.offsets[at + 1]), int(lines.debits[at])
        signed = [
            (account, amount if place < sides else -amount)
            for place, (account, amount) in enumerate(
                zip(lines.account[begin:end].tolist(), lines.amount[begin:end].tolist(), strict=True)
            )
        ]
        assert sorted(entry.lines) == sorted(signed)
        assert all(amount > 0 for _, amount in signed[:sides])
        assert all(amount < 0 for _, amount in signed[sides:])


@pytest.mark.parametrize("triggered", [True, False])
def test_triggered_entries_have_other_profiles(plan: JournalPlan, triggered: bool) -> None:
    """The same entries look different when a trigger inserts them."""
    entries = plan.closes.entries[:5]
    figures = plan.closes.calculator.figures
    rows = make_closing_rows(entries, [-1] * 5, plan.profiles, figures, triggered=triggered)
    words = plan.vocabulary
    types = [
        words.document_types[plan.profiles.tables.profiles.document_type[profile]]
        for profile in rows.records.profile
    ]

    if triggered:
        assert set(types) <= {"XC", "XR"}
    else:
        assert [entry.document_type for entry in entries] == types
