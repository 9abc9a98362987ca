"""Statements by adding up every line, and first digits by reading the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.ledger.calendars import to_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from datasynth.generation.block import Block, Vocabulary

CLOSING = "Closing of income and expense accounts"

Sums = dict[tuple[str, str], int]
"""Minor units by company and account; nil is left out."""


def fiscal_year(when: date, first_month: int) -> int:
    """Return the calendar year in which the fiscal year of a date ends."""
    return when.year if first_month == 1 or when.month < first_month else when.year + 1


def income(block: Block, words: Vocabulary, position: int, first_month: int) -> Sums:
    """Add up income (positive) and expense of the fiscal year of the last entry before a position."""
    sums: Sums = {}
    if position == 0:
        return sums
    year = fiscal_year(to_date(int(block.posting_day[position - 1])), first_month)
    for entry in range(position):
        closes = words.header_texts[block.header_text[entry]].startswith(CLOSING)
        if closes or fiscal_year(to_date(int(block.posting_day[entry])), first_month) != year:
            continue
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            account = words.accounts[block.account[line]]
            if account[0] in "45678":
                key = words.companies[block.company[entry]], account
                sums[key] = sums.get(key, 0) - int(block.local_amount[line])
    return {key: amount for key, amount in sums.items() if amount}


def standing(block: Block, words: Vocabulary, opening: Sequence[Sequence[int]], position: int) -> Sums:
    """Add up what all accounts stand at before a position, debit positive."""
    sums: Sums = {
        (company, account): int(amount)
        for company, amounts in zip(words.companies, opening, strict=True)
        for account, amount in zip(words.accounts, amounts, strict=True)
    }
    for entry in range(position):
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            key = words.companies[block.company[entry]], words.accounts[block.account[line]]
            sums[key] += int(block.local_amount[line])
    return {key: amount for key, amount in sums.items() if amount}


def first_digits(block: Block) -> list[int]:
    """Count the first figures of entries' totals, 1 … 9."""
    counts = [0] * 9
    for entry in range(block.entries):
        lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
        counts[int(str(sum(block.debit[lines].tolist()))[0]) - 1] += 1
    return counts
