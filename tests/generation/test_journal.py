"""The computed journal."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.block import ABSENT, Block
from datasynth.generation.draws import draw
from datasynth.generation.journal import Journal
from datasynth.generation.located import locate_entries
from datasynth.generation.positions import movements_before
from tests.generation.configs import make_config
from tests.naive.balances import balances
from tests.naive.schedule import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNT = 6_000


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Three companies over fourteen months."""
    return Journal(make_config(COUNT, months=14, companies=3))


@pytest.fixture(scope="module")
def whole(journal: Journal) -> Block:
    """All of its entries."""
    return journal.block(0, journal.total)


def columns(blocks: Iterable[Block]) -> dict[str, list[object]]:
    """Return the columns of neighbouring blocks, line offsets as line counts."""
    joined: dict[str, list[object]] = {}
    for block in blocks:
        for field in fields(Block):
            if field.name == "first_line":
                joined.setdefault("lines", []).extend(np.diff(block.first_line).tolist())
            elif field.name != "first":
                joined.setdefault(field.name, []).extend(getattr(block, field.name).tolist())
    return joined


def words(block: Block, journal: Journal) -> list[str]:
    """Return the document types of a block's entries."""
    return [journal.vocabulary.document_types[code] for code in block.document_type]


def test_every_entry_balances(whole: Block) -> None:
    """Debits equal credits in every entry; every line has one side, above zero."""
    sums = np.add.reduceat(whole.debit - whole.credit, whole.first_line[:-1])

    assert not sums.any()
    assert ((whole.debit > 0) ^ (whole.credit > 0)).all()
    assert (np.minimum(whole.debit, whole.credit) == 0).all()
    assert np.array_equal(whole.local_amount, whole.debit - whole.credit)


def test_entries_are_chronological(whole: Block, journal: Journal) -> None:
    """Posting dates never go back and stay inside the data set; documents are not younger."""
    start = journal.posting_day(0)

    assert np.diff(whole.posting_day).min() >= 0
    assert start == whole.posting_day[0]
    assert (whole.document_day <= whole.posting_day).all()
    assert (whole.created_at // 86_400 == whole.posting_day).all()


def test_times_never_go_back_within_a_day(whole: Block) -> None:
    """Entries are entered in the order of the stream."""
    assert np.diff(whole.created_at).min() >= 0


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, COUNT), max_size=12))
def test_any_cut_gives_the_same_entries(journal: Journal, whole: Block, cuts: list[int]) -> None:
    """However the journal is cut into blocks, the entries are the same."""
    bounds = [0, *sorted(cuts), journal.total]
    parts = [journal.block(low, high - low) for low, high in pairwise(bounds)]

    assert columns([whole]) == columns(parts)


def test_order_is_that_of_the_plain_walk(journal: Journal) -> None:
    """Day, leaf and chain of every entry are those of a walk that lists and counts."""
    ground = journal._ground
    key = int(ground.day_key)

    def phase(day: int, node: int, count: int) -> int:
        return (draw(key, day, node) >> 32) * count >> 32

    located = locate_entries(ground, 0, journal.total)
    found = zip(located.day.tolist(), located.leaf.tolist(), located.number.tolist(), strict=True)

    assert list(walk(ground.schedule, phase)) == list(found)


def test_ids_are_unique_uuids(whole: Block) -> None:
    """No two entries share an id, and ids are UUIDs of version 8."""
    ids = set(zip(whole.id_high.tolist(), whole.id_low.tolist(), strict=True))

    assert len(ids) == whole.entries
    assert {8} == {high >> 12 & 0xF for high, _ in ids}
    assert {0b10} == {low >> 62 for _, low in ids}


def test_document_numbers_have_no_gaps(whole: Block) -> None:
    """Per company, fiscal year and type, numbers run from 1 in the order of the stream."""
    last: dict[tuple[int, int, int], int] = {}
    for kind, number in zip(
        zip(
            whole.company.tolist(),
            whole.fiscal_year.tolist(),
            whole.document_type.tolist(),
            strict=True,
        ),
        whole.document_number.tolist(),
        strict=True,
    ):
        assert number == last.get(kind, 0) + 1
        last[kind] = number


@pytest.mark.parametrize("position", [0, 1, 777, 3_000, COUNT - 1, COUNT])
def test_balances_need_no_walk(journal: Journal, whole: Block, position: int) -> None:
    """Balances at a position are what adding up all lines before it gives."""
    ground = journal._ground
    found = movements_before(ground, journal._segments, position)

    assert balances(whole, position, 3, len(ground.chart.accounts)) == found.tolist()


def test_payments_clear_invoices_to_the_cent(whole: Block, journal: Journal) -> None:
    """A payment names its invoice, has its partner, and moves the control account back."""
    accounts = journal.vocabulary.accounts
    types = words(whole, journal)
    for invoice, payment, control in (("RV", "DZ", "1100"), ("RE", "KZ", "2000")):
        code = accounts.index(control)
        posted: dict[str, dict[tuple[int, int], tuple[int, int]]] = {invoice: {}, payment: {}}
        for entry, kind in enumerate(types):
            if kind in posted:
                lines = slice(int(whole.first_line[entry]), int(whole.first_line[entry + 1]))
                on_control = whole.account[lines] == code
                amount = int(whole.local_amount[lines][on_control].sum())
                partner = set(whole.partner[lines][on_control].tolist())
                reference = (int(whole.company[entry]), int(whole.reference_number[entry]))
                posted[kind][reference] = (amount, partner.pop())
        both = set(posted[invoice]) & set(posted[payment])

        assert len(both) > 20
        for reference in both:
            owed, debtor = posted[invoice][reference]
            assert (-owed, debtor) == posted[payment][reference]


def test_income_and_expense_are_zero_after_the_year(whole: Block, journal: Journal) -> None:
    """The close of the year leaves nothing on accounts of income and expense."""
    ground = journal._ground
    of_result = ground.of_result.astype(bool)
    first_of_next = int(np.searchsorted(whole.fiscal_year, 2025))
    moved = movements_before(ground, journal._segments, first_of_next)

    assert not moved[:, of_result].any()
    assert moved.any()


def test_approvals_are_by_somebody_else(whole: Block, journal: Journal) -> None:
    """Large entries by hand are approved by another user, not before they were entered."""
    approved = whole.approved_by != ABSENT

    assert approved.any()
    assert (whole.approved_by[approved] != whole.created_by[approved]).all()
    assert (whole.approved_at[approved] >= whole.created_at[approved]).all()
    totals = np.add.reduceat(whole.debit, whole.first_line[:-1])
    dollars = journal.vocabulary.companies.index("1000")
    by_hand = np.isin(whole.source, [0, 3]) & (whole.company == dollars)
    assert np.array_equal(approved[by_hand], totals[by_hand] > 1_000_000)


def test_reversals_swap_the_sides_of_their_originals(whole: Block) -> None:
    """What the next period takes back is the original with its sides swapped, a day or more later."""
    place = {
        ids: entry
        for entry, ids in enumerate(zip(whole.id_high.tolist(), whole.id_low.tolist(), strict=True))
    }
    reversals = np.flatnonzero(whole.reversal_high)
    for entry in reversals.tolist():
        original = place[int(whole.reversal_high[entry]), int(whole.reversal_low[entry])]
        moved = [
            sorted(
                zip(
                    whole.account[lines].tolist(),
                    (sign * whole.local_amount[lines]).tolist(),
                    strict=True,
                )
            )
            for sign, lines in (
                (1, slice(int(whole.first_line[original]), int(whole.first_line[original + 1]))),
                (-1, slice(int(whole.first_line[entry]), int(whole.first_line[entry + 1]))),
            )
        ]

        assert moved[0] == moved[1]
        assert whole.posting_day[original] < whole.posting_day[entry]
    assert len(reversals) > 20


def test_seeds_share_no_ids(journal: Journal) -> None:
    """Another seed gives other documents."""
    other = Journal(make_config(COUNT, months=14, companies=3, seed=43))
    ids = [set(one.block(0, 500).id_low.tolist()) for one in (journal, other)]

    assert not ids[0] & ids[1]


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, COUNT + 1), (COUNT, 1), (3, -1)])
def test_entries_that_do_not_exist_are_refused(journal: Journal, first: int, count: int) -> None:
    """A range outside the journal is an error."""
    with pytest.raises(ValueError, match="no entries"):
        journal.block(first, count)


def test_an_empty_range_is_an_empty_block(journal: Journal) -> None:
    """No entries at the end are a block without entries and lines."""
    block = journal.block(journal.total, 0)

    assert (0, 0) == (block.entries, block.lines)


@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_the_smallest_streams_are_exact(count: int) -> None:
    """Streams of a few entries have exactly so many, and they balance."""
    tiny = Journal(make_config(count, months=1, companies=5))
    block = tiny.block(0, tiny.total)

    assert count == block.entries
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()


@pytest.mark.parametrize("most", [10, 40])
def test_no_entry_has_more_lines_than_allowed(most: int) -> None:
    """Closing entries aside, line counts keep to the configured maximum."""
    config = make_config(4_000, months=1)
    items = type(config.transactions.line_items)(most)
    transactions = type(config.transactions)(4_000, items, config.transactions.temporal)
    limited = Journal(type(config)(config.general, config.companies, transactions, config.business_processes))
    block = limited.block(0, limited.total)
    cards = np.isin(block.source, [0, 1]) | (block.reference_kind != ABSENT)

    assert np.diff(block.first_line)[cards].max() <= most
