"""What a close of a year has beyond a quarter's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT

if TYPE_CHECKING:
    from tests.generation.triggered.called import Called

PERIOD_13 = {
    "Audit adjustment: audit fees": ("audit_fees", "accrued_audit", 4),
    "Audit adjustment: cut-off": ("revenue", "accrued_audit", 3),
    "Inventory count difference": ("inventory_difference", "inventory", 2),
    "Impairment of fixed assets": ("impairment", "impairment_allowance", 7),
}


@pytest.mark.parametrize("text", PERIOD_13)
def test_adjustments_are_in_period_13(year: Called, text: str) -> None:
    """Audit adjustments, the count and impairments, one of each in every company, in the closing period."""
    debit, credit, permille = PERIOD_13[text]
    for company in year.companies:
        entry = year.entry(text, company)
        posted = year.posted(entry)

        assert {debit: posted[debit], credit: -posted[debit]} == posted
        assert 0.59 * permille <= posted[debit] / year.turnover(company) * 1_000 <= 1.4 * permille
        assert 13 == year.seen.block.fiscal_period[entry]


def test_every_account_of_income_and_expense_is_closed(year: Called) -> None:
    """Through the income summary, which is left at nil, into retained earnings, in period 13."""
    seen = year.seen
    chart = seen.journal.chart
    result = [at for at, account in enumerate(chart.accounts) if account.of_result]
    for company in year.companies:
        closing = year.entry("Closing of income and expense accounts", company)
        transfer = year.entry("Transfer of the result to retained earnings", company)
        before, after = seen.net(closing)[company], seen.net(closing + 1)[company]
        earned = int(before[result].sum())
        open_before = int(np.count_nonzero(before[result]))
        lines = int(seen.block.first_line[closing + 1] - seen.block.first_line[closing])

        assert open_before > 50
        assert not after[result].any()
        assert earned == after[chart.only("income_summary")]
        assert open_before + 1 == lines
        assert {"income_summary": -earned, "retained_earnings": earned} == year.posted(transfer)
        assert {13} == {int(seen.block.fiscal_period[at]) for at in (closing, transfer)}


def test_the_result_is_that_of_the_year_so_far(year: Called) -> None:
    """Retained earnings move by what income and expense had come to, with the close's own entries."""
    seen = year.seen
    chart = seen.journal.chart
    result = [at for at, account in enumerate(chart.accounts) if account.of_result]
    begin = year.trigger.at_sequence
    end = begin + int(np.argmin(seen.block.pattern[begin:] != ABSENT))
    retained = chart.only("retained_earnings")
    for company in year.companies:
        own = seen.company[seen.block.first_line[begin] : seen.block.first_line[end]] == company
        lines = slice(int(seen.block.first_line[begin]), int(seen.block.first_line[end]))
        closed = np.char.startswith(seen.header_texts[seen.entry[lines]], "Closing of income")
        added = own & ~closed & np.isin(seen.block.account[lines], result)
        earned = int(year.plain.net(begin)[company, result].sum())
        earned += int(seen.block.local_amount[lines][added].sum())

        assert earned == seen.net(end)[company, retained] - seen.net(begin)[company, retained]


def test_retained_earnings_are_carried_forward_on_the_next_first_day(year: Called) -> None:
    """What was transferred moves on to what is brought forward, when the next period begins."""
    seen = year.seen
    for company in year.companies:
        (carried,) = year.entries("Carry-forward of retained earnings", "XR", company)
        moved = year.posted(year.entry("Transfer of the result", company))["retained_earnings"]

        assert {"retained_earnings": -moved, "retained_earnings_brought_forward": moved} == year.posted(
            carried
        )
        assert year.first_of_next == seen.dates[carried]
        assert seen.block.fiscal_period[carried] == seen.dates[carried].month


def test_the_calendar_s_own_year_end_true_ups_what_was_called_for(year: Called) -> None:
    """On the last day of the year what the call left is closed too, and carried forward with the rest."""
    seen = year.seen
    true_ups = np.flatnonzero(np.isin(seen.types, ["XS", "XF"]))
    last = [seen.dates[entry] for entry in true_ups.tolist()]

    assert {(12, 31), (1, 1)} == {(when.month, when.day) for when in last}
    assert (np.flatnonzero(seen.types == "CL")[-1] < true_ups).all()


def test_larger_closes_include_smaller_ones(year: Called) -> None:
    """A year's close has the texts of all items of all closes but those that only the calendar brings."""
    texts = {text.partition(",")[0] for text in seen_texts(year)}

    assert {text.partition(",")[0] for text in PERIOD_13} <= texts
    assert {"Rent of the month", "Provision for income tax", "Monthly depreciation"} <= texts
    assert not {text for text in texts if "ax return" in text}


def seen_texts(year: Called) -> set[str]:
    """Return the header texts of the package."""
    return set(year.seen.header_texts[year.seen.types == "XC"].tolist())
