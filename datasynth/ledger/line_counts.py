"""How many lines real journal entries have.

Line counts of about 364 million entries of 155 ledgers: Ivertowski, Barnard,
Braun 2024, "Hardware Accelerated Method for Accounting Network Generation",
table III and the text beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FEW_SHARES = (0.6068, 0.0577, 0.1663, 0.0306, 0.0332, 0.0113, 0.0188, 0.0042)
"""Shares of 2 … 9 lines."""

BINS = ((10, 99, 0.0633), (100, 999, 0.0076), (1000, 47_059, 0.0002))
"""Fewest and most lines of each larger bin, and its share."""

TAIL_EXPONENT = 2.2
"""Inside a bin, k lines are as frequent as ``k ** -TAIL_EXPONENT``."""

EVEN_SHARE = 0.88
EQUAL_SHARE = 0.82
"""Shares of entries with an even number of lines, and with as many debits as credits."""

TAIL_EVEN = 0.772
"""Part of the larger bins that is even, so that 0.88 of all is."""

EQUAL_OF_EVEN = 0.78
"""Part of the even entries above two lines that has as many debits as credits."""

MORE_CREDITS = 11.0 / 18.0
"""Part of the unequal entries that has more credits."""

NATURAL_TAXED = 0.16
"""Share of entries that can carry a tax line while the table holds."""

TAXED_PULL = 1.3
"""Entries that move from two lines to three for each taxed one above that share.  It is
more than one because taxed documents also displace others with odd numbers of lines."""


def expected_line_counts(
    max_lines: int, custom: Sequence[tuple[int, float]], taxed_share: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the expected share of entries for each number of lines.

    Parameters
    ----------
    max_lines
        Most lines of one entry.  The shares of higher numbers are spread over the upper
        half of the allowed ones; even and odd numbers keep their parts.
    custom
        Numbers of lines and their shares, instead of the table; may be empty.
    taxed_share
        Share of entries with a tax line; the excess over `NATURAL_TAXED` moves others
        from two lines to three, see `TAXED_PULL`.

    Returns
    -------
    counts : (n,) int64
        Ascending from 2.
    shares : (n,) float64
        The sum is 1.
    """
    counts = np.arange(2, max_lines + 1, dtype=np.int64)
    shares = np.zeros(len(counts))
    if custom:
        for wanted, part in custom:
            shares[wanted - 2] += part
        return counts, shares / shares.sum()
    few = min(len(FEW_SHARES), len(counts))
    shares[:few] = FEW_SHARES[:few]
    for low, high, share in BINS:
        lines = np.arange(low, high + 1, dtype=np.float64)
        mass = lines**-TAIL_EXPONENT
        inside = max(min(high, max_lines) - low + 1, 0)
        for parity, part in ((0, TAIL_EVEN), (1, 1.0 - TAIL_EVEN)):
            alike = np.where(lines % 2 == parity, mass, 0.0)
            alike *= share * part / alike.sum()
            shares[low - 2 : low - 2 + inside] += alike[:inside]
            upper = (counts >= max_lines // 2) & (counts % 2 == parity)
            shares[upper] += alike[inside:].sum() / np.count_nonzero(upper)
    moved = min(max(taxed_share - NATURAL_TAXED, 0.0) * TAXED_PULL, float(shares[0]))
    shares[0] -= moved
    shares[1] += moved
    return counts, shares / shares.sum()
