"""What becomes of documents."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasynth.evaluation.outcomes import KNOWN_AFTER, invoices_of, outcomes
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation.bookkeeping import CHART
from tests.evaluation.good import good_books
from tests.evaluation.invoicing import invoiced
from tests.evaluation.planting import count_again, first
from tests.evaluation.shapes import good_config
from tests.naive.outcomes import invoice_outcomes

if TYPE_CHECKING:
    from tests.evaluation.bookkeeping import Files


@cache
def _good() -> Files:
    return good_books()


def _credited(files: Files) -> None:
    """A credit note between the two payments of an invoice."""
    invoice = first(files, "RV", month="2025-01")
    payment = first(files, "DZ", month="2025-01")
    note: dict[str, Any] = deepcopy(payment) | {"document_type": "DG", "document_id": "credit"}
    for one in note["lines"]:
        for amount in ("debit", "credit", "local_amount"):
            one[amount] = one[amount].replace("400.00", "10.00")
    files.documents.insert(files.documents.index(payment) + 1, note)
    assert invoice["reference"] == note["lines"][1]["assignment"]
    count_again(files)


def _several_lines(files: Files) -> None:
    """An invoice and its payment that have two lines on the partner's account."""
    for kind in ("RV", "DZ"):
        document = first(files, kind, company="2000", month="2024-12")
        partner = next(one for one in document["lines"] if one["assignment"])
        for one in document["lines"]:
            one["line_number"] += 1
        document["lines"].insert(0, partner | {"line_number": 1})


@pytest.mark.parametrize("change", [lambda _: None, _credited, _several_lines])
def test_invoices(change: Any) -> None:
    """They are those of looking at each item, however it was opened and cleared."""
    files = deepcopy(_good())
    change(files)
    control = {one.code for one in CHART.accounts if one.control}

    found = invoices_of(read_dataset(files, files.config()))

    columns = (found.credited.tolist(), found.parts.tolist(), found.days.tolist())
    naive = invoice_outcomes(files.documents, control)
    assert naive == dict(zip(found.entry.tolist(), zip(*columns, strict=True), strict=True))
    assert len(naive) > 30


def test_known_outcomes() -> None:
    """Reversals count but of the last days, all else of invoices that are cleared and not reversed."""
    data = invoiced(1)
    by_name = {one.name: one for one in outcomes(data, good_config())}
    reversed_, other, credited, parts, days = by_name.values()

    last = int(data.entries.posting_date[reversed_.entry].max())
    assert last < int(data.entries.posting_date[-1]) - KNOWN_AFTER + 2
    assert not np.isin(other.entry, reversed_.entry).any()
    gone = reversed_.entry[reversed_.value > 0]
    assert gone.size > 100
    for one in (credited, parts, days):
        assert not np.isin(gone, one.entry).any()
    assert days.entry.size == int(np.count_nonzero((credited.value == 0) & (parts.value == 0)))
    assert not days.binary


def test_shapes_of_books() -> None:
    """Documents without items have outcomes, too, and invoices have one each."""
    files = deepcopy(_good())
    data = read_dataset(files, files.config())

    found = {one.name: one for one in outcomes(data, files.config())}

    assert found["reversed"].has_items
    assert not found["reversed, other documents"].has_items
    assert found["reversed, other documents"].value.sum() == 9
