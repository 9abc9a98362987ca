"""Own numbers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.evaluation.own_numbers import out_of_step, own_numbers
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation.good import good_books
from tests.evaluation.invoicing import invoiced
from tests.naive import ranks as naive

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 12), st.booleans()), max_size=25, unique=True)


@given(ROWS)
def test_out_of_step(rows: list[tuple[int, int, bool]]) -> None:
    """It is what following each series number by number finds."""
    series, number, issued = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]

    found = out_of_step(
        np.array(series, dtype=np.uint64), np.array(number, dtype=np.int64), np.array(issued, dtype=np.bool_)
    )

    assert naive.out_of_step(series, number, issued) == found.tolist()


def test_where_numbers_come_up() -> None:
    """A number counts where it stands first; invoices issue theirs, receipts of goods their order's."""
    books = good_books()
    data = read_dataset(books, books.config())

    found = own_numbers(data)

    types = data.vocabulary.words["document_types"]
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for sequence, document in enumerate(books.documents):
        for text in [document["reference"], *(one["assignment"] for one in document["lines"])]:
            if text and len(text.partition("-")[2]) == 10:
                group = any(one["trading_partner"] for one in document["lines"])
                owner = "" if group else document["company_code"]
                first.setdefault((owner, text), (sequence, document["document_type"]))
    assert sorted(sequence for sequence, _ in first.values()) == sorted(found.entry.tolist())
    issuing = {types[code] for code in data.entries.document_type[found.entry[found.issued]].tolist()}
    assert {"RV", "WE", "KR", "DR", "IC"} == issuing


@pytest.mark.parametrize("first", ["IV", "ZC"])
def test_what_a_seller_issued_before(first: str) -> None:
    """A number between companies is the seller's, whoever names it when the invoice is not there."""
    books = good_books()
    sold = next(one for one in books.documents if one["document_type"] == "IC")
    seller, text = sold["company_code"], "ICI-0000000001"
    # The other invoices show which document type issues such numbers.
    others = [deepcopy(sold) for _ in range(9)]
    for number, other in enumerate(others, 11):
        other["lines"][0]["assignment"] = f"ICI-{number:010}"
    missing = {"IC", "IV"} - {first}
    books.documents[:] = [
        one
        for one in books.documents
        if one["document_type"] not in missing or text not in {line["assignment"] for line in one["lines"]}
    ] + others
    data = read_dataset(books, books.config())

    found = own_numbers(data)

    mine = found.intercompany & (found.number == 1) & ~found.issued
    companies = data.vocabulary.words["companies"]
    assert [seller] == [companies[code] for code in found.company[mine].tolist()]


def test_what_was_there_before() -> None:
    """Items from before the data are paid in any order, and are no gap."""
    data = invoiced(3)
    later = data.entries.posting_date >= data.entries.posting_date[data.count // 3]
    start = int(np.argmax(later))
    lines = slice(2 * start, None)
    cut = replace(
        data,
        entries=type(data.entries)(
            **{name: getattr(data.entries, name)[start:] for name in data.entries.__slots__}
        ),
        lines=type(data.lines)(**{name: getattr(data.lines, name)[lines] for name in data.lines.__slots__}),
        first_line=data.first_line[start:] - 2 * start,
    )

    numbers = own_numbers(cut)

    assert not out_of_step(numbers.company.astype(np.uint64), numbers.number, numbers.issued).any()
    assert np.count_nonzero(~numbers.issued) > 10
