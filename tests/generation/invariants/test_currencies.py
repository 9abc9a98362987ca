"""Currencies of every strength side by side: nothing is lost in translation, and nothing rounds to nil."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import floor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import PARTS_OF_A_DOLLAR, base_value
from tests.generation.seen import Seen
from tests.naive.encoding import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTRIES = {"LBP": "LB", "KWD": "KW", "IDR": "ID", "EUR": "DE", "CLF": "CL", "IRR": "IR", "JPY": "JP"}

WEAK_AND_STRONG = (
    *(("LBP", "KWD"), ("KWD", "LBP"), ("LBP", "EUR"), ("EUR", "IDR"), ("IRR", "CLF"), ("CLF", "IRR")),
    *(("XDR", "LBP"), ("IQD", "UYW"), ("JPY", "KWD"), ("KRW", "IRR"), ("CLP", "CLF")),
)
"""Two companies each; decimals of none, two, three and four, both ways round."""


def companies(*currencies: str) -> dict[str, object]:
    """Return a company of each currency, in a country of its own where one is named."""
    return {
        "companies": [
            {"code": f"C{place}", "currency": currency, "country": COUNTRIES.get(currency, "DE")}
            for place, currency in enumerate(currencies)
        ]
    }


def hard(seed: int, least: float = 0.01) -> dict[str, object]:
    """Return what brings out rounding: many foreign entries, many pairs, small amounts."""
    return {
        "global": {"seed": seed, "period_months": 4},
        "transactions": {
            "target_count": 2_500,
            "foreign_currency_share": 0.2,
            "amounts": {"min": least},
        },
        "business_processes": {"intercompany_weight": 0.25, "o2c_weight": 0.125, "p2p_weight": 0.25},
    }


@pytest.fixture(scope="module", params=list(enumerate(WEAK_AND_STRONG)), ids=lambda item: "-".join(item[1]))
def mixed(request: pytest.FixtureRequest) -> Seen:
    """Return a journal of two companies that deal with one another."""
    seed, pair = request.param
    return Seen(companies(*pair), hard(seed))


def per_entry(seen: Seen, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up lines by entry."""
    return np.add.reduceat(lines, seen.block.first_line[:-1])


@cache
def judged(currency: str) -> tuple[float, float]:
    """Make a company of a currency and see what its documents are worth."""
    return value(Seen(companies(currency), {"transactions": {"target_count": 20_000}}), currency)


def one_dollar(currency: str) -> float:
    """Return the minor units worth a dollar."""
    return float(10 ** CURRENCIES[currency] * PARTS_OF_A_DOLLAR / base_value(currency))


def value(seen: Seen, currency: str) -> tuple[float, float]:
    """Return what the median document is worth, and which share is foreign. [US dollars; 1]"""
    dollars = per_entry(seen, np.maximum(seen.block.local_amount, 0)) / one_dollar(currency)
    home = seen.words.currencies.index(currency)
    return float(np.median(dollars)), float(dollars[seen.block.currency != home].sum() / dollars.sum())


def translated(seen: Seen, entry: int) -> list[int]:
    """Return the local amounts of an entry's lines as its printed rate has them, side by side, half up."""
    block, words = seen.block, seen.words
    own = words.currencies[words.company_currencies[block.company[entry]]]
    document = words.currencies[block.currency[entry]]
    rate = Fraction(int(block.exchange_rate[entry]), 10 ** int(block.rate_places[entry]))
    rate *= Fraction(10 ** CURRENCIES[own], 10 ** CURRENCIES[document])
    found = []
    for column, sign in ((block.debit, 1), (block.credit, -1)):
        reached, before = 0, 0
        for line in range(block.first_line[entry], block.first_line[entry + 1]):
            if column[line]:
                reached += int(column[line])
                after = floor(reached * rate + Fraction(1, 2))
                found.append(sign * (after - before))
                before = after
    return found


def test_entries_balance_and_no_line_is_nil(mixed: Seen) -> None:
    """In the document's currency and in the company's, both sides are equal and every line is something."""
    block = mixed.block
    signed = block.debit - block.credit

    assert not per_entry(mixed, signed).any()
    assert not per_entry(mixed, block.local_amount).any()
    assert ((block.debit > 0) != (block.credit > 0)).all()
    assert np.array_equal(np.sign(signed), np.sign(block.local_amount))


def test_local_amounts_follow_from_the_printed_rate(mixed: Seen) -> None:
    """A reader gets every foreign entry's local amounts from what is printed, to the minor unit."""
    block = mixed.block
    home = np.array(mixed.words.company_currencies)[block.company]
    foreign = np.flatnonzero(block.currency != home)

    assert len(foreign) > 100
    for entry in foreign.tolist():
        lines = slice(block.first_line[entry], block.first_line[entry + 1])
        assert translated(mixed, entry) == block.local_amount[lines].tolist(), entry


def test_books_tie_at_the_end_and_on_the_way(mixed: Seen) -> None:
    """Balances are what lines add up to, and control accounts are their open items."""
    control = [at for at, account in enumerate(mixed.journal.chart.accounts) if account.control]
    for position in (0, 701, 1_650, mixed.journal.total):
        found, plain = mixed.balances(position), mixed.turnover(position)
        listed = np.zeros(found.opening.shape, dtype=np.int64)
        items, after = mixed.journal.open_items(position, None, 0, 10**7)
        for item in items:
            assert item.amount
            assert np.sign(item.amount) == np.sign(item.local_amount)
            listed[item.company, item.account] += item.local_amount

        assert after is None
        assert np.array_equal(plain[:, :, 0], found.debit)
        assert np.array_equal(plain[:, :, 1], found.credit)
        assert mixed.net(position)[:, control].tolist() == listed[:, control].tolist()
        assert not mixed.net(position).sum(axis=1).any()


def test_a_settlement_clears_what_was_booked(mixed: Seen) -> None:
    """Both invoices of a pair and of a deal abroad are cleared at what they stand in the books at."""
    items, _ = mixed.journal.open_items(mixed.journal.total, None, 0, 10**7)
    still = {(item.company, item.account, item.partner, item.reference) for item in items}
    block, kinds = mixed.block, mixed.words.reference_kinds
    moved: dict[tuple[int, int, int, str], list[int]] = {}
    for line in np.flatnonzero(block.assignment_kind >= 0).tolist():
        reference = str(numbered(kinds, block.assignment_kind[line], block.assignment_number[line]))
        key = (int(mixed.company[line]), int(block.account[line]), int(block.partner[line]), reference)
        moved.setdefault(key, []).append(int(block.local_amount[line]))
    opened, _ = mixed.journal.open_items(0, None, 0, 10**7)
    for item in opened:
        key = (item.company, item.account, item.partner, item.reference)
        moved.setdefault(key, []).append(item.local_amount)

    assert len(moved) > 200
    assert not {key: parts for key, parts in moved.items() if sum(parts) and key not in still}


@pytest.mark.parametrize("least", [0.01, 1.0, 1_000_000.0])
@pytest.mark.parametrize("pair", [("LBP", "KWD"), ("JPY", "LBP")], ids="-".join)
def test_whatever_the_smallest_amount_is(pair: tuple[str, str], least: float) -> None:
    """Bounds of amounts move the sizes, and the books still balance in both currencies."""
    most: dict[str, object] = {"transactions": {"amounts": {"max": 1e12}}}
    found = Seen(companies(*pair), hard(7, least), most)

    assert not per_entry(found, found.block.local_amount).any()
    assert (found.block.local_amount != 0).all()
    assert np.array_equal(found.turnover(2_500)[:, :, 0], found.balances(2_500).debit)


@pytest.mark.parametrize("pair", [("LBP", "KWD"), ("LBP", "EUR"), ("IDR", "EUR")], ids="-".join)
def test_journals_that_did_not_balance(pair: tuple[str, str]) -> None:
    """Where what was worth nothing was read as not set: 20,000 entries of two companies, seed 1."""
    found = Seen(companies(*pair), {"global": {"seed": 1}, "transactions": {"target_count": 20_000}})

    test_entries_balance_and_no_line_is_nil(found)
    test_books_tie_at_the_end_and_on_the_way(found)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "IDR", "INR", "COP", "LBP", "KWD", "IRR", "CLF", "SLE"])
def test_documents_are_worth_the_same_in_every_currency(currency: str) -> None:
    """The median document is worth what it is in dollars, and so is what is foreign."""
    (median, foreign), (usual, _) = judged(currency), judged("USD")

    assert usual == pytest.approx(median, rel=0.15)
    assert 0.015 < foreign < 0.06
