"""Exchange rates."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from datasynth.generation.rates import DIGITS, RateTable, make_rates
from datasynth.ledger.currencies import CURRENCIES, decimals
from datasynth.ledger.exchange import base_value

PAIRS = [
    *(("EUR", "USD"), ("USD", "EUR"), ("JPY", "USD"), ("JPY", "EUR"), ("KWD", "JPY"), ("USD", "KWD")),
    *(("LBP", "KWD"), ("KWD", "LBP"), ("IRR", "CLF"), ("CLF", "IRR"), ("IDR", "USD"), ("BMD", "USD")),
]
DAYS = 1_500


@pytest.fixture(scope="module")
def table() -> RateTable:
    """Rates of currencies of all strengths, with none, two, three and four decimals."""
    return make_rates(PAIRS, DAYS, 11)


def texts(table: RateTable, row: int) -> list[str]:
    """Print the rates of a pair, digit by digit."""
    found = []
    for printed, places in zip(table.printed[row].tolist(), table.places[row].tolist(), strict=True):
        digits = str(printed).zfill(places + 1)
        found.append(f"{digits[:-places]}.{digits[-places:]}")
    return found


def rates(table: RateTable, row: int) -> list[Fraction]:
    """Return the rates of a pair as they are printed."""
    return [Fraction(text) for text in texts(table, row)]


@pytest.mark.parametrize(("row", "pair"), list(enumerate(PAIRS)))
def test_rates_are_about_what_currencies_are_worth(table: RateTable, row: int, pair: tuple[str, str]) -> None:
    """Over the years a rate averages the ratio of the two values."""
    usual = base_value(pair[0]) / base_value(pair[1])

    assert usual == pytest.approx(float(sum(rates(table, row))) / DAYS, rel=0.06)


@pytest.mark.parametrize("row", range(len(PAIRS)))
def test_rates_have_seven_significant_digits(table: RateTable, row: int) -> None:
    """Printed plainly with six decimals at least, noughts kept, and no more digits than count."""
    for text in texts(table, row):
        whole, _, part = text.partition(".")
        digits = (whole + part).lstrip("0")

        assert len(part) >= 6
        assert len(digits) >= DIGITS
        assert len(digits.rstrip("0")) <= DIGITS
        assert len(part) == max(6, DIGITS + len(part) - len(digits))


def test_rates_are_printed_like_this() -> None:
    """A strong one, a weak one, one like the other, and one that comes to one from below."""
    table = make_rates([("KWD", "LBP"), ("LBP", "KWD"), ("EUR", "USD")], 1, 1)

    assert ["290711.800000", "0.000003439833", "1.078640"] == [texts(table, row)[0] for row in range(3)]


def test_a_rate_may_gain_a_digit_before_the_point() -> None:
    """A euro is now less than a dollar and now more: as many digits on both days."""
    row = PAIRS.index(("EUR", "USD"))
    lengths = {(float(text) < 1, len(text)) for text in texts(make_rates([PAIRS[row]], 20_000, 3), 0)}

    assert {(True, 9), (False, 8)} == lengths


def test_rates_wander_a_little_every_day(table: RateTable) -> None:
    """A day's move is a fraction of a percent, and about as large as currencies move."""
    moves = np.diff(np.log(table.rates[0].astype(np.float64)))

    assert 0.004 < moves.std() < 0.005
    assert np.abs(moves).max() < 0.03
    assert table.rates[0].std() > 0.01 * table.rates[0].mean()


def test_a_way_round_is_worth_the_same(table: RateTable) -> None:
    """There and back, or through a third currency, nothing is gained but rounding."""
    for (there, back), yen, through in zip(
        zip(rates(table, 0), rates(table, 1), strict=True), rates(table, 2), rates(table, 3), strict=True
    ):
        assert float(there * back) == pytest.approx(1, rel=2e-6)
        assert float(through * there / yen) == pytest.approx(1, rel=2e-6)


@pytest.mark.parametrize(("row", "pair"), list(enumerate(PAIRS)))
def test_kernels_multiply_by_what_is_printed(table: RateTable, row: int, pair: tuple[str, str]) -> None:
    """Minor units times rate over divisor are the minor units that the printed rate makes of them."""
    foreign, own = pair
    for used, printed in zip(table.rates[row].tolist(), rates(table, row), strict=True):
        exact = printed * Fraction(10 ** decimals(own), 10 ** decimals(foreign))

        assert exact == Fraction(used, int(table.divisor[row]))
        assert used * int(table.divisor[row]) < 2**64


def test_any_two_currencies_can_be_multiplied() -> None:
    """No two that there are lie so far apart that their rates have no place in a word."""
    pairs = list(permutations(CURRENCIES, 2))
    table = make_rates(pairs, 3, 5)

    assert (table.rates >= 10 ** (DIGITS - 1)).all()
    assert (table.rates < 10 ** (DIGITS + 1)).all()


def test_two_currencies_too_far_apart_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that was mistyped by many digits is seen at once, not in the data."""
    monkeypatch.setattr("datasynth.generation.rates.base_value", lambda code: 1 if code == "IRR" else 10**15)

    with pytest.raises(OverflowError, match="from IRR to CLF"):
        make_rates([("IRR", "CLF")], 3, 5)


def test_rows_are_found_by_their_pair(table: RateTable) -> None:
    """Each pair has its row; a currency in itself has none; a pair that is not there is an error."""
    assert list(range(len(PAIRS))) == [table.row(*pair) for pair in PAIRS]
    assert -1 == table.row("EUR", "EUR")
    with pytest.raises(ValueError, match="not in"):
        table.row("CHF", "EUR")


def test_a_day_s_rate_does_not_depend_on_what_else_is_asked(table: RateTable) -> None:
    """More days, other pairs or another order leave a rate as it is printed; another seed does not."""
    alone = make_rates(PAIRS[3:4], 300, 11)

    assert texts(table, 3)[:300] == texts(alone, 0)
    assert texts(alone, 0) != texts(make_rates(PAIRS[3:4], 300, 12), 0)


def test_without_pairs_there_is_a_table_all_the_same() -> None:
    """Kernels want arrays, even if nothing is foreign."""
    empty = make_rates([], 10, 11)

    assert () == empty.pairs
    assert (1, 10) == empty.rates.shape == empty.printed.shape == empty.places.shape
    assert 1 == len(empty.divisor)
