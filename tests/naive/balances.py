"""Balances by adding up every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.generation.block import Block


def balances(block: Block, entries: int, companies: int, accounts: int) -> list[list[int]]:
    """Add up the lines of a block's first entries, by company and account."""
    totals = [[0] * accounts for _ in range(companies)]
    for entry in range(entries):
        for line in range(int(block.first_line[entry]), int(block.first_line[entry + 1])):
            moved = int(block.debit[line]) - int(block.credit[line])
            totals[int(block.company[entry])][int(block.account[line])] += moved
    return totals
