"""What minor units are worth."""

from __future__ import annotations

from datasynth.evaluation.money import company_decimals, dollars, foreign, units_per_local_unit
from datasynth.evaluation.readers.assembly import read_dataset
from tests.evaluation.good import good_books


def test_companies() -> None:
    """Dollars and euros have cents, yen are worth about one; whoever is unknown is like a dollar."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    assert [2, 2, 0, 2] == company_decimals(data, config).tolist()
    assert [100, 100, 100, 100] == dollars(data, config).tolist()


def test_foreign_entries() -> None:
    """Only the documents of the two dealings abroad are foreign, each divided as finely as its company's."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    abroad = foreign(data, config)

    kinds = data.vocabulary.words["document_types"]
    assert ["DR", "IV"] == [kinds[code] for code in data.entries.document_type[abroad]]
    assert {1.0} == set(units_per_local_unit(data, config)[abroad].tolist())
