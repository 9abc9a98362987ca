"""Shape 11: the same accounts with the same amounts do not come again.

What is compared is a *vector*: currency, and the accounts with their amounts and sides, in whatever order
they stand; so vectors that agree line by line are among those found.

Two documents may agree by chance where amounts are small or round. How often, the documents say themselves:
of two with the same total on the same accounts, in the same unit (the largest of which all amounts are
multiples), one has the other's amounts once in as many ways as there are to split so many units over the
lines. A side of d lines and U units can be split in C(U - 1, d - 1) ways, and of these m! are one vector
where m lines are on one account. Chance is given the sum of that over all such pairs, and three standard
deviations (its root): with 5 million entries of amounts as they occur, far less than one.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import DEVIATIONS, Check, not_judged
from datasynth.evaluation.keys import groups, key_of, running
from datasynth.evaluation.vocabulary import ABSENT

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Prints, Truths
    from datasynth.evaluation.dataset import Dataset

FEWEST = 5
"""Lines from which a vector is telling."""

MOST = 10_000_000
"""Entries from which vectors may come again, since there are only so many."""


def repeat_checks(data: Dataset, _: Config) -> list[Check]:
    """Check that no vector comes again with another partner, or at all where there are none."""
    entries = np.flatnonzero(data.one_off & (data.line_counts >= FEWEST))
    lines, starts = data.lines_of(entries)
    partner = _partners(data, entries, lines, starts)
    named = partner != ABSENT
    vector = _vectors(data, entries, lines, starts)
    return [
        _check(data, "partners", "with another partner", entries[named], vector[named], partner[named]),
        _check(data, "unnamed", "without a partner", entries[~named], vector[~named], entries[~named]),
    ]


def _check(data: Dataset, what: str, where: str, entries: Ints, vector: Prints, owner: Ints) -> Check:
    name = f"repeats.{what}"
    again = repeated(vector, owner)
    found = int(np.count_nonzero(again))
    chance = coincidences(data, entries)
    first = f"; first at entry {int(entries[again].min()):,}" if found else ""
    if data.count >= MOST:
        return not_judged(name, f"checked below {MOST:,} entries{first}", found)
    note = f"documents with {FEWEST} or more lines that repeat one {where}; {chance:.2g} by chance{first}"
    return Check(name, found, None, chance + DEVIATIONS * sqrt(chance), note)


def repeated(vector: Prints, owner: Ints) -> Truths:
    """Tell which documents have the vector of an earlier one whose owner is another, of shape ``(n,)``.

    The first document that has a vector decides whose it is.
    """
    order, starts = groups(vector)
    owners = owner[order]
    firsts = np.repeat(owners[starts], np.diff(np.append(starts, order.size)))
    found = np.zeros(vector.size, dtype=np.bool_)
    found[order] = owners != firsts
    return found


def coincidences(data: Dataset, entries: Ints) -> float:
    """Return how many pairs of some entries have equal vectors by chance, at most."""
    lines, starts = data.lines_of(entries)
    if not entries.size:
        return 0.0
    columns = data.lines
    posting = key_of(columns.account[lines], columns.debit[lines] > 0).view(np.int64)
    unit = np.gcd.reduceat(columns.debit[lines] + columns.credit[lines], starts)
    total = data.total[entries]
    key = key_of(data.entries.currency[entries], np.add.reduceat(posting, starts), total, unit)
    order, firsts = groups(key)
    times = np.diff(np.append(firsts, order.size))
    one = order[firsts[times > 1]]
    times = times[times > 1]
    units = total[one] // np.maximum(unit[one], 1)
    return float((times * (times - 1) / 2 * np.exp(-_log_ways(data, entries[one], units))).sum())


def _log_ways(data: Dataset, entries: Ints, units: Ints) -> Floats:
    """Return the logarithm of how many vectors split so many units over each entry's lines."""
    lines, _ = data.lines_of(entries)
    counts = data.line_counts[entries]
    debit = data.lines.debit[lines] > 0
    entry = np.repeat(np.arange(entries.size), counts)
    debits = np.bincount(entry, debit, entries.size).astype(np.int64)
    order, starts = groups(key_of(entry, data.lines.account[lines], debit))
    # The k-th line on an account divides the ways by k, so m of them by m!.
    place = running(np.ones(order.size, dtype=np.int64), starts)
    alike = np.bincount(entry[order], np.log(place), entries.size)
    return np.maximum(_log_splits(units, debits) + _log_splits(units, counts - debits) - alike, 0.0)


def _log_splits(units: Ints, lines: Ints) -> Floats:
    """Return the logarithm of C(units - 1, lines - 1): in so many ways units are split over lines."""
    found = np.zeros(units.size)
    for place in range(1, int(lines.max(initial=1))):
        longer = lines > place
        found[longer] += np.log(np.maximum(units[longer] - place, 1) / place)
    return found


def _vectors(data: Dataset, entries: Ints, lines: Ints, starts: Ints) -> Prints:
    """Return a key of each entry's currency and of its accounts with amounts and sides, in any order."""
    columns = data.lines
    posting = key_of(columns.account[lines], columns.debit[lines] - columns.credit[lines]).view(np.int64)
    sums = np.add.reduceat(posting, starts) if entries.size else posting
    return key_of(data.entries.currency[entries], sums)


def _partners(data: Dataset, entries: Ints, lines: Ints, starts: Ints) -> Ints:
    """Return the partner that each entry names, a party or another company."""
    parties = len(data.vocabulary.words["partners"])
    party, company = data.lines.partner_id[lines].astype(np.int64), data.lines.trading_partner[lines]
    partner = np.where(party != ABSENT, party, np.where(company != ABSENT, company + parties, ABSENT))
    return np.maximum.reduceat(partner, starts) if entries.size else partner
