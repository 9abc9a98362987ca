"""Balances by adding up every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.generation.block import Block


def turnover(block: Block, entries: int, companies: int, accounts: int) -> list[list[list[int]]]:
    """Add up debits and credits of a block's first entries, by company and account. [minor units]"""
    totals = [[[0, 0] for _ in range(accounts)] for _ in range(companies)]
    for entry in range(entries):
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            moved = int(block.local_amount[line])
            side = 0 if block.debit[line] else 1
            totals[int(block.company[entry])][int(block.account[line])][side] += abs(moved)
    return totals


def balances(block: Block, entries: int, companies: int, accounts: int) -> list[list[int]]:
    """Add up the lines of a block's first entries in company currency, by company and account."""
    return [
        [debit - credit for debit, credit in company]
        for company in turnover(block, entries, companies, accounts)
    ]
