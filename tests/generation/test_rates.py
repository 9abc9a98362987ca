"""Exchange rates."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from datasynth.generation.rates import MILLION, RateTable, make_rates
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import base_value

PAIRS = [("EUR", "USD"), ("USD", "EUR"), ("JPY", "USD"), ("JPY", "EUR"), ("KWD", "JPY"), ("USD", "KWD")]
DAYS = 1_500


@pytest.fixture(scope="module")
def table() -> RateTable:
    """Rates of currencies with none, two and three decimals."""
    return make_rates(PAIRS, DAYS, 11)


def test_rates_are_about_what_currencies_are_worth(table: RateTable) -> None:
    """Over the years a rate averages the ratio of the two values."""
    for row, (foreign, own) in enumerate(PAIRS):
        usual = base_value(foreign) / base_value(own) * MILLION

        assert usual == pytest.approx(float(table.rates[row].mean()), rel=0.06)


def test_rates_wander_a_little_every_day(table: RateTable) -> None:
    """A day's move is a fraction of a percent, and about as large as currencies move."""
    moves = np.diff(np.log(table.rates[0].astype(np.float64)))

    assert 0.004 < moves.std() < 0.005
    assert np.abs(moves).max() < 0.03
    assert table.rates[0].std() > 0.01 * table.rates[0].mean()


def test_a_way_round_is_worth_the_same(table: RateTable) -> None:
    """There and back, or through a third currency, nothing is gained but rounding."""
    there, back, yen, through = (table.rates[row].astype(np.float64) / MILLION for row in range(4))

    assert there * back == pytest.approx(np.ones(DAYS), rel=2e-6)
    assert through * there == pytest.approx(yen, rel=2e-4)


@pytest.mark.parametrize(("row", "pair"), list(enumerate(PAIRS)))
def test_factors_turn_minor_units_into_minor_units(table: RateTable, row: int, pair: tuple[str, str]) -> None:
    """Minor units times rate and factor are the minor units of the other currency, whatever the decimals."""
    foreign, own = pair
    exact = Fraction(10 ** decimals(own), 10 ** decimals(foreign)) / MILLION

    assert exact == Fraction(int(table.multiplier[row]), int(table.divisor[row]))


def test_rows_are_found_by_their_pair(table: RateTable) -> None:
    """Each pair has its row; a currency in itself has none; a pair that is not there is an error."""
    assert list(range(len(PAIRS))) == [table.row(*pair) for pair in PAIRS]
    assert -1 == table.row("EUR", "EUR")
    with pytest.raises(ValueError, match="not in"):
        table.row("CHF", "EUR")


def test_a_day_s_rate_does_not_depend_on_what_else_is_asked(table: RateTable) -> None:
    """More days, other pairs or another order leave a rate as it is; another seed does not."""
    alone = make_rates(PAIRS[3:4], 300, 11)

    assert table.rates[3, :300].tolist() == alone.rates[0].tolist()
    assert alone.rates[0].tolist() != make_rates(PAIRS[3:4], 300, 12).rates[0].tolist()


def test_without_pairs_there_is_a_table_all_the_same() -> None:
    """Kernels want arrays, even if nothing is foreign."""
    empty = make_rates([], 10, 11)

    assert () == empty.pairs
    assert (1, 10) == empty.rates.shape
    assert len(empty.multiplier) == len(empty.divisor) == 1
