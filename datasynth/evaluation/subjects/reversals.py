"""Shape 8: reversals are linked and swap the sides exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, no_faults, not_judged, only_from, share_between, share_near
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import horizon
from datasynth.evaluation.keys import differs, key_of

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

USUAL = (0.03, 0.10)
TOLERANCE = 0.01
LONGEST_LAG = 31
"""Days after which an entry has been reversed, if it ever is. [days]"""

CLOSES = 0.01
"""What reversals of accruals may add to, or the rate fall short of, the usual range. [share]"""


def reversal_checks(data: Dataset, config: Config) -> list[Check]:
    """Check how many entries reverse another one, and how."""
    linked = data.entries.reversal_of != NO_PRINT
    original = data.original
    found = np.flatnonzero(original >= 0)
    swapped = np.zeros(data.count, dtype=np.bool_)
    swapped[found] = _contents(data, found, 1) != _contents(data, original[found], -1)
    again = np.zeros(data.count, dtype=np.bool_)
    order = found[np.argsort(original[found], kind="stable")]
    again[order] = ~differs(original[order])
    company = data.entries.company_code
    astray = linked & (original < 0) & (data.entries.posting_date >= horizon(config)[0] + LONGEST_LAG)
    astray[found] = (original[found] >= found) | (company[original[found]] != company[found])
    other_source = linked != data.of_source("reversal")
    not_earlier = f"reversals of no earlier entry of their company, the first {LONGEST_LAG} days aside"
    half_said = "entries that say they reverse and name none, or the other way round"
    return only_from(MANY, data.count, *_shares(data, config, linked)) + no_faults(
        ("reversals.linked", astray, not_earlier),
        ("reversals.source", other_source, half_said),
        ("reversals.swapped", swapped, "reversals that do not swap the sides of the original"),
        ("reversals.once", again, "reversals of what has been reversed"),
    )


def _shares(data: Dataset, config: Config, linked: Truths) -> list[Check]:
    rate = config.transactions.reversal_rate
    mine = ~data.called_for
    entries = int(np.count_nonzero(mine))
    reversing = int(np.count_nonzero(linked & mine))
    outside = int(np.count_nonzero(linked & mine & ~data.closing))
    usual = (
        share_between("reversals.share", reversing, entries, *USUAL, "of the entries, closes included")
        if USUAL[0] <= rate <= USUAL[1] - CLOSES
        else not_judged("reversals.share", f"a rate of {rate:g} is configured", reversing / max(entries, 1))
    )
    tolerance = TOLERANCE if rate else 0.0
    return [
        usual,
        share_near("reversals.rate", outside, entries, rate, tolerance, note="of the entries, closes aside"),
    ]


def _contents(data: Dataset, entries: Ints, sign: int) -> Ints:
    """Return a key of what entries post, whatever the order of their lines; with sign -1, sides swapped."""
    counts = data.line_counts[entries]
    ends = np.cumsum(counts)
    within = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)
    lines = np.repeat(data.first_line[entries], counts) + within
    columns = data.lines
    signed = sign * (columns.debit[lines] - columns.credit[lines])
    local = sign * columns.local_amount[lines]
    key = key_of(columns.account[lines], columns.partner_id[lines], columns.assignment[lines], signed, local)
    sums = np.zeros(key.size + 1, dtype=np.int64)
    np.cumsum(key.view(np.int64), out=sums[1:])
    found: Ints = sums[ends] - sums[ends - counts]
    return found
