"""Shape 2: how many lines entries have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.checks.taxes import has_tax_line
from datasynth.evaluation.gates import MANY, Gate, no_faults, not_judged, only_from, share_near
from datasynth.ledger.line_counts import EQUAL_OF_EVEN, expected_line_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
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


class Expected(NamedTuple):
    """Numbers of lines, their shares, and the shares of entries that are even and equal."""

    counts: NDArray[np.int64]
    shares: NDArray[np.float64]
    even: float
    equal: float

    def between(self, low: int, high: int | None) -> float:
        """Return the share of a range of counts, both ends included."""
        inside = (self.counts >= low) & (self.counts <= (high or self.counts[-1]))
        return float(self.shares[inside].sum())


def check_line_counts(data: Dataset, config: Config) -> list[Gate]:
    """Judge numbers of lines against the table, or against the one that is configured."""
    items = config.transactions.line_items
    counts = data.line_counts
    taxed = float(np.mean(has_tax_line(data, config)))
    expected = expect(config, taxed)
    # No table says which entries of a distribution of one's own the tax lines make longer.
    room = POINT + taxed if items.custom_distribution else POINT
    gates = _custom(data, expected, room) if items.custom_distribution else _table(data, expected)
    debits = data.per_entry(data.lines.debit > 0)
    even = int(np.count_nonzero(counts % 2 == 0))
    equal = int(np.count_nonzero(2 * debits == counts))
    gates += [
        share_near("lines.even", even, data.count, expected.even, room),
        share_near(
            "lines.equal",
            equal,
            data.count,
            expected.equal,
            room + EQUAL_EXTRA,
            note="as many debits as credits",
        ),
    ]
    most = no_faults(
        "lines.most",
        (counts > items.max_lines) & ~data.closing,
        f"entries of more than {items.max_lines} lines, closes aside",
    )
    return [*only_from(gates, data.count, MANY), most]


def expect(config: Config, taxed_share: float) -> Expected:
    """Work out what a configuration promises, where so many entries have a tax line."""
    items = config.transactions.line_items
    counts, shares = expected_line_counts(items.max_lines, items.custom_distribution, taxed_share)
    two = float(shares[counts == 2].sum())  # noqa: PLR2004  # as it says
    even = float(shares[counts % 2 == 0].sum())
    return Expected(counts, shares, even, two + EQUAL_OF_EVEN * (even - two))


def _table(data: Dataset, expected: Expected) -> list[Gate]:
    counts = data.line_counts
    gates = [
        share_near(
            f"lines.{lines}",
            np.count_nonzero(counts == lines),
            data.count,
            expected.between(lines, lines),
            POINT,
        )
        for lines in FEW
    ]
    for low, high in BINS:
        name = f"lines.{low}_{high}" if high else f"lines.{low}_up"
        share = expected.between(low, high)
        # The close of a year has a line for each account of the result, however many are allowed.
        inside = (counts >= low) & (counts <= (high or counts.max())) & ~data.of_type("CL", "XS")
        tolerance = POINT if low == TAIL else RELATIVE * share
        gates.append(share_near(name, np.count_nonzero(inside), data.count, share, tolerance))
    gates += [_tail(data, expected, low, high) for low, high in BINS[:2] if high]
    return gates


def _tail(data: Dataset, expected: Expected, low: int, high: int) -> Gate:
    """Judge whether a bin falls off as it should, by what is in the lower third of its logarithm."""
    name = f"lines.tail_{low}"
    counts = data.line_counts
    inside = int(np.count_nonzero((counts >= low) & (counts <= high)))
    whole = expected.between(low, high)
    third = int(low * (high / low) ** (1 / 3))
    if inside < FEWEST_IN_TAIL or expected.counts[-1] <= third:
        return not_judged(name, f"{inside} entries of {low} to {high} lines")
    short = int(np.count_nonzero((counts >= low) & (counts <= third)))
    share = expected.between(low, third) / whole
    return share_near(
        name, short, inside, share, TAIL_TOLERANCE, note=f"of {low} to {high}, up to {third} lines"
    )


def _custom(data: Dataset, expected: Expected, room: float) -> list[Gate]:
    return [
        share_near(
            f"lines.{lines}", np.count_nonzero(data.line_counts == lines), data.count, float(share), room
        )
        for lines, share in zip(expected.counts.tolist(), expected.shares.tolist(), strict=True)
        if share
    ]
