"""CSV, beside the standard library's writer."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from datasynth.encoding import CSV_LINES, Dialect, header
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import cut, encode, unhurried
from tests.naive import encoding as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block, Vocabulary


@unhurried
@given(spelt_blocks())
def test_rows_are_what_the_csv_module_writes(spelt: tuple[Vocabulary, Block]) -> None:
    """Each record is one row, quoted only where it must be, absent values empty."""
    words, block = spelt

    encoded = encode(CSV_LINES, words, block)

    expected = [naive.csv_row(list(row.values())) for row in naive.rows(words, block)]
    assert expected == cut(encoded, encoded.line_offsets)


def test_the_csv_module_reads_back_what_was_written() -> None:
    """A reader of CSV gets every field of every line under its name."""
    block = sample_block([3, 2])
    text = (header(CSV_LINES) + encode(CSV_LINES, PLAIN, block).data.tobytes()).decode()

    read = list(csv.DictReader(io.StringIO(text, newline="")))

    rows = naive.rows(PLAIN, block)
    expected = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    assert expected == read


def test_header_names_the_fields_of_a_row() -> None:
    """The header row has the names of the line view and a line feed."""
    assert ",".join(naive.ROW_NAMES) + "\n" == header(CSV_LINES).decode()


@pytest.mark.parametrize(("dialect", "sign"), [(Dialect.EXCEL, "."), (Dialect.EXCEL_COMMA, ",")])
@unhurried
@given(spelt=spelt_blocks())
def test_what_excel_opens(dialect: Dialect, sign: str, spelt: tuple[Vocabulary, Block]) -> None:
    """A mark, semicolons and the decimal sign of the country; the values are those of plain CSV."""
    words, block = spelt
    form = replace(CSV_LINES, dialect=dialect)
    text = (header(form) + encode(form, words, block).data.tobytes()).decode("utf-8")
    plain = (header(CSV_LINES) + encode(CSV_LINES, words, block).data.tobytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    expected = list(csv.DictReader(io.StringIO(plain, newline="")))
    amounts = ("debit", "credit", "local_amount", "tax_amount", "exchange_rate")

    assert text.startswith("\ufeffdocument_id;")
    assert [
        {name: value.replace(".", sign) if name in amounts else value for name, value in row.items()}
        for row in expected
    ] == rows
