"""Accounts by what they are for."""

from __future__ import annotations

from datasynth.evaluation.pools import CASH, in_pools
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation.good import good_books


def test_cash() -> None:
    """The accounts of some pools, and not the absent one."""
    books = good_books()
    config = books.config()
    data = read_dataset(books, config)

    cash = in_pools(data, config, *CASH)

    words = data.vocabulary.words["accounts"]
    assert {"1000", "1010", "1020"} == {word for word, found in zip(words, cash, strict=False) if found}
    assert not cash[-1]
