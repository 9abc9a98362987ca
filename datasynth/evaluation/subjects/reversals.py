"""Shape 8: documents of every type are reversed and corrected; reversals swap the sides exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import (
    DEVIATIONS,
    MANY,
    Check,
    chance,
    most_of_rare,
    no_faults,
    not_judged,
    only_from,
    share_between,
    share_near,
)
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import horizon
from datasynth.evaluation.keys import differs, key_of

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Prints, Truths
    from datasynth.evaluation.dataset import Dataset

OF_TYPE = 1_000
"""Documents of a type from which the share of those that are reversed is judged."""

TOLERANCE = 0.003
"""How far the share of reversals among all entries may be from the expected one, chance aside."""

LONGEST_LAG = 31
"""Days after which an entry has been reversed, if it ever is. [days]"""

SOON = 14
"""Days after a reversal within which the right document is posted. [days]"""

CHANCE = 0.0005
"""Chance that documents repeat more wrong ones than they may though they have nothing to do with them."""

MOST = 0.9
"""Share of reversed documents that a right one follows; the rest is our allowance."""


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
    not_earlier = (
        f"reversals without an earlier entry of their company, except in the first {LONGEST_LAG} days"
    )
    half_said = "entries with source reversal without an original, or the opposite"
    shares = [*_shares(data, config, linked), *_corrections(data, config)]
    return only_from(MANY, data.count, *shares) + no_faults(
        ("reversals.linked", astray, not_earlier),
        ("reversals.source", other_source, half_said),
        ("reversals.swapped", swapped, "reversals that do not exactly swap debit and credit"),
        ("reversals.once", again, "reversals of an entry that is already reversed"),
    )


def _shares(data: Dataset, config: Config, linked: Truths) -> list[Check]:
    """Check how many entries reverse another one, in all and of each document type."""
    rate = config.transactions.reversal_rate
    mine = ~data.called_for & ~data.closing
    entries, reversing = int(np.count_nonzero(mine)), int(np.count_nonzero(linked & mine))
    # Of n right and w wrong documents w / (n + w) is the rate; with the reversals they are n + 2 w.
    expected = rate / (1.0 + rate)
    tolerance = TOLERANCE if rate else 0.0
    everywhere = share_near(
        "reversals.share", reversing, entries, expected, tolerance, note="of the entries, except closes"
    )
    return [everywhere, _of_types(data, rate, mine & ~linked)]


def _of_types(data: Dataset, rate: float, mine: Truths) -> Check:
    """Check the document type whose share of reversed documents is farthest from the rate."""
    types = data.entries.document_type
    whole = np.bincount(types[mine])
    undone = np.bincount(types[mine & data.undone], minlength=whole.size)
    large = np.flatnonzero(whole >= OF_TYPE)
    if not large.size:
        return not_judged("reversals.rate", f"no type has {OF_TYPE:,} documents")
    shares = undone[large] / whole[large]
    margins = np.array([DEVIATIONS * chance(rate, count) for count in whole[large].tolist()])
    worst = int(np.argmax(np.abs(shares - rate) - margins))
    name = data.vocabulary.words["document_types"][large[worst]]
    note = f"of documents of type {name}, which differs most from the rate, of {large.size} types"
    return share_near("reversals.rate", undone[large[worst]], int(whole[large[worst]]), rate, 0.0, note=note)


def _corrections(data: Dataset, config: Config) -> list[Check]:
    """Check that right documents follow wrong ones, and that they differ.

    Null of those that differ.  Who books ten taxi rides a day books one fare twice, so a document that has
    nothing to do with a wrong one may repeat it.  How often tell the right documents of the same likeness:
    each is followed up as the wrong ones are, after as many days as theirs took to be reversed, and what
    comes after it is never its correction.  The shares of those that are repeated, summed over the wrong
    documents, are what chance is given; the number of wrong ones that are repeated by chance is a sum of
    rare events and so about a Poisson number, whose quantile is the bound.
    """
    found = np.flatnonzero((data.original >= 0) & ~data.called_for)
    wrong = data.original[found]
    day = data.entries.posting_date
    judged = ~data.closing[wrong] & (day[found] < horizon(config)[1] - SOON)
    found, wrong = found[judged], wrong[judged]
    if not found.size:
        return [
            not_judged(f"reversals.{name}", "the data has no reversals")
            for name in ("corrected", "differing")
        ]
    alike = _alike(data)
    right = np.flatnonzero(~data.undone & (data.entries.reversal_of == NO_PRINT))
    followed = _followed(alike, day, right, wrong, day[found])
    contents = _contents(data, np.arange(data.count), 1) ^ data.entries.document_date
    same = key_of(alike, contents)
    repeated = np.count_nonzero(_followed(same, day, right, wrong, day[found]))
    lasted = day[found] - day[wrong]
    early = day[right] < horizon(config)[1] - SOON - LONGEST_LAG
    control = right[early & np.isin(alike[right], alike[wrong])]
    since = day[control] + np.resize(lasted, control.size)
    by_chance = _summed_shares(alike[wrong], alike[control], _followed(same, day, right, control, since))
    note = f"corrected documents that repeat the wrong one; {by_chance:.2g} by chance"
    return [
        share_between(
            *("reversals.corrected", np.count_nonzero(followed), int(found.size), MOST, 1.0),
            f"of reversed documents, those with a corrected one within {SOON} days",
        ),
        Check("reversals.differing", int(repeated), None, most_of_rare(by_chance, CHANCE), note),
    ]


def _followed(key: Prints, day: Ints, right: Ints, entries: Ints, since: Ints) -> Truths:
    """Tell which of some entries have another right one of their key within `SOON` days from a day on."""
    order = right[np.lexsort((day[right], key[right]))]
    # Days are far below 2^20, so a number in order of key and day holds both.
    ranks = np.searchsorted(np.unique(key), key).astype(np.int64) << 20
    place = ranks[order] + day[order]
    low = np.searchsorted(place, ranks[entries] + since)
    high = np.searchsorted(place, ranks[entries] + since + SOON, side="right")
    itself = np.isin(entries, right) & (since <= day[entries])
    found: Truths = high - low > itself
    return found


def _summed_shares(group: Prints, of: Prints, hit: Truths) -> float:
    """Sum, over rows of some groups, the shares of hits among others of the same group, none for none."""
    groups_, place = np.unique(of, return_inverse=True)
    if not groups_.size:
        return 0.0
    shares = np.bincount(place, weights=hit) / np.bincount(place)
    at = np.minimum(np.searchsorted(groups_, group), groups_.size - 1)
    return float(shares[at][groups_[at] == group].sum())


def _alike(data: Dataset) -> Prints:
    """Return a key of what right and wrong documents have in common: company, type, text and partner."""
    partner = np.full(data.count, -1, dtype=np.int64)
    np.maximum.at(partner, data.entry, data.lines.partner_id)
    entries = data.entries
    return key_of(entries.company_code, entries.document_type, entries.header_text, partner)


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
