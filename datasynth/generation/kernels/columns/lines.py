"""Line columns of placed entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.columns.splits import NEXT, amount_of, begin_split, left_after
from datasynth.generation.kernels.columns.vendor_numbers import printed_number
from datasynth.generation.kernels.drawn_amounts import part_of
from datasynth.generation.kernels.reading_ahead import prefetch
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL
from datasynth.generation.kernels.valued import BOOKED, FOREIGN, PAID, SETTLES, valued
from datasynth.generation.kernels.wrong_amounts import BANK_ACCOUNT
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.columns.block_columns import EntryColumns, EntryFacts, LineColumns
    from datasynth.generation.kernels.columns.codes import Profiles
    from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records

AHEAD = 8
"""Entries from the fetch of a row to that of its lines, and from that to their use; found by trial."""

CENTERS_OF_PROFIT_CENTER = 8
"""Cost centres of one profit centre."""


@kernel
def sides_of(row: np.record, version: int) -> tuple[np.int64, np.int64]:
    """Return the template lines of a document's debits, and the one of its row that is its first.

    A reversal has the row's credits first, as debits.
    """
    if version == REVERSAL:
        return np.int64(row.template_lines - row.debits), np.int64(row.debits)
    return np.int64(row.debits), np.int64(0)


@kernel
def source_of(place: int, turned: int | np.int64, row: np.record) -> int:
    """Return which of its row's template lines is at a place of a document; see `sides_of`."""
    within = place + turned if place < row.template_lines - turned else place + turned - row.template_lines
    line: int = row.first_line + within
    return line


@kernel
def posted_account(account: int, mistake: int, accounts: Records) -> np.uintp:
    """Return the account of a line, which a wrong document may have mistaken."""
    return np.uintp(accounts[np.uintp(account)].mistaken if mistake == BANK_ACCOUNT else account)


@kernel
def center_of(step: int | np.int64, centers: int) -> np.int64:
    """Return the cost centre so many steps after the first one, of so many in a ring."""
    return np.int64(np.uint64(step) % np.uint64(centers))


@kernel
def fetch_rows(entry: int, entry_rows: NDArray[np.uint64], rows: Records, template_lines: Records) -> None:
    """Fetch the row and the template lines that entries some turns later read."""
    last = len(entry_rows) - 1
    prefetch(rows, entry_rows[min(entry + 2 * AHEAD, last)])
    # This row has been fetched already, so that its place of the lines is at hand.
    first = rows[entry_rows[min(entry + AHEAD, last)]].first_line
    prefetch(template_lines, first)
    prefetch(template_lines, first + 2)


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

    Amounts are those of the templates; `value_lines` corrects those that cases draw.
    """
    # long: one loop reads once what all lines of a posting share, and stores it.
    rows, template_lines = source.rows, source.lines
    debit, credit, local_amount = lines.debit, lines.credit, lines.local_amount
    account, item_kind = lines.account, lines.assignment_kind
    cost_center, profit_center, text = lines.cost_center, lines.profit_center, lines.line_text
    line_partner, line_trading, value_day = lines.partner, lines.trading_partner, lines.value_day
    tax_code, tax_amount, item = lines.tax_code, lines.tax_amount, lines.assignment_number
    postings, versions, entry_rows = profiles.postings, placements.version, placements.row.view(np.uint64)
    series_at, profile_at = placements.series.view(np.uint32), facts.profile.view(np.uint32)
    for entry in range(len(entry_rows)):
        fetch_rows(entry, entry_rows, rows, template_lines)
        row, series = rows[entry_rows[entry]], series_table[series_at[entry]]
        number, trading = placements.number[entry], facts.trading_partner[entry]
        first_posting = profiles.profiles[profile_at[entry]].first_posting
        debits, turned = sides_of(row, versions[entry])
        mistake = series.mistake if versions[entry] > 0 else 0
        end = placements.first_line[entry]
        for place in range(row.template_lines):
            # Unsigned numbers spare every index and remainder a test for being negative.
            copied = template_lines[np.uintp(source_of(place, turned, row))]
            posted, parts = posted_account(copied.account, mistake, accounts), copied.parts
            kind, posting = accounts[posted], postings[np.uintp(first_posting + copied.posting)]
            amount = copied.amount + copied.jitter_unit * placements.jitter[entry]
            begin, end, on_debit = end, end + parts, place < debits
            state, left = begin_split(series.key, number, copied.split, parts)
            step = place if posting.spread else facts.center[entry] + np.int64(posted)
            center = center_of(step, centers) if kind.of_result else np.int64(-1)
            # What is the same for all lines is read once, since stores might change what is read again.
            tax, words, partner, paper = posting.tax, posting.text, np.int32(-1), (np.int64(-1), np.int64(0))
            if posting.item_kind >= 0:
                partner, of_case = facts.partner[entry], placements.items[entry, posting.item_index]
                paper = printed_number(styles, posting.item_kind, partner, of_case)
            day = entries.posting_day[entry] if kind.of_bank else np.int32(-1)
            # Every line has one minor unit; they share what else there is.
            rest = amount - parts
            spare = np.uint64(rest)
            for at in range(begin, end):
                line, after = np.uintp(at), np.int64(0)
                if at + 1 < end:
                    state += NEXT
                    left = left_after(state, left, end - at)
                    after = amount_of(left, spare)
                part, rest = rest - after + 1, after
                debit[line] = part if on_debit else 0
                credit[line] = 0 if on_debit else part
                local_amount[line] = part if on_debit else -part
                account[line], line_trading[line] = posted, trading
                cost_center[line], profit_center[line] = center, center // CENTERS_OF_PROFIT_CENTER
                line_partner[line], item_kind[line], item[line] = partner, paper[0], paper[1]
                tax_amount[line] = part if tax >= 0 else 0
                text[line], tax_code[line], value_day[line] = words, tax, day


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
    """Give the lines of cases that draw their amounts these amounts; one turn is one entry.

    Lines come from `fill_lines`, with parts of the amounts.
    """
    series_at, first_line = placements.series.view(np.uint32), placements.first_line
    debit, credit, local_amount = lines.debit, lines.credit, lines.local_amount
    for entry in range(len(series_at)):
        series = series_table[series_at[entry]]
        if series.distribution < 0:
            continue
        row, first, last = source.rows[placements.row[entry]], first_line[entry], first_line[entry + 1]
        booked, paid = placements.booked[entry], placements.paid[entry]
        first_posting = profiles.profiles[facts.profile[entry]].first_posting
        debits, turned = sides_of(row, placements.version[entry])
        # These documents have one line for each template line.
        middle = first + debits
        for line in range(first, last):
            copied = source.lines[source_of(line - first, turned, row)]
            amount = part_of(booked, copied.amount, series.whole)
            if series.valuation == SETTLES:
                value = profiles.postings[first_posting + copied.posting].value
                amount = booked if value == BOOKED else paid if value == PAID else abs(paid - booked)
            local = amount
            if series.valuation == FOREIGN:
                # One line a side, so nothing is lost by rounding each of them.
                rate = rates.rates[series.rate, LEAD_DAYS + placements.rate_day[entry]]
                local = valued(amount, rate, rates.divisor[series.rate])
            debit[line] = amount if line < middle else 0
            credit[line] = 0 if line < middle else amount
            local_amount[line] = local if line < middle else -local
