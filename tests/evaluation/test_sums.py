"""Exact sums of money."""

from __future__ import annotations

import numpy as np

from datasynth.evaluation.sums import lowest_at_day_ends, movements, sums_by
from tests.evaluation.shapes import good_shapes


def test_sums_are_exact_beyond_floats() -> None:
    """Sums above 2^53 lose no cent, negative ones neither."""
    values = np.array([2**51 + 1] * 6 + [-(2**51) - 3] * 5)
    groups = np.array([0] * 6 + [1] * 5)

    assert [6 * (2**51 + 1), -5 * (2**51 + 3), 0] == sums_by(groups, values, 3).tolist()


def test_movements_of_some_entries() -> None:
    """Sums by company and account are what a loop over the lines finds."""
    data = good_shapes()
    expected: dict[tuple[int, int], int] = {}
    for line in range(int(data.first_line[50]), int(data.first_line[90])):
        key = (int(data.line_company[line]), int(data.lines.account[line]))
        expected[key] = expected.get(key, 0) + int(data.lines.local_amount[line])

    table = movements(data, data.lines.local_amount, 50, 90)

    found = {(company, account): int(table[company, account]) for company, account in np.argwhere(table)}
    assert {key: amount for key, amount in expected.items() if amount} == found


def test_lowest_counts_at_the_end_of_days() -> None:
    """What happens inside a day does not count; the opening does, and so does every later day."""
    data = good_shapes()
    accounts = [0, 1, 2]
    lines = np.flatnonzero(np.isin(data.lines.account, accounts))
    expected = [0, 5, -7]
    for number, account in enumerate(accounts):
        standing, ends = expected[number], {}
        for line in lines[data.lines.account[lines] == account].tolist():
            standing += int(data.lines.local_amount[line])
            ends[int(data.entries.posting_date[data.entry[line]])] = standing
        expected[number] = min([expected[number], *ends.values()])

    found = lowest_at_day_ends(data, lines, data.lines.account[lines].astype(np.int64), np.array([0, 5, -7]))

    assert expected == found.tolist()
