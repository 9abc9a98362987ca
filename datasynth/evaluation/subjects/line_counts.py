"""Shape 2: how many lines entries have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import MANY, no_fault, not_judged, only_from, share_near
from datasynth.evaluation.expected import buys_or_sells
from datasynth.evaluation.subjects.taxes import has_tax_line
from datasynth.ledger.line_counts import EQUAL_OF_EVEN, expected_line_counts

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

POINT = 0.01
EQUAL_EXTRA = 0.005
"""What shares of equal sides may be off more than others."""
TAIL_TOLERANCE = 0.06
"""Of the share in the lower third of a bin; evenly filled bins are half of everything away."""
RELATIVE = 1 / 3
"""Tolerance of the two last bins, as a part of their share."""
FEWEST_IN_TAIL = 300
"""Entries in a bin from which its inside is judged."""

FEW = range(2, 10)
BINS = ((10, 99), (100, 999), (1_000, None))
TAIL = 10


class ExpectedCounts(NamedTuple):
    """Numbers of lines, their shares, and the shares of entries that are even and equal."""

    counts: Ints
    shares: Floats
    even: float
    equal: float

    def between(self, low: int, high: int | None) -> float:
        """Return the share of a range of counts, both ends included."""
        inside = (self.counts >= low) & (self.counts <= (high or self.counts[-1]))
        return float(self.shares[inside].sum())


def line_count_checks(data: Dataset, config: Config) -> list[Check]:
    """Check numbers of lines against the table, or against the one that is configured."""
    items = config.transactions.line_items
    counts = data.line_counts
    taxed = float(np.mean(has_tax_line(data, config)))
    expected = expect(config, taxed)
    # No table says which entries of a distribution of one's own the tax lines make longer.
    room = POINT + taxed if items.custom_distribution else POINT
    even = np.count_nonzero(counts % 2 == 0)
    equal = np.count_nonzero(2 * data.per_entry(data.lines.debit > 0) == counts)
    room_of_equal, as_many = room + EQUAL_EXTRA, "as many debits as credits"
    longer = (counts > items.max_lines) & ~data.closing
    shares = [
        *(_custom(data, expected, room) if items.custom_distribution else _table(data, expected)),
        share_near("lines.even", even, data.count, expected.even, room),
        share_near("lines.equal", equal, data.count, expected.equal, room_of_equal, note=as_many),
    ]
    if not buys_or_sells(config):
        shares = [
            not_judged(check.name, "the data has no sales and no purchases", check.figure) for check in shares
        ]
    return [
        *only_from(MANY, data.count, *shares),
        no_fault("lines.most", longer, f"entries with more than {items.max_lines} lines, except closes"),
    ]


def expect(config: Config, taxed_share: float) -> ExpectedCounts:
    """Work out what a configuration promises, where so many entries have a tax line."""
    items = config.transactions.line_items
    counts, shares = expected_line_counts(items.max_lines, items.custom_distribution, taxed_share)
    two = float(shares[counts == 2].sum())  # noqa: PLR2004  # as it says
    even = float(shares[counts % 2 == 0].sum())
    return ExpectedCounts(counts, shares, even, two + EQUAL_OF_EVEN * (even - two))


def _table(data: Dataset, expected: ExpectedCounts) -> list[Check]:
    counts = data.line_counts
    checks = [_share(data, lines, expected.between(lines, lines), POINT) for lines in FEW]
    for low, high in BINS:
        name = f"lines.{low}_{high}" if high else f"lines.{low}_up"
        share = expected.between(low, high)
        # The close of a year has a line for each account of the result, however many are allowed.
        inside = (counts >= low) & (counts <= (high or counts.max())) & ~data.of_type("CL", "XS")
        tolerance = POINT if low == TAIL else RELATIVE * share
        checks.append(share_near(name, np.count_nonzero(inside), data.count, share, tolerance))
    return checks + [_tail(data, expected, low, high) for low, high in BINS if high]


def _share(data: Dataset, lines: int, share: float, tolerance: float) -> Check:
    hits = np.count_nonzero(data.line_counts == lines)
    return share_near(f"lines.{lines}", hits, data.count, share, tolerance)


def _tail(data: Dataset, expected: ExpectedCounts, low: int, high: int) -> Check:
    """Check whether a bin falls off as it should, by what is in the lower third of its logarithm."""
    name = f"lines.tail_{low}"
    counts = data.line_counts
    inside = int(np.count_nonzero((counts >= low) & (counts <= high)))
    third = int(low * (high / low) ** (1 / 3))
    if inside < FEWEST_IN_TAIL or expected.counts[-1] <= third:
        return not_judged(name, f"{inside} entries of {low} to {high} lines")
    short = np.count_nonzero((counts >= low) & (counts <= third))
    share = expected.between(low, third) / expected.between(low, high)
    note = f"of {low} to {high}, up to {third} lines"
    return share_near(name, short, inside, share, TAIL_TOLERANCE, note=note)


def _custom(data: Dataset, expected: ExpectedCounts, room: float) -> list[Check]:
    configured = zip(expected.counts.tolist(), expected.shares.tolist(), strict=True)
    return [_share(data, lines, share, room) for lines, share in configured if share]
