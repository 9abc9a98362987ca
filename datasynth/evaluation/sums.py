"""Exact sums of money by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datasynth.evaluation.arrays import Codes, Ints
    from datasynth.evaluation.dataset import Dataset

HALF = 26
"""Bits below which, and above which, amounts are summed apart: `bincount` sums floats, exact to 53 bits."""


def sums_by(groups: Ints, values: Ints, size: int) -> Ints:
    """Sum up by group, of shape ``(size,)``.

    Parameters
    ----------
    groups, values : (n,) int64
        Groups from 0 up to `size`; up to 2^27 values, each below 2^52.
    """
    low = np.bincount(groups, weights=values & ((1 << HALF) - 1), minlength=size)
    high = np.bincount(groups, weights=values >> HALF, minlength=size)
    return low.astype(np.int64) + (high.astype(np.int64) << HALF)


def shape_of_books(data: Dataset) -> tuple[int, int]:
    """Return how many companies and accounts there are, unknown ones counted."""
    return len(data.vocabulary.words["companies"]) + 1, len(data.vocabulary.words["accounts"]) + 1


def movements(data: Dataset, values: Ints, first: int = 0, last: int | None = None) -> Ints:
    """Sum a column of lines by company and account, of shape (companies + 1, accounts + 1).

    Entries from `first` up to `last` count; all by default.
    """
    end = data.count if last is None else last
    lines = slice(int(data.first_line[first]), int(data.first_line[end]))
    return table_of(data, data.line_company[lines], data.lines.account[lines], values[lines])


def table_of(data: Dataset, company: Codes, account: Codes, values: Ints) -> Ints:
    """Sum rows of a table by company and account, of shape (companies + 1, accounts + 1)."""
    companies, accounts = shape_of_books(data)
    cells = (company.astype(np.int64) % companies) * accounts + account.astype(np.int64) % accounts
    return sums_by(cells, values, companies * accounts).reshape(companies, accounts)


def lowest_at_day_ends(data: Dataset, lines: Ints, groups: Ints, opening: Ints) -> Ints:
    """Return the lowest balance that each of some sums of accounts has at the end of a day.

    Parameters
    ----------
    lines, groups : (k,) int64
        Places of the lines that count, ascending, and the sum that each belongs to, from 0.
    opening : (g,) int64
        Balance of each sum at the start, which counts too.
    """
    lowest = opening.copy()
    if not lines.size:
        return lowest
    order = np.argsort(groups, kind="stable")
    group = groups[order]
    day = data.entries.posting_date[data.entry[lines[order]]]
    sums = np.cumsum(data.lines.local_amount[lines[order]])
    first = np.searchsorted(group, np.arange(opening.size))
    before = np.append(np.int64(0), sums)[first]
    last_of_day = np.append((group[1:] != group[:-1]) | (day[1:] != day[:-1]), np.True_)
    at = group[last_of_day]
    np.minimum.at(lowest, at, (sums[last_of_day] - before[at]) + opening[at])
    return lowest
