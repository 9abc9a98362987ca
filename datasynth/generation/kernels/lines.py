"""Line columns of placed entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import LEAD_DAYS
from datasynth.generation.kernels.valued import BOOKED, FOREIGN, LOCAL, PAID, valued
from datasynth.generation.kernels.vendor_numbers import printed_number
from datasynth.generation.kernels.wrong_amounts import BANK_ACCOUNT
from datasynth.generation.kernels.wrong_documents import REVERSAL
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from datasynth.generation.kernels.block_columns import EntryColumns, EntryFacts, LineColumns
    from datasynth.generation.kernels.codes import Profiles
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.placements import Placements
    from datasynth.generation.kernels.valued import Rates
    from datasynth.generation.kernels.vendor_numbers import VendorStyles
    from datasynth.kernel import Records

CENTERS_OF_PROFIT_CENTER = 8
"""Cost centres of one profit centre."""


@kernel
def sides_of(row: np.record, version: int) -> tuple[np.int64, np.int64]:
    """Return a document's number of debits, and the line of its row that is its first.

    A reversal has the row's credits first, as debits.
    """
    if version == REVERSAL:
        return np.int64(row.lines - row.debits), np.int64(row.debits)
    return np.int64(row.debits), np.int64(0)


@kernel
def posted_account(account: int, mistake: int, accounts: Records) -> np.uintp:
    """Return the account of a line, which a wrong document may have mistaken."""
    return np.uintp(accounts[np.uintp(account)].mistaken if mistake == BANK_ACCOUNT else account)


@kernel
def center_of(step: int | np.int64, centers: int) -> np.int64:
    """Return the cost centre so many steps after the first one, of so many in a ring."""
    return np.int64(np.uint64(step) % np.uint64(centers))


@kernel
def fill_lines(
    styles: VendorStyles,
    centers: int,
    series_table: Records,
    profiles: Profiles,
    accounts: Records,
    source: LineSource,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
    lines: LineColumns,
) -> None:
    """Copy every entry's row to its lines; the inner turn is one line.

    Amounts are right for documents in company currency; `value_lines` corrects the others.
    """
    rows, row_account, row_posting, row_amount, row_jitter_unit, _, _ = source
    account, debit, credit, local_amount = lines.account, lines.debit, lines.credit, lines.local_amount
    cost_center, profit_center, text = lines.cost_center, lines.profit_center, lines.line_text
    line_partner, line_trading, value_day = lines.partner, lines.trading_partner, lines.value_day
    tax_code, tax_amount, item = lines.tax_code, lines.tax_amount, lines.assignment_number
    item_kind = lines.assignment_kind
    profile, _, first_center, partner, trading_partner = facts
    first_line, posting_day, postings = placements.first_line, entries.posting_day, profiles.postings
    for entry in range(len(placements.row)):
        row, jitter, first = rows[placements.row[entry]], placements.jitter[entry], first_line[entry]
        first_posting = profiles.profiles[profile[entry]].first_posting
        debits, turned = sides_of(row, placements.version[entry])
        mistake = series_table[placements.series[entry]].mistake if placements.version[entry] > 0 else 0
        for place in range(row.lines):
            source_place = place + turned if place < row.lines - turned else place + turned - row.lines
            # Unsigned numbers spare every index and remainder a test for being negative.
            copied, line = np.uintp(row.first_line + source_place), np.uintp(first + place)
            posted = posted_account(row_account[copied], mistake, accounts)
            kind, posting = accounts[posted], postings[np.uintp(first_posting + row_posting[copied])]
            amount = row_amount[copied] + row_jitter_unit[copied] * jitter
            account[line], line_trading[line] = posted, trading_partner[entry]
            debit[line] = amount if place < debits else 0
            credit[line] = amount - debit[line]
            local_amount[line] = debit[line] - credit[line]
            center = np.int64(-1)
            if kind.of_result:
                step = source_place if posting.spread else first_center[entry] + np.int64(posted)
                center = center_of(step, centers)
            cost_center[line], profit_center[line] = center, center // CENTERS_OF_PROFIT_CENTER
            line_partner[line], item_kind[line], item[line] = -1, -1, 0
            if posting.item_kind >= 0:
                line_partner[line] = partner[entry]
                item_kind[line], item[line] = printed_number(
                    styles, posting.item_kind, partner[entry], placements.items[entry, posting.item_index]
                )
            text[line], tax_code[line] = posting.text, posting.tax
            tax_amount[line] = amount if posting.tax >= 0 else 0
            value_day[line] = posting_day[entry] if kind.of_bank else -1


@kernel
def value_lines(
    series_table: Records,
    profiles: Profiles,
    rates: Rates,
    source: LineSource,
    placements: Placements,
    facts: EntryFacts,
    lines: LineColumns,
) -> None:
    """Value the lines of documents in foreign currency and of their settlements; one turn is one entry.

    Lines come from `fill_lines`; settlements get new debits and credits as well.
    """
    place_series, place_row, first_line = placements.series, placements.row, placements.first_line
    debit, credit, local_amount = lines.debit, lines.credit, lines.local_amount
    for entry in range(len(place_series)):
        series = series_table[place_series[entry]]
        if series.valuation == LOCAL:
            continue
        row, first, last = source.rows[place_row[entry]], first_line[entry], first_line[entry + 1]
        debits, turned = sides_of(row, placements.version[entry])
        middle = first + debits
        if series.valuation == FOREIGN:
            rate = rates.rates[series.rate, LEAD_DAYS + placements.rate_day[entry]]
            # Differences of rounded sums, so each side comes to the rounded value of its whole.
            reached, before = np.int64(0), np.int64(0)
            for line in range(first, last):
                if line == middle:
                    reached, before = np.int64(0), np.int64(0)
                reached += debit[line] + credit[line]
                after = valued(reached, rate, rates.divisor[series.rate])
                local_amount[line] = after - before if line < middle else before - after
                before = after
            continue
        booked, paid = placements.booked[entry], placements.paid[entry]
        first_posting = profiles.profiles[facts.profile[entry]].first_posting
        for line in range(first, last):
            place = line - first + turned if line < last - turned else line - last + turned
            posting = profiles.postings[first_posting + source.posting[row.first_line + place]]
            amount = (
                booked if posting.value == BOOKED else paid if posting.value == PAID else abs(paid - booked)
            )
            debit[line] = amount if line < middle else 0
            credit[line] = 0 if line < middle else amount
            local_amount[line] = amount if line < middle else -amount
