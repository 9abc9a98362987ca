"""The entries of one close."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.closes.calculator import BooksAtClose, CloseCalculator
from datasynth.generation.closes.company_figures import CompanyFigures
from datasynth.generation.schedule.closing_plan import Close
from datasynth.ledger.chart import chart_of
from datasynth.ledger.closes import PATTERNS, items_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.closes.entries import ClosingEntry

CHART = chart_of("small")
TURNOVER = 10_000_000
NOTHING = np.zeros(len(CHART.accounts), dtype=np.int64)
NOTHING_ELSE = BooksAtClose(NOTHING, NOTHING)
FIGURES = (
    CompanyFigures(0, TURNOVER, (TURNOVER // 2, TURNOVER // 2), 1, 0, 100),
    CompanyFigures(1, TURNOVER // 2, (TURNOVER // 2, TURNOVER // 2), 0, 7_000, 100),
)


def balances_of(**pools: int) -> NDArray[np.int64]:
    """Return balances of the first accounts of some pools, debit positive, others 0."""
    balances = np.zeros(len(CHART.accounts), dtype=np.int64)
    for pool, amount in pools.items():
        balances[CHART.pools[pool][0]] = amount
    return balances


def made(
    pattern: str,
    balances: NDArray[np.int64] | None = None,
    *,
    company: int = 0,
    seed: int = 1,
    next_day: int = 31,
    found: BooksAtClose = NOTHING_ELSE,
) -> list[ClosingEntry]:
    """Hold a close; the balances given are brought up to date."""
    calculator = CloseCalculator(CHART, seed, FIGURES)
    close = Close(company, pattern, items_of(pattern), 29, 30, next_day)
    return hold(calculator, close, balances_of() if balances is None else balances, NOTHING, found)


def hold(
    calculator: CloseCalculator,
    close: Close,
    balances: NDArray[np.int64],
    late: NDArray[np.int64] = NOTHING,
    found: BooksAtClose = NOTHING_ELSE,
) -> list[ClosingEntry]:
    """Draw for a close on day 30 and make its entries."""
    (drawn,) = calculator.draw(close.company, [close], [(30,)])
    return calculator.entries(close, drawn, replace(found, balances=balances, late=late))


def entry_of(entries: list[ClosingEntry], name: str) -> ClosingEntry:
    """Return the entry of an item, not its reversal."""
    return next(entry for entry in entries if entry.item.name == name and entry.reverses < 0)


def on(entry: ClosingEntry, pool: str) -> int:
    """Return what an entry posts to a pool, debit positive."""
    return sum(amount for account, amount in entry.lines if account in CHART.pools[pool])


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("seed", [1, 2, 99])
def test_every_entry_balances(pattern: str, seed: int) -> None:
    """Lines sum to nothing, no line is nothing, and there are at least two."""
    for entry in made(pattern, balances_of(revenue=-9_000, salaries=4_000), seed=seed):
        assert 0 == sum(amount for _, amount in entry.lines)
        assert all(amount for _, amount in entry.lines)
        assert len(entry.lines) >= 2


def test_entries_are_on_their_days() -> None:
    """Ordinary items are on the work day, those of period 13 on the last, reversals on the next."""
    for entry in made("year_end"):
        if entry.reverses >= 0 or entry.item.name == "carry_forward":
            assert 31 == entry.day
        else:
            assert (30 if entry.item.last_day else 29) == entry.day


def test_reversals_swap_what_they_take_back() -> None:
    """Accruals come back with their sides swapped, naming their place in the list."""
    entries = made("month_end")
    reversals = [entry for entry in entries if entry.reverses >= 0]

    assert {entry.item.name for entry in entries if entry.item.reverses} == {
        entry.item.name for entry in reversals
    }
    assert 8 == len(reversals)
    for entry in reversals:
        original = entries[entry.reverses]
        assert original.item is entry.item
        assert original.lines == tuple((account, -amount) for account, amount in entry.lines)
        assert ("SU", "reversal") == (entry.document_type, entry.source)


def test_nothing_comes_back_past_the_end() -> None:
    """Where the next period has no day, there are no reversals and no carry-forward."""
    entries = made("year_end", next_day=-1)

    assert len(items_of("year_end")) == len(entries)
    assert {29, 30} == {entry.day for entry in entries}


def test_a_year_end_closes_income_and_expense() -> None:
    """Results go to zero through the summary, retained earnings take them and are carried forward."""
    balances = balances_of(revenue=-500_000, salaries=200_000, bank=300_000)
    entries = made("year_end", balances)
    result = [at for at, account in enumerate(CHART.accounts) if account.of_result]

    assert [0] * len(result) == [balances[at] for at in result]
    assert 0 == balances[CHART.only("income_summary")]
    net = -on(entry_of(entries, "close_result"), "income_summary")
    assert net == on(entry_of(entries, "close_summary"), "income_summary")
    assert net == -on(entry_of(entries, "close_summary"), "retained_earnings")
    carried = entry_of(entries, "carry_forward")
    assert net == on(carried, "retained_earnings") == -on(carried, "retained_earnings_brought_forward")


def test_what_is_posted_late_is_closed_too() -> None:
    """Postings between the work day and the last day belong to the year that is closed."""
    late = balances_of(revenue=-77_777, bank=77_777)
    balances = balances_of()
    calculator = CloseCalculator(CHART, 1, FIGURES)
    hold(calculator, Close(0, "year_end", items_of("year_end"), 29, 30, 31), balances, late)

    assert 0 == balances[CHART.pools["revenue"][0]]
    assert 77_777 <= balances[CHART.only("bank")]


def test_what_is_posted_late_counts_in_a_month_without_last_day_items() -> None:
    """After a month end the balances are those of its last day, whatever the close had."""
    balances = balances_of()
    calculator = CloseCalculator(CHART, 1, FIGURES)
    late = balances_of(receivables=500, revenue=-500)
    hold(calculator, Close(0, "month_end", (), 29, 30, 31), balances, late)

    assert late.tolist() == balances.tolist()


def test_depreciation_is_cost_over_life_and_never_more_than_is_left() -> None:
    """Cost before the start and since is worn evenly; what is reserved or gone is not posted."""
    name, asset, worn = "depreciation.equipment", "equipment", "equipment_depreciation"
    before = FIGURES[0].opening_cost(0)
    whole = before + 480_000
    usual = -on(entry_of(made("month_end", balances_of(equipment=480_000)), name), worn)
    left = whole - FIGURES[0].opening_depreciation(0)
    nearly_worn = balances_of(**{asset: 480_000, worn: 5_000 - left})
    reserved = replace(NOTHING_ELSE, reserved=(left - 3_000, 0, 0, 0))
    gone = balances_of(**{asset: 480_000, worn: -left})

    assert whole // 48 == usual
    # Of the last of it a tenth a month.
    assert 500 == -on(entry_of(made("month_end", nearly_worn), name), worn)
    few = made("month_end", balances_of(equipment=480_000), found=reserved)
    assert 300 == -on(entry_of(few, name), worn)
    assert 0 == on(entry_of(made("month_end", gone), name), worn)


def test_nothing_left_to_wear_posts_next_to_nothing() -> None:
    """A document with nothing to post moves one minor unit back and forth."""
    entries = made("month_end", balances_of(equipment_depreciation=-100 * TURNOVER))
    lines = entry_of(entries, "depreciation.equipment").lines

    assert [1, -1] == [amount for _, amount in lines]
    assert 1 == len({account for account, _ in lines})


@pytest.mark.parametrize(("company", "open_before"), [(0, 0), (1, 7_000)])
def test_open_receipts_are_what_is_not_invoiced(company: int, open_before: int) -> None:
    """The clearing account's credit balance, with what was open at the start, is shown as a payable."""
    entry = entry_of(made("month_end", balances_of(grir=-123_456), company=company), "grir_clearing")
    wanted = 123_456 + open_before

    assert (wanted, -wanted) == (on(entry, "grir_adjustment"), on(entry, "goods_not_invoiced"))
    assert 0 == on(entry, "grir")


@pytest.mark.parametrize(("more", "result"), [(5_500, "exchange_gain"), (-4_400, "exchange_loss")])
def test_revaluation_posts_what_open_items_gained_or_lost(more: int, result: str) -> None:
    """A gain raises receivables against income, a loss lowers them against expense; likewise payables."""
    entries = made("month_end", found=replace(NOTHING_ELSE, revaluation=(more, -more // 2)))
    receivables = entry_of(entries, "revaluation.receivables")
    payables = entry_of(entries, "revaluation.payables")
    other = {"exchange_gain": "exchange_loss", "exchange_loss": "exchange_gain"}[result]

    assert (more, -more) == (on(receivables, "receivables_revaluation"), on(receivables, result))
    assert (-more // 2, more // 2) == (on(payables, "payables_revaluation"), on(payables, other))


def test_a_tax_return_moves_both_taxes_to_what_is_due() -> None:
    """Output tax is a debt, input tax a claim; what was due before is paid by the bank."""
    balances = balances_of(output_tax=-9_000, input_tax=4_000)
    entries = made("month_end", balances, found=replace(NOTHING_ELSE, tax_due=1_234))
    returned, paid = entry_of(entries, "tax.return"), entry_of(entries, "tax.payment")

    assert (9_000, -4_000, -5_000) == (
        on(returned, "output_tax"),
        on(returned, "input_tax"),
        on(returned, "tax_return_payable"),
    )
    assert (1_234, -1_234) == (on(paid, "tax_return_payable"), on(paid, "bank"))


def test_more_input_than_output_tax_is_got_back() -> None:
    """A claim against the tax office comes in through the bank at the next close."""
    entries = made("month_end", balances_of(input_tax=4_000), found=replace(NOTHING_ELSE, tax_due=-777))

    assert 4_000 == on(entry_of(entries, "tax.return"), "tax_return_payable")
    assert 777 == on(entry_of(entries, "tax.payment"), "bank")


def test_tax_is_provided_once() -> None:
    """A quarter of the profit so far, less what was provided before."""
    profit = balances_of(revenue=-4_000_000)
    calculator = CloseCalculator(CHART, 1, FIGURES)
    only = tuple(item for item in items_of("quarter_end") if item.name == "tax_provision")
    close = Close(0, "quarter_end", only, 29, 30, 31)
    first, second = (hold(calculator, close, profit)[0] for _ in range(2))

    assert 1_000_000 == on(first, "income_tax")
    assert 100 == on(second, "income_tax")


def test_an_allocation_reaches_many_cost_centres() -> None:
    """On thirty to eighty lines of one account many get what one gives, all above zero."""
    counts = set()
    for seed in range(60):
        entry = entry_of(made("month_end", seed=seed), "allocation")
        amounts = [amount for _, amount in entry.lines]
        counts.add(len(amounts))

        assert min(amounts[:-1]) > 0
        assert -amounts[-1] == sum(amounts[:-1])
        assert 1 == len({account for account, _ in entry.lines})
    assert 30 <= min(counts) < 35
    assert 75 < max(counts) <= 80


def test_the_two_sides_of_a_pair_are_equal() -> None:
    """What one company charges is what the other receives, settles and pays; clearing is left at nil."""
    charging, charged = made("quarter_end"), made("quarter_end", company=1)
    for one, other in (("charge", "received"), ("settlement", "paid")):
        for here, there in ((charging, charged), (charged, charging)):
            mine = on(entry_of(here, f"intercompany.{one}"), "intercompany_clearing")
            theirs = on(entry_of(there, f"intercompany.{other}"), "intercompany_clearing")
            assert 0 == mine + theirs != mine
    for entries in (charging, charged):
        assert 0 == sum(on(entry, "intercompany_clearing") for entry in entries)


def test_amounts_are_drawn_anew_at_every_close() -> None:
    """Shares of turnover differ from close to close and from seed to seed, within 0.6 and 1.4."""
    amounts = {on(entry_of(made("month_end", seed=seed), "rent"), "rent") for seed in range(40)}

    assert len(amounts) > 30
    usual = TURNOVER * 8 // 1_000
    assert 0.6 * usual <= min(amounts) < 0.75 * usual
    assert 1.25 * usual < max(amounts) <= 1.4 * usual
