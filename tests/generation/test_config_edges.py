"""Calendars, currencies and lengths at the edges keep every exact invariant."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from datasynth.generation.positions import movements_before
from datasynth.ledger.calendars import FiscalCalendar, add_months, to_date, to_day
from tests.generation.seen import Seen

EDGES: dict[str, dict[str, object]] = {
    "fiscal year from April": {
        "global": {"start_date": "2023-11-01", "period_months": 18, "fiscal_year_start_month": 4},
        "transactions": {"target_count": 8_000},
    },
    "leap year from its last day": {
        "global": {"start_date": "2024-02-29", "period_months": 13},
        "transactions": {"target_count": 6_000},
    },
    "leap day inside": {
        "global": {"start_date": "2023-12-01", "period_months": 4, "fiscal_year_start_month": 3},
        "transactions": {"target_count": 6_000},
    },
    "one month": {
        "global": {"start_date": "2024-12-01", "period_months": 1},
        "transactions": {"target_count": 1_500},
    },
    "one hundred and twenty months": {
        "global": {"start_date": "2019-07-15", "period_months": 120},
        "transactions": {"target_count": 12_000},
    },
    "yen": {
        "global": {"period_months": 13},
        "companies": [{"code": "J", "currency": "JPY", "country": "JP"}],
        "transactions": {"target_count": 6_000},
    },
    "dinars": {
        "global": {"period_months": 13},
        "companies": [{"code": "K", "currency": "KWD", "country": "KW"}],
        "transactions": {"target_count": 6_000},
    },
    "the far future": {
        "global": {"start_date": "2200-12-31", "period_months": 14, "fiscal_year_start_month": 10},
        "transactions": {"target_count": 4_000},
    },
    "two companies, one of which is tiny": {
        "global": {"period_months": 13},
        "companies": [{"code": "L"}, {"code": "S", "volume_weight": 0.002}],
        "transactions": {"target_count": 8_000},
    },
}
CONTROLS = {("RV", "DZ"): "1100", ("RE", "KZ"): "2000", ("AA", "ZA"): "2010", ("PY", "ZP"): "2110"}


@pytest.fixture(scope="module", params=EDGES, ids=str)
def seen(request: pytest.FixtureRequest) -> Seen:
    """See a journal at one of the edges."""
    return Seen(EDGES[request.param])


def test_every_entry_balances(seen: Seen) -> None:
    """Debits equal credits in every entry, and every line has one side above zero."""
    block = seen.block

    assert not np.add.reduceat(block.debit - block.credit, block.first_line[:-1]).any()
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()
    assert ((block.debit > 0) ^ (block.credit > 0)).all()
    assert (np.diff(block.first_line) >= 2).all()


def test_there_are_as_many_entries_as_asked_for_in_their_order(seen: Seen) -> None:
    """The count is exact, dates stay inside the data set, dates and times never go back."""
    block, general = seen.block, seen.journal.config.general
    end = add_months(general.start_date, general.period_months)

    assert seen.journal.config.transactions.target_count == block.entries == len(seen.ids)
    assert to_day(general.start_date) <= block.posting_day[0]
    assert block.posting_day[-1] < to_day(end)
    assert np.diff(block.posting_day).min() >= 0
    assert np.diff(block.created_at).min() >= 0
    assert (block.document_day <= block.posting_day).all()


def test_document_numbers_have_no_gaps(seen: Seen) -> None:
    """Per company, fiscal year and type numbers run from 1."""
    block = seen.block
    reached: Counter[tuple[int, int, int]] = Counter()
    for counted, number in zip(
        zip(block.company.tolist(), block.fiscal_year.tolist(), block.document_type.tolist(), strict=True),
        block.document_number.tolist(),
        strict=True,
    ):
        reached[counted] += 1
        assert reached[counted] == number


def test_fiscal_years_and_periods_are_the_calendar_s(seen: Seen) -> None:
    """Each entry has the fiscal year of its date, and its period unless it is a closing one."""
    block = seen.block
    fiscal = FiscalCalendar(seen.journal.config.general.fiscal_year_start_month)
    for day, year, period in zip(
        block.posting_day.tolist(), block.fiscal_year.tolist(), block.fiscal_period.tolist(), strict=True
    ):
        when = to_date(day)
        assert fiscal.year(when) == year
        if period == 13:
            assert fiscal.ends_year(when)
            assert fiscal.ends_year(when) != fiscal.ends_year(when + timedelta(days=1))
        else:
            assert fiscal.period(when) == period


def test_payments_clear_what_they_refer_to(seen: Seen) -> None:
    """A payment moves back to the cent, with the same partner, what its invoice put on the account."""
    block = seen.block
    partnered = 0
    for (invoice, payment), account in CONTROLS.items():
        code = seen.words.accounts.index(account)
        posted: dict[str, dict[tuple[int, int], tuple[int, int, int]]] = {invoice: {}, payment: {}}
        for entry in np.flatnonzero(np.isin(seen.types, [invoice, payment])).tolist():
            lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
            on = block.account[lines] == code
            key = (int(block.company[entry]), int(block.reference_number[entry]))
            posted[str(seen.types[entry])][key] = (
                int(block.local_amount[lines][on].sum()),
                int(block.partner[lines][on][0]),
                int(block.posting_day[entry]),
            )
        for key in set(posted[invoice]) & set(posted[payment]):
            (owed, owner, before), (paid, payer, after) = posted[invoice][key], posted[payment][key]
            assert (0, owner) == (owed + paid, payer)
            assert before < after
            partnered += 1
    assert partnered >= 20


def test_results_are_zero_after_each_year(seen: Seen) -> None:
    """Where a fiscal year ends, no account of income or expense has a balance left."""
    ground = seen.journal._ground
    general = seen.journal.config.general
    fiscal = FiscalCalendar(general.fiscal_year_start_month)
    horizon = ground.schedule.horizon
    lasts = [
        day
        for day in range(horizon.days)
        if fiscal.year(when := horizon.start + timedelta(days=day)) != fiscal.year(when + timedelta(days=1))
    ]
    closed = {(close.company, close.last_day) for close in ground.schedule.closes}
    for last in lasts:
        moved = movements_before(
            ground, seen.journal._segments, int(ground.schedule.entries_before[last + 1])
        )
        for company in range(len(ground.config.companies)):
            if (company, last) in closed:
                assert not moved[company, ground.of_result.astype(bool)].any()
    assert {(0, last) for last in lasts} <= closed


def test_reversals_are_linked(seen: Seen) -> None:
    """What is taken back is found by its id, earlier, with the opposite amounts."""
    block = seen.block
    place = {
        ids: entry
        for entry, ids in enumerate(zip(block.id_high.tolist(), block.id_low.tolist(), strict=True))
    }
    for entry in np.flatnonzero(block.reversal_high).tolist():
        original = place[int(block.reversal_high[entry]), int(block.reversal_low[entry])]
        sums = [
            int((block.account[lines].astype(np.int64) * block.local_amount[lines]).sum())
            for lines in (
                slice(int(block.first_line[at]), int(block.first_line[at + 1])) for at in (entry, original)
            )
        ]

        assert 0 == sum(sums)
        assert original < entry
        assert 1 == to_date(int(block.posting_day[entry])).day


def test_the_leap_day_has_entries() -> None:
    """The twenty-ninth of February is a day like others."""
    volume = Seen(EDGES["leap day inside"]).volume(date(2024, 2, 27), date(2024, 3, 1))

    assert (volume > 10).all()
