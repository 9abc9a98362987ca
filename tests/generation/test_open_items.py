"""Open items at any position, against cases that are followed document by document."""

from __future__ import annotations

import tracemalloc
import uuid
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.journal import Journal
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.open_items import item_kinds, list_open_items
from datasynth.ledger.processes import CASE_KINDS
from tests.generation.cases import TRIGGERED, case
from tests.generation.configs import make_config
from tests.generation.items import touches_of
from tests.generation.seen import Seen
from tests.naive.headers import Headers
from tests.naive.open_items import open_items

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.open_items import OpenItem

ALL = 10**6


@pytest.fixture(scope="module")
def seen(small: Journal) -> Seen:
    """See the small journal."""
    return Seen.of(small)


def listed(plan: JournalPlan, position: int) -> list[OpenItem]:
    """List everything that is open at a position."""
    items, after = list_open_items(plan, position, None, 0, ALL)
    assert after is None
    return items


@pytest.mark.parametrize("position", [0, 6_123])
def test_what_is_open_is_what_cases_have_left(
    plan: JournalPlan, placements: Placements, position: int
) -> None:
    """Amounts in both currencies, date, entry and partner are those of each case by itself."""
    headers = Headers(plan, placements)
    plain = open_items(headers, position)
    found = listed(plan, position)
    first_day = plan.schedule.horizon.first_day

    assert sorted(
        (company, account, assignment, item.amount, item.local, item.day + first_day, item.partner)
        for (company, account, _, assignment), item in plain.items()
    ) == sorted(
        (
            item.company,
            item.account,
            item.reference,
            item.amount,
            item.local_amount,
            item.posting_day,
            None if item.partner < 0 else plan.vocabulary.partners[item.partner],
        )
        for item in found
    )


def test_items_name_the_entry_that_opened_them(seen: Seen, plan: JournalPlan) -> None:
    """The id, the date, the currency and the partner are those of the entry in the stream."""
    block = seen.block
    place = {
        str(uuid.UUID(int=(high << 64) | low)): entry
        for entry, (high, low) in enumerate(zip(block.id_high.tolist(), block.id_low.tolist(), strict=True))
    }
    touches = touches_of(seen)
    opener = dict(zip(touches.items, touches.entry[touches.first].tolist(), strict=True))
    inside = 0
    for item in listed(plan, seen.journal.total):
        entry = place.get(item.document_id)
        if entry is not None:
            assert opener[item.company, item.account, item.partner, item.reference] == entry
            assert item.posting_day == block.posting_day[entry]
            assert item.currency == seen.words.currencies[block.currency[entry]]
            inside += 1
        else:
            assert item.posting_day < block.posting_day[0]
    assert inside > 100


def test_items_are_due_by_their_partner_s_terms(plan: JournalPlan) -> None:
    """Days from the invoice to its due date are the partner's; what nobody owes is due at once."""
    terms = set()
    for item in listed(plan, 6_000):
        days = item.due_day - item.posting_day
        if item.partner < 0:
            assert 0 == days
        else:
            assert plan.partners.party(item.partner).payment_terms_days == days
            terms.add(days)
    assert {14, 30, 45, 60} <= terms


def test_items_are_ordered_by_company_and_account(plan: JournalPlan) -> None:
    """Pages follow companies, then accounts, whatever the position."""
    places = [(item.company, item.account) for item in listed(plan, 6_000)]

    assert sorted(places) == places
    assert {0, 1, 2} == {company for company, _ in places}


@pytest.mark.parametrize("company", [None, 0, 2])
@pytest.mark.parametrize("size", [41, 150])
def test_pages_are_parts_of_the_whole(plan: JournalPlan, company: int | None, size: int) -> None:
    """Page by page, of one company or of all, comes what comes at once."""
    wanted = [item for item in listed(plan, 5_000) if company in {None, item.company}]
    found: list[OpenItem] = []
    after: int | None = 0
    while after is not None:
        page, after = list_open_items(plan, 5_000, company, after, size)
        found += page
        assert len(page) == size or after is None

    assert wanted == found


def test_a_page_may_be_a_single_item(plan: JournalPlan) -> None:
    """Each page tells where the next one begins."""
    wanted = listed(plan, 5_000)
    found, after = [], 0
    for _ in range(4):
        page, following = list_open_items(plan, 5_000, None, after, 1)
        found += page
        after = following or 0

    assert wanted[:4] == found
    assert 4 == after


def test_beyond_the_last_item_there_is_nothing(plan: JournalPlan) -> None:
    """A page that begins behind everything is empty and the last."""
    assert ([], None) == list_open_items(plan, 5_000, None, ALL, 10)


def test_kinds_of_items_are_opened_before_they_are_cleared(plan: JournalPlan) -> None:
    """What touches an item comes in the order of the steps: what opens it, then what takes from it."""
    for kind in item_kinds(plan):
        all_series = [plan.schedule.document_series[posting.series] for posting in kind.postings]
        account = plan.chart.accounts[kind.account]

        assert sorted(series.step for series in all_series) == [series.step for series in all_series]
        assert account.control
        assert (1 if account.normal_side == "debit" else -1) == kind.postings[0].sign
        assert {-kind.postings[0].sign} == {posting.sign for posting in kind.postings[1:]}
        assert kind.key == all_series[0].posted.items[kind.item_index]


def test_every_item_of_the_process_tables_has_a_kind(plan: JournalPlan) -> None:
    """Companies that deal with others have all items of all kinds of cases."""
    wanted = {
        (number, posting.item)
        for number, case in enumerate(CASE_KINDS)
        for step in case.steps
        for posting in (*step.debit, *step.credit)
        if posting.item
    }
    found = {(plan.schedule.document_series[kind.opener].case, kind.key) for kind in item_kinds(plan)}

    assert wanted == found


def test_called_for_closes_open_nothing() -> None:
    """Where a trigger has inserted entries, what is open is what was open without them."""
    before, after = case("five companies, fiscal year from April"), case(TRIGGERED)
    first = after.journal.triggers[0]
    place = first.at_sequence
    inside, _ = after.journal.open_items(place + 5, None, 0, ALL)
    plain, _ = before.journal.open_items(place, None, 0, ALL)

    assert plain == inside
    assert len(plain) > 100


def test_cases_of_a_class_are_open_in_a_run(plan: JournalPlan) -> None:
    """No case is cleared before an earlier one of its class, so two numbers a class say what is open."""
    frontiers = plan.cases.frontiers(6_000)
    for kind in item_kinds(plan):
        steps = [frontiers[posting.series] for posting in kind.postings]
        assert all(np.shape(step) == (CLASSES,) for step in steps)
        assert (steps[0] >= steps[-1]).all()


def test_a_page_costs_no_more_where_hundreds_of_millions_are_open() -> None:
    """Only the cases of the page are looked at, though a fifth of a billion entries are open."""
    journal = Journal(make_config(10**9, months=1))
    tracemalloc.start()
    try:
        first, after = journal.open_items(journal.total // 2, None, 0, 50)
        assert after is not None
        second, _ = journal.open_items(journal.total // 2, None, after, 50)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    both, _ = journal.open_items(journal.total // 2, None, 0, 100)

    assert both == first + second
    assert most < 100_000_000
