"""Blocks of placed entries; the kernels' own tests have the twins of each column."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT, Block
from datasynth.generation.materialise import materialise
from datasynth.generation.placements import place_entries

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

WORDS = {
    "header_text": "header_texts",
    "created_by": "users",
    "account": "accounts",
    "line_text": "line_texts",
    "company": "companies",
    "currency": "currencies",
    "document_type": "document_types",
    "source": "sources",
    "process": "processes",
}
"""Columns whose every code has a word."""
OPTIONAL = {
    "approved_by": "users",
    "reference_kind": "reference_kinds",
    "assignment_kind": "reference_kinds",
    "cost_center": "cost_centers",
    "profit_center": "profit_centers",
    "partner": "partners",
    "trading_partner": "companies",
    "tax_code": "tax_codes",
}
"""Columns that may be absent."""


def materialised(plan: JournalPlan, first: int, count: int, pattern: int = ABSENT) -> Block:
    """Compute entries of the untriggered journal."""
    return materialise(plan, plan.source, place_entries(plan, first, count), first, pattern)


@pytest.mark.parametrize("column", WORDS)
def test_every_code_has_a_word(plan: JournalPlan, block: Block, column: str) -> None:
    """Codes are indexes into the vocabulary."""
    codes = getattr(block, column)

    assert 0 <= codes.min() <= codes.max() < len(getattr(plan.vocabulary, WORDS[column]))


@pytest.mark.parametrize("column", OPTIONAL)
def test_codes_that_may_be_absent_have_a_word_or_are(plan: JournalPlan, block: Block, column: str) -> None:
    """Both occur: codes into the vocabulary, and none."""
    codes = getattr(block, column)

    assert ABSENT == codes.min()
    assert 0 <= codes.max() < len(getattr(plan.vocabulary, OPTIONAL[column]))


@pytest.mark.parametrize(("first", "count"), [(0, 1), (3_333, 500), (11_999, 1)])
def test_a_range_is_the_same_by_itself(plan: JournalPlan, block: Block, first: int, count: int) -> None:
    """Entries computed alone are those of the whole."""
    part = materialised(plan, first, count)
    lines = slice(int(block.first_line[first]), int(block.first_line[first + count]))
    for field in fields(Block):
        if field.name in {"first", "first_line"}:
            continue
        column = getattr(block, field.name)
        whole = column[first : first + count] if len(column) == block.entries else column[lines]
        assert whole.tolist() == getattr(part, field.name).tolist(), field.name
    assert first == part.first


def test_entries_carry_the_pattern_that_called_for_them(plan: JournalPlan) -> None:
    """All entries have the code given, whatever they are."""
    assert [1] * 40 == materialised(plan, 100, 40, pattern=1).pattern.tolist()


def test_materialised_entries_balance(block: Block) -> None:
    """Debits equal credits in every entry, in its own and in the company's currency."""
    assert not np.add.reduceat(block.debit - block.credit, block.first_line[:-1]).any()
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()


def test_lines_of_income_and_expense_have_cost_centres(plan: JournalPlan, block: Block) -> None:
    """They and no others have a cost centre, and the profit centre that it belongs to."""
    has = block.cost_center != ABSENT

    assert np.array_equal(plan.block_tables.accounts.of_result[block.account].astype(bool), has)
    assert np.array_equal(block.cost_center[has] // 8, block.profit_center[has])
    assert set(range(96)) == set(block.cost_center[has].tolist())


def test_lines_of_banks_have_value_dates(plan: JournalPlan, block: Block) -> None:
    """They and no others are valued on a day, that of the posting."""
    days = np.repeat(block.posting_day, np.diff(block.first_line))
    has = block.value_day != ABSENT

    assert np.array_equal(plan.block_tables.accounts.of_bank[block.account].astype(bool), has)
    assert np.array_equal(days[has], block.value_day[has])
