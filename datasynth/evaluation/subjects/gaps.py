"""Shape 11: own numbers are consecutive, and vendors number their invoices as vendors do.

What is judged from outside: a reference or an assignment of letters, a hyphen and ten digits is a
company's own number, any other form is a partner's (`own_numbers`).

Null of repeating steps.  Between two invoices to us a vendor writes others, and how many varies at
least as a Poisson number does.  So the commonest step above one has at most the share of the highest
Poisson probability, 1/√(2π(s - 1)) with s the lower quartile of the steps, and occurs no more often than
the quantile of a binomial number says.  A vendor that sells to us alone counts 1, 2, 3; steps of one are
no fault.  That n steps share a prime divisor p has a chance of p^-n, less than one in sixteen million
from `FEWEST_STEPS` on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import no_faults, not_judged
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import trading_companies
from datasynth.evaluation.keys import differs, groups, key_of
from datasynth.evaluation.own_numbers import out_of_step, own_numbers

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Prints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.own_numbers import OwnNumbers

CHANCE = 0.0001
"""Chance that the commonest step of any vendor exceeds its bound."""

FEWEST_ISSUED = 10
"""Numbers of a prefix that have to be issued for it to be judged; fewer do not show who issues them."""

FEWEST_STEPS = 24
PAYMENTS = ("DZ", "KZ", "ZA", "ZR", "ZC")
"""Document types that clear items."""


def gap_checks(data: Dataset, config: Config) -> list[Check]:
    """Check companies' own numbers, what payments name, and the numbers of vendors."""
    numbers = own_numbers(data)
    invoices = _vendor_invoices(data)
    named = "payments whose reference is neither a cleared item nor an own number"
    return [
        _own(data, numbers),
        *no_faults(("gaps.payments", _misnamed(data, numbers), named)),
        *_intercompany(data, config),
        *_vendors(invoices),
    ]


def _own(data: Dataset, numbers: OwnNumbers) -> Check:
    """Check that own numbers count on; between companies by seller, or through the whole group."""
    group = len(data.vocabulary.words["companies"])
    enough = np.bincount(numbers.stem, weights=numbers.issued, minlength=1) >= FEWEST_ISSUED
    issued = numbers.issued & enough[numbers.stem]
    ranges = [
        out_of_step(key_of(company, numbers.stem), numbers.number, issued)
        for company in (numbers.company, np.where(numbers.intercompany, group, numbers.company))
    ]
    fewest = min(ranges, key=np.count_nonzero)
    wrong = np.zeros(data.count, dtype=np.bool_)
    wrong[numbers.entry[fewest]] = True
    prefixes = [data.own_stems[place].partition("-")[0] for place in np.unique(numbers.stem[fewest])]
    where = f" ({', '.join(prefixes)})" if prefixes else ""
    note = f"entries whose own number is not the next of its company and prefix{where}"
    return no_faults(("gaps.own", wrong, note))[0]


def _misnamed(data: Dataset, numbers: OwnNumbers) -> Truths:
    """Tell which payments have a reference that is neither that of an item nor a number of their own."""
    lines, entries = data.lines, data.entries
    pays = data.of_type(*PAYMENTS) & (entries.reversal_of == NO_PRINT) & (entries.reference != NO_PRINT)
    names = data.having(lines.assignment == entries.reference[data.entry])
    names[numbers.entry[numbers.issued]] = True
    wrong: Truths = pays & data.having(lines.assignment != NO_PRINT) & ~names
    return wrong


def _intercompany(data: Dataset, config: Config) -> list[Check]:
    """Check that no reference between companies stands for two pairs of seller and buyer."""
    name = "gaps.intercompany"
    if trading_companies(config) < 2 or not config.business_processes.intercompany_weight:  # noqa: PLR2004  # it takes two
        return [not_judged(name, "the data has no intercompany entries")]
    lines = data.lines
    usual = data.entries.reversal_of == NO_PRINT
    sold = (data.of_type("IC") & usual)[data.entry]
    deals = (sold | (data.of_type("IV") & usual)[data.entry]) & (lines.trading_partner >= 0)
    # A line of revenue may name the other company and no item.
    found = np.flatnonzero(deals & (lines.assignment != NO_PRINT))
    company, partner = data.line_company[found], lines.trading_partner[found]
    pair = np.where(sold[found], key_of(company, partner), key_of(partner, company))
    reference = np.unique(np.stack([lines.assignment[found], pair], axis=1), axis=0)[:, 0]
    repeated = int(np.count_nonzero(~differs(reference)))
    return no_faults((name, repeated, "intercompany references that two pairs of companies use"))


class VendorInvoices(NamedTuple):
    """What vendors have written with numbers of their own, in the order of the stream.

    Columns have the shape ``(n,)``.  The writer is a key of company, vendor and stem.  A number that its
    vendor uses again stands here once.  `repeated` has the entries that use one again unreversed.
    """

    writer: Prints
    number: Ints
    day: Ints
    repeated: Ints


def _vendor_invoices(data: Dataset) -> VendorInvoices:
    """Find invoices and credit notes of vendors whose reference is no own number of the company.

    One that is posted again after it has been reversed is the same invoice.
    """
    entries, lines = data.entries, data.lines
    written = (entries.reference_stem >= 0) & (data.reference_range < 0) & (entries.reference_number >= 0)
    written &= (entries.reversal_of == NO_PRINT) & ~data.of_type(*PAYMENTS)
    # What is wrong has a wrong date as well.
    written &= ~data.undone
    opens = data.accounts.control[lines.account] & (lines.partner_id >= 0)
    # A credit note that is headed by the invoice's number has none of its own.
    noted = data.of_type("KG")[data.entry] & (lines.assignment != entries.reference[data.entry])
    opens &= (lines.credit > 0) | noted
    opens &= written[data.entry] & _is_vendor(data)[lines.partner_type]
    line = np.flatnonzero(opens)
    line = line[differs(data.entry[line])]
    entry = data.entry[line].astype(np.int64)
    vendor = key_of(entries.company_code[entry], lines.partner_id[line])
    text = key_of(vendor, entries.reference[entry])
    order, starts = groups(text)
    new = np.zeros(line.size, dtype=np.bool_)
    new[order[starts]] = True
    reversed_ = np.zeros(data.count, dtype=np.bool_)
    reversed_[data.original[data.original >= 0]] = True
    before = np.roll(order, 1)
    again = np.zeros(line.size, dtype=np.bool_)
    again[order] = ~reversed_[entry[before]]
    repeated = entry[~new & again]
    entry = entry[new]
    writer = key_of(vendor[new], entries.reference_stem[entry])
    return VendorInvoices(writer, entries.reference_number[entry], entries.document_date[entry], repeated)


def _is_vendor(data: Dataset) -> Truths:
    return data.vocabulary.table("partner_types", "vendor".__eq__)


def _vendors(invoices: VendorInvoices) -> list[Check]:
    """Check numbers of vendors: each once, rising with their dates, without a step that repeats."""
    names = ("gaps.vendor_numbers", "gaps.vendor_order", "gaps.vendor_steps")
    if not invoices.writer.size:
        return [not_judged(name, "no invoice has a number of its vendor") for name in names]
    order = np.lexsort((invoices.number, invoices.day, invoices.writer))
    writer, number = invoices.writer[order], invoices.number[order]
    back = ~differs(writer)
    back[1:] &= number[1:] < number[:-1]
    note = "invoices that repeat a vendor's number without a reversal"
    lower = "invoices with a lower number than an earlier invoice of the vendor"
    checks = no_faults((names[0], invoices.repeated.size, note), (names[1], np.count_nonzero(back), lower))
    repeating, judged = repeating_steps(writer, number)
    if not judged:
        return [*checks, not_judged(names[2], f"no vendor has {FEWEST_STEPS} invoices after the first")]
    steps = f"of {judged:,} vendors, those with repeated steps, or a common divisor of all steps"
    return [*checks, *no_faults((names[2], repeating, steps))]


def repeating_steps(writer: Prints, number: Ints) -> tuple[int, int]:
    """Count writers with a step, or a divisor of all steps, that repeats, and writers that are judged.

    Parameters
    ----------
    writer, number : (n,)
        All of a writer together, in order.
    """
    starts = np.flatnonzero(differs(writer))
    ends = np.append(starts[1:], writer.size)
    long = np.flatnonzero(ends - starts > FEWEST_STEPS)
    found = 0
    for first, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        steps = np.abs(np.diff(number[first:end]))
        found += _repeats(steps, long.size)
    return found, int(long.size)


def _repeats(steps: Ints, writers: int) -> bool:
    if np.gcd.reduce(steps) > 1:
        return True
    values, times = np.unique(steps, return_counts=True)
    above = times[values > 1]
    if not above.size:
        return False
    quartile = float(np.quantile(steps, 0.25))
    share = min(1.0, 1.0 / math.sqrt(2.0 * math.pi * max(quartile - 1.0, 0.2)))
    return int(above.max()) > most_by_chance(steps.size, share, CHANCE / (writers * above.size))


def most_by_chance(count: int, share: float, chance: float) -> int:
    """Return what a binomial number of so many trials exceeds with less than some chance.

    The bound of Chernoff, exp(-n·D(x, p)) with D the relative entropy, found by counting up.
    """
    for hits in range(math.floor(count * share) + 1, count):
        part = hits / count
        distance = part * math.log(part / share) + (1 - part) * math.log((1 - part) / (1 - share))
        if math.exp(-count * distance) < chance:
            return hits
    return count
