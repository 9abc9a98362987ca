"""A trillion entries: what is computed anywhere among them is exact, and takes no longer than elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import MOST_ENTRIES
from datasynth.config.volumes import MOST_POSTED
from datasynth.generation.cost import estimate_bytes
from datasynth.generation.draws import draw
from datasynth.generation.journal import Journal
from datasynth.generation.placements import place_entries
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block

TRILLION = 10**12
COUNT = 3_000
SEEKS = [0, TRILLION // 2, TRILLION - COUNT, *(draw(7, place, 0) % (TRILLION - COUNT) for place in range(5))]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", params=[1, 12], ids=["a month", "a year"])
def journal(request: pytest.FixtureRequest) -> Journal:
    """All entries in one month, which makes the longest days and largest numbers, or in a year."""
    return Journal(make_config(TRILLION, months=request.param, companies=3 if request.param == 1 else 1))


def company_of_lines(block: Block) -> NDArray[np.int64]:
    """Return the company of each line."""
    return np.repeat(block.company.astype(np.int64), np.diff(block.first_line))


def test_the_limit_is_a_trillion() -> None:
    """No configuration has more."""
    assert TRILLION == MOST_ENTRIES


def test_all_are_there(journal: Journal) -> None:
    """There are as many as were asked for, and none behind them."""
    assert TRILLION == journal.total
    assert 1 == journal.block(TRILLION - 1, 1).entries
    with pytest.raises(ValueError, match="1000000000000"):
        journal.block(TRILLION, 1)


@pytest.mark.parametrize("first", SEEKS)
def test_entries_balance_and_are_in_order(journal: Journal, first: int) -> None:
    """Wherever one looks: balanced to the minor unit, by date, times of a day part within the day."""
    block = journal.block(first, COUNT)
    sums = np.add.reduceat(block.local_amount, block.first_line[:-1])

    assert {0} == set(sums.tolist())
    assert (np.diff(block.posting_day) >= 0).all()
    assert (np.maximum(block.debit, block.credit) > 0).all()
    assert {0} == set((block.created_at // 86_400 - block.posting_day).tolist())


def test_numbers_are_unique_and_in_order(journal: Journal) -> None:
    """No UUID occurs twice in all the ranges; document numbers count on without a gap where one looks."""
    ids: list[tuple[int, int]] = []
    for first in SEEKS:
        block = journal.block(first, COUNT)
        ids += zip(block.id_high.tolist(), block.id_low.tolist(), strict=True)
        kinds = zip(
            *(column.tolist() for column in (block.company, block.document_type, block.fiscal_year)),
            strict=True,
        )
        last: dict[tuple[int, ...], int] = {}
        for kind, number in zip(kinds, block.document_number.tolist(), strict=True):
            assert number == last.get(kind, number - 1) + 1
            last[kind] = number

    assert len(SEEKS) * COUNT == len(ids) == len(set(ids))


@pytest.mark.parametrize("first", SEEKS)
def test_sums_are_those_of_the_lines_between(journal: Journal, first: int) -> None:
    """Balances at two positions differ by what the entries between them post, in whole Python numbers."""
    block, company = journal.block(first, COUNT), company_of_lines(journal.block(first, COUNT))
    expected: dict[tuple[int, int, bool], int] = {}
    lines = zip(company.tolist(), block.account.tolist(), block.debit.tolist(), strict=True)
    for (owner, account, debit), amount in zip(lines, block.local_amount.tolist(), strict=True):
        key = owner, account, debit > 0
        expected[key] = expected.get(key, 0) + abs(amount)
    before, after = journal.balances(first), journal.balances(first + COUNT)
    found: dict[tuple[int, int, bool], int] = {}
    for debit, earlier, later in ((True, before.debit, after.debit), (False, before.credit, after.credit)):
        for owner, account in np.argwhere(earlier != later).tolist():
            found[owner, account, debit] = int(later[owner, account]) - int(earlier[owner, account])

    assert expected == found


def test_the_books_close_at_the_end(journal: Journal) -> None:
    """Debits are credits over all, in whole Python numbers, and nothing has come near to wrapping round."""
    end = journal.balances(TRILLION)
    debit, credit = (sum(map(int, part.ravel())) for part in (end.debit, end.credit))

    assert debit == credit
    assert 0 == sum(map(int, end.opening.ravel()))
    assert 10**16 < int(end.debit.max()) < MOST_POSTED // 4
    assert min(int(end.debit.min()), int(end.credit.min())) >= 0


@pytest.mark.parametrize("first", SEEKS)
def test_any_cut_gives_the_same(journal: Journal, first: int) -> None:
    """A block alone is the same as within a larger one."""
    whole, part = journal.block(first, COUNT), journal.block(first + 1_234, 99)
    lines = slice(*whole.first_line[[1_234, 1_333]])

    assert np.array_equal(whole.id_low[1_234:1_333], part.id_low)
    assert np.array_equal(whole.reference_number[1_234:1_333], part.reference_number)
    assert np.array_equal(whole.local_amount[lines], part.local_amount)
    assert np.array_equal(whole.assignment_number[lines], part.assignment_number)


def test_numbers_of_cases_have_no_more_digits_than_are_kept(journal: Journal) -> None:
    """Cases have numbers of up to 41 binary digits; identities keep 46, products of counts 41."""
    plan = journal._plan

    assert int(plan.schedule.starts.max()) < 2**41
    assert int(np.diff(plan.schedule.entries_before).max()) < 2**41
    assert int(place_entries(plan, TRILLION - 1, 1).number[0]) >= 0


def test_triggers_and_open_items(journal: Journal) -> None:
    """A close is inserted in the middle, and a page of open items costs a page."""
    triggered, trigger = journal.trigger("year_end", TRILLION // 2)
    items, after = journal.open_items(TRILLION // 3, None, 10**9, 50)

    assert TRILLION + trigger.entries == triggered.total
    assert 0 == int(triggered.block(TRILLION // 2, 20).local_amount.sum())
    assert (50, 10**9 + 50) == (len(items), after)


def test_the_estimate_is_that_of_a_billion(journal: Journal) -> None:
    """Memory does not grow with the number of entries."""
    months = journal._plan.config.general.period_months
    large, small = (estimate_bytes(make_config(count, months=months)) for count in (TRILLION, 10**9))

    assert large < 1.05 * small
    assert journal.nbytes < estimate_bytes(journal._plan.config)
