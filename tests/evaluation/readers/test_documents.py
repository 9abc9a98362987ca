"""Documents to columns."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from datasynth.evaluation.dataset import NEVER
from datasynth.evaluation.readers.documents import WordColumn, parse
from datasynth.evaluation.readers.fingerprints import fingerprints
from datasynth.evaluation.readers.source import Unreadable
from datasynth.ledger.calendars import to_date
from tests.evaluation.good import good_books

DOCUMENTS = good_books().documents[:12]


def _bytes(*documents: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(document)}\n" for document in documents).encode()


def _values(column: Any) -> list[Any]:
    if isinstance(column, WordColumn):
        return [None if place < 0 else column.words[place] for place in column.places.tolist()]
    return list(column.tolist())


def test_headers() -> None:
    """Numbers, words, days, moments and rates are read exactly."""
    part = parse(_bytes(*DOCUMENTS))

    assert [one["document_type"] for one in DOCUMENTS] == _values(part.entries["document_type"])
    assert [one["posting_date"] for one in DOCUMENTS] == [
        to_date(day).isoformat() for day in _values(part.entries["posting_date"])
    ]
    assert [36_000] * 12 == [moment % 86_400 for moment in _values(part.entries["created_at"])]
    assert [NEVER] * 12 == _values(part.entries["approved_at"])
    assert ["1.000000"] * 12 == _values(part.entries["exchange_rate"])
    assert [int(one["document_number"]) for one in DOCUMENTS] == _values(part.entries["document_number"])
    ids = pa.array([one["document_id"] for one in DOCUMENTS], pa.string())
    assert fingerprints(ids).tolist() == _values(part.entries["document_id"])


def test_lines() -> None:
    """Lines lie one after the other, amounts in ten-thousandths."""
    part = parse(_bytes(*DOCUMENTS))
    lines = [line for document in DOCUMENTS for line in document["lines"]]

    assert [len(one["lines"]) for one in DOCUMENTS] == part.line_counts.tolist()
    assert [line["account"] for line in lines] == _values(part.lines["account"])
    assert [round(10_000 * float(line["local_amount"])) for line in lines] == _values(
        part.lines["local_amount"]
    )
    assert [line["partner_id"] for line in lines] == _values(part.lines["partner_id"])


def test_missing_fields_are_counted() -> None:
    """A field that may not be absent is counted, left out or null; an entry without lines has none."""
    without = {name: value for name, value in DOCUMENTS[1].items() if name != "currency"}

    part = parse(_bytes(DOCUMENTS[0], {**without, "posting_date": None, "lines": None}))

    assert {"currency": 1, "posting_date": 1} == part.missing
    assert [len(DOCUMENTS[0]["lines"]), 0] == part.line_counts.tolist()


def test_a_document_larger_than_a_block() -> None:
    """An entry of a hundred thousand lines is read like any other."""
    long = {**DOCUMENTS[0], "lines": DOCUMENTS[0]["lines"] * 25_000}

    assert [2, 50_000, 2] == parse(_bytes(DOCUMENTS[0], long, DOCUMENTS[1])).line_counts.tolist()


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]\n",
        b'{"sequence": "one"}\n',
        b'{"posting_date": "2024-02-30"}\n',
        b'{"document_number": "A1"}\n',
        b'{"lines": [{"debit": "1.23456"}]}\n',
        b"sequence,document_id\n",
    ],
)
def test_what_is_no_document(text: bytes) -> None:
    """The reason is one line."""
    with pytest.raises(Unreadable, match=r"^[^\n]+$"):
        parse(text)


@pytest.mark.parametrize("amount", ["922337203685477.5808", "-922337203685477.5809", "12345678901234567.89"])
def test_an_amount_that_no_word_holds_is_unreadable(amount: str) -> None:
    """Rather than reading a part of it, what is too large is told."""
    document = json.loads(json.dumps(DOCUMENTS[0]))
    document["lines"][0]["local_amount"] = amount

    with pytest.raises(Unreadable, match="more than 18 digits"):
        parse(_bytes(document))


def test_amounts_have_four_decimals_at_most() -> None:
    """The largest and the lowest that are read, and a unit of account's smallest part."""
    texts = ["922337203685477.5807", "-922337203685477.5808", "0.0001"]
    documents = [json.loads(json.dumps(DOCUMENTS[0])) for _ in texts]
    for document, text in zip(documents, texts, strict=True):
        document["lines"] = document["lines"][:1]
        document["lines"][0]["local_amount"] = text

    assert [2**63 - 1, -(2**63), 1] == _values(parse(_bytes(*documents)).lines["local_amount"])
