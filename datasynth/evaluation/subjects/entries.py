"""What holds for every entry: what it refers to, its sides, accounts, number and approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import no_faults
from datasynth.evaluation.dataset import NEVER, NO_PRINT
from datasynth.evaluation.expected import horizon
from datasynth.evaluation.keys import differs, groups, key_of
from datasynth.evaluation.money import limits
from datasynth.evaluation.pools import in_pools
from datasynth.ledger.calendars import MONTHS, FiscalCalendar, month_end, to_date
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.rules import allowed_pools, document_types

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Prints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

LAST_SPECIAL = 16
"""Last special period of a fiscal year; they follow the months, and are posted to on its last day."""

LAST_DATE = 1_000_000
"""Days from 1970 from which a date is a fault that others report: beyond the year 4700."""


def structure_checks(data: Dataset, config: Config) -> list[Check]:
    """Check ids, and what refers to companies, currencies, accounts, partners and document types."""
    entries, lines = data.entries, data.lines
    missing = data.flaws.missing
    named = ", ".join(f"{name} {times:,}" for name, times in sorted(missing.items()))
    companies = data.vocabulary.table("companies", {one.code for one in config.companies}.__contains__)
    currencies = data.vocabulary.table("currencies", CURRENCIES.__contains__)
    partner = lines.partner_id >= 0
    unknown = partner & ~data.parties.known[lines.partner_id]
    other_type = partner & ~unknown & (data.parties.type[lines.partner_id] != lines.partner_type)
    account = data.accounts.known[lines.account]
    heading = account & ~data.accounts.postable[lines.account]
    not_allowed = "entries with an account that their document type does not allow on that side"
    return no_faults(
        ("structure.complete", sum(missing.values()), named or "missing fields that are required"),
        ("structure.ids", _repeated(entries.document_id), "entries with the id of an earlier entry"),
        (
            "structure.companies",
            ~companies[entries.company_code],
            "entries of companies that are not configured",
        ),
        ("structure.currencies", ~currencies[entries.currency], "entries with an unknown currency"),
        ("structure.accounts", data.having(~account), "entries with accounts that are not in the chart"),
        ("structure.postable", data.having(heading), "entries that post to a heading"),
        ("structure.partners", data.having(unknown), "entries with partners who are not listed"),
        ("structure.partner_types", data.having(other_type), "entries with a partner of another type"),
        ("structure.rule_book", data.having(_not_allowed(data, config)), not_allowed),
    )


def _repeated(ids: Prints) -> Truths:
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    repeated = np.zeros(ids.size, dtype=np.bool_)
    repeated[order] = ~differs(ordered) & (ordered != NO_PRINT)
    return repeated


def _not_allowed(data: Dataset, config: Config) -> Truths:
    """Tell which lines break the rule of their document type; all do whose type is unknown.

    A reversal posts what its original does with the sides swapped, which is judged elsewhere.
    """
    types = data.vocabulary.words["document_types"]
    shape = (len(types) + 1, len(data.vocabulary.words["accounts"]) + 1)
    debit, credit = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    known = frozenset(document_types())
    for code, kind in enumerate(types):
        if kind in known:
            debited, credited = allowed_pools(kind)
            debit[code] = in_pools(data, config, *debited)
            credit[code] = in_pools(data, config, *credited)
    kind_of_line, account = data.entries.document_type[data.entry], data.lines.account
    right = np.where(data.lines.debit > 0, debit[kind_of_line, account], credit[kind_of_line, account])
    wrong: Truths = (data.entries.reversal_of == NO_PRINT)[data.entry] & ~right
    return wrong


def balance_checks(data: Dataset, _: Config) -> list[Check]:
    """Check sums, sides, signs and line numbers of every entry."""
    lines = data.lines
    debit, credit = lines.debit > 0, lines.credit > 0
    one_side = ((lines.debit == 0) & credit) | ((lines.credit == 0) & debit)
    both_or_none = data.having(~one_side)
    one_sided = ~(data.having(debit) & data.having(credit))
    within = np.arange(lines.line_number.size) - data.first_line[data.entry] + 1
    misnumbered = data.having(lines.line_number != within)
    differ = data.per_entry(lines.debit) != data.per_entry(lines.credit)
    locally = data.per_entry(lines.local_amount) != 0
    # A local amount of nil is always wrong.
    signs = np.sign(lines.local_amount) != np.sign(lines.debit - lines.credit)
    signs |= lines.local_amount == 0
    return no_faults(
        ("balance.document", differ, "entries whose debits and credits differ"),
        ("balance.company", locally, "entries whose local amounts do not sum to zero"),
        ("balance.one_side", both_or_none, "entries with a line without exactly one side above zero"),
        ("balance.sign", data.having(signs), "entries with a local amount that is zero or on the wrong side"),
        ("balance.sides", one_sided, "entries without a debit or without a credit"),
        ("balance.line_numbers", misnumbered, "entries whose lines are not numbered 1, 2, 3 …"),
        ("balance.minor_units", data.flaws.inexact, "amounts that are not a whole number of minor units"),
    )


def number_checks(data: Dataset, config: Config) -> list[Check]:
    """Check that document numbers have no gaps, and that fiscal years and periods follow from dates."""
    year, period, last = _fiscal(data, config)
    entries = data.entries
    special = (entries.fiscal_period > MONTHS) & (entries.fiscal_period <= LAST_SPECIAL)
    right = (entries.fiscal_period == period) | (special & (last | data.called_for))
    return no_faults(
        ("numbers.gapless", _gaps(data, config), "entries whose document number is not the next one"),
        ("numbers.year", entries.fiscal_year != year, "entries whose fiscal year does not match their date"),
        (
            "numbers.period",
            ~right,
            "entries whose period does not match their date, or is 13 to 16 on a wrong day",
        ),
    )


def _gaps(data: Dataset, config: Config) -> Truths:
    """Tell which entries do not count on from the last of their company, year and type.

    A year that begins inside the data counts from 1.
    """
    entries = data.entries
    order, starts = groups(key_of(entries.company_code, entries.fiscal_year, entries.document_type))
    number = entries.document_number[order]
    wrong = np.ones(number.size, dtype=np.bool_)
    wrong[1:] = number[1:] != number[:-1] + 1
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    begins_inside = entries.fiscal_year[order][starts] != fiscal.year(to_date(horizon(config)[0]))
    first = number[starts]
    wrong[starts] = np.where(begins_inside, first != 1, first < 1)
    found = np.zeros(data.count, dtype=np.bool_)
    found[order] = wrong
    return found


def _fiscal(data: Dataset, config: Config) -> tuple[Ints, Ints, Truths]:
    """Return each entry's fiscal year and period, and whether it is posted on a year's last day."""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    days, place = np.unique(data.entries.posting_date, return_inverse=True)
    dates = [to_date(int(day)) if 0 <= day < LAST_DATE else None for day in days]
    year = np.array([fiscal.year(when) if when else -1 for when in dates])
    period = np.array([fiscal.period(when) if when else -1 for when in dates])
    ends = [when is not None and fiscal.ends_year(when) and when == month_end(when) for when in dates]
    last = np.array(ends, dtype=np.bool_)
    return year[place], period[place], last[place]


def approval_checks(data: Dataset, config: Config) -> list[Check]:
    """Check users, approvers, their limits, and the order of entering and approving."""
    entries, known = data.entries, data.users.known
    approved = entries.approved_by >= 0
    unknown = ~known[entries.created_by] | (approved & ~known[entries.approved_by])
    limit = limits(data, config)[entries.company_code]
    # People reverse as well, whoever entered the original.
    needed = data.of_source("manual", "adjustment", "reversal") & (data.local_total > limit)
    self_approved = approved & (entries.approved_by == entries.created_by)
    beyond = approved & (data.users.approval_limit[entries.approved_by] < data.local_total)
    timed = entries.approved_at != NEVER
    mistimed = (timed != approved) | (timed & (entries.approved_at < entries.created_at))
    above = f"above {config.approval.thresholds[0]:,} dollars or the equivalent"
    return no_faults(
        ("approval.users", unknown, "entries created or approved by users who are not listed"),
        (
            "approval.missing",
            needed & ~approved,
            f"manual entries or reversals {above} without approval",
        ),
        ("approval.other", self_approved, "entries approved by the user who entered them"),
        ("approval.limit", beyond, "entries approved by a user with a lower limit"),
        ("approval.time", mistimed, "entries approved before their creation, or without an approval time"),
    )
