"""What minor units are worth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datasynth.evaluation.money import company_decimals, dollars, foreign, limits, rate_of, worth
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation.good import good_books


def test_companies() -> None:
    """Dollars and euros have cents, yen are worth less than one; whoever is unknown is like a dollar."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    assert [2, 2, 0, 2] == company_decimals(data, config).tolist()
    assert [100, 92, 151, 100] == [int(unit) for unit in dollars(data, config)]


def test_foreign_entries() -> None:
    """Only the documents of the three dealings abroad are foreign."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    abroad = foreign(data, config)

    kinds = data.vocabulary.words["document_types"]
    assert ["DR", "IV", "IV"] == [kinds[code] for code in data.entries.document_type[abroad]]


def test_limits() -> None:
    """The lowest limit is a round figure of each company's currency."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    assert [1_000_000, 920_000, 1_500_000, 1_000_000] == limits(data, config).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("1.000000", "1"), ("0.000003439833", "0.000003439833"), ("15848.120000", "15848.12")),
        *(("1.00000", None), ("0.123456", None), ("15848", None), ("1e0", None), ("-1.000000", None)),
        *(("0.000000", None), ("", None), ("1.000000 ", None), (".1234567", None)),
    ],
)
def test_rates(text: str, expected: str | None) -> None:
    """A rate is a plain decimal of six places and seven significant digits at least, or none."""
    assert (None if expected is None else Decimal(expected)) == rate_of(text)


@given(
    st.lists(
        st.tuples(st.integers(0, 2**63 - 1), st.integers(1, 10**8), st.integers(0, 14), st.integers(-4, 4)),
        max_size=5,
    )
)
def test_worth(asked: list[tuple[int, int, int, int]]) -> None:
    """Amounts are worth what exact fractions say, rounded half up, however large and small they are."""
    rates = [Decimal(digits).scaleb(-places) for _, digits, places, _ in asked]
    expected = [
        floor(Fraction(amount) * Fraction(rate) / Fraction(10) ** finer + Fraction(1, 2))
        for (amount, _, _, finer), rate in zip(asked, rates, strict=True)
    ]
    assume(all(value < 2**63 for value in expected))
    amounts, finer = (np.array([one[column] for one in asked], dtype=np.int64) for column in (0, 3))

    assert expected == worth(amounts, rates, finer).tolist()
