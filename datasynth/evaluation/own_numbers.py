"""A company's own numbers, in the order in which they come up, and whether they count on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.keys import differs, groups, key_of

if TYPE_CHECKING:
    from datasynth.evaluation.arrays import Codes, Ints, Prints, Truths
    from datasynth.evaluation.dataset import Dataset


class OwnNumbers(NamedTuple):
    """Own numbers where they come up first, in the order of the stream, each column of shape ``(n,)``.

    Attributes
    ----------
    entry, company, stem, number
        Where it comes up, whose number it is, its prefix, and the number itself.
    issued
        Whether the document is of the type that brings up most numbers of this prefix: it gives itself
        the number.  Other types name numbers that were given before.
    intercompany
        Whether the document deals with another company of the group.
    """

    entry: Ints
    company: Codes
    stem: Codes
    number: Ints
    issued: Truths
    intercompany: Truths


def own_numbers(data: Dataset) -> OwnNumbers:
    """Find own numbers: references, and assignments that are none of them, like those of orders.

    What a company writes as letters, a hyphen and ten digits is its own (or its group's); all other
    numbers are partners'.  A number between companies of the group is the seller's, also where it was
    issued before the data begins and the buyer is the first to name it.
    """
    entry, stem, number = _uses(data)
    deals = data.having(data.lines.trading_partner >= 0)[entry]
    company = np.where(deals, len(data.vocabulary.words["companies"]), data.entries.company_code[entry])
    key = key_of(company, stem, number)
    # A wrong receipt names the order of the right one, which does not count yet.
    wrong = data.undone[entry] | (data.entries.reversal_of[entry] != NO_PRINT)
    kept = ~(wrong & np.isin(key, key[~wrong]))
    entry, stem, number, deals, key = entry[kept], stem[kept], number[kept], deals[kept], key[kept]
    _, at = np.unique(key, return_index=True)
    at = np.sort(at)
    is_first = np.zeros(entry.size, dtype=np.bool_)
    is_first[at] = True
    usual = data.entries.reversal_of[entry] == NO_PRINT
    kind = data.entries.document_type[entry]
    issued = usual & (kind == _issuers(data, kind, stem, is_first, usual)[stem])
    owner = np.where(deals & ~issued, _sellers(data)[entry], data.entries.company_code[entry])
    return OwnNumbers(entry[at], owner[at].astype(np.int32), stem[at], number[at], issued[at], deals[at])


def _sellers(data: Dataset) -> Codes:
    """Return who issued what each entry between companies names: its own company, or the one it owes to."""
    lines = data.lines
    owes = data.accounts.of_type("liability")[lines.account] & data.accounts.control[lines.account]
    seller = np.where(owes, lines.trading_partner, -1)
    found = np.full(data.count, -1, dtype=np.int32)
    np.maximum.at(found, data.entry, seller)
    return np.where(found >= 0, found, data.entries.company_code)


def _uses(data: Dataset) -> tuple[Ints, Codes, Ints]:
    """Return entry, stem and number wherever an own number stands, in the order of the stream."""
    entries, lines = data.entries, data.lines
    headed = np.flatnonzero(data.reference_range >= 0)
    assigned = np.flatnonzero(data.assignment_range >= 0)
    within = data.entry[assigned]
    # What the header says already, or the line before, is no use of its own.
    again = lines.assignment[assigned] == entries.reference[within]
    again |= ~(differs(lines.assignment[assigned]) | differs(within))
    assigned, within = assigned[~again], within[~again]
    entry = np.concatenate([headed, within]).astype(np.int64)
    order = np.argsort(entry, kind="stable")
    stem = np.concatenate([data.reference_range[headed], data.assignment_range[assigned]])
    number = np.concatenate([entries.reference_number[headed], lines.assignment_number[assigned]])
    return entry[order], stem[order], number[order]


def _issuers(data: Dataset, kind: Codes, stem: Codes, is_first: Truths, usual: Truths) -> Codes:
    """Return the document type that issues the numbers of each stem.

    It is the one that brings up most numbers for the first time, less those that it repeats.
    """
    types, stems = len(data.vocabulary.words["document_types"]) + 1, len(data.own_stems)
    cell = stem.astype(np.int64) * types + kind.astype(np.int64) % types
    new = np.bincount(cell[is_first & usual], minlength=stems * types).reshape(stems, types)
    old = np.bincount(cell[~is_first & usual], minlength=stems * types).reshape(stems, types)
    most: Codes = (new - old).argmax(axis=1).astype(np.int32)
    return most


def out_of_step(series: Prints, number: Ints, issued: Truths) -> Truths:
    """Tell which numbers are not the one before plus one, series by series, of shape ``(n,)``.

    A series begins with the lowest number that is issued in the data; lower ones were issued before,
    are cleared in any order, and pass.

    Parameters
    ----------
    series, number, issued : (n,)
        In the order in which numbers come up, each once.
    """
    wrong = np.zeros(number.size, dtype=np.bool_)
    order, starts = groups(series)
    if not order.size:
        return wrong
    sizes = np.diff(np.append(starts, order.size))
    highest = np.iinfo(np.int64).max
    lowest = np.minimum.reduceat(np.where(issued, number, highest)[order], starts)
    counted = number[order] >= np.repeat(lowest, sizes)
    order, begins = order[counted], np.repeat(lowest, sizes)[counted]
    new = differs(series[order])
    expected = np.where(new, begins, np.roll(number[order], 1) + 1)
    wrong[order] = number[order] != expected
    return wrong
