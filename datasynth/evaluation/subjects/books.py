"""Whether the books tie: balances follow from entries, items from lines, results go to retained earnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import no_faults, not_judged
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import year_ends
from datasynth.evaluation.items import item_keys, item_movements
from datasynth.evaluation.keys import groups, running
from datasynth.evaluation.pools import CASH, DEPRECIATED, in_pools
from datasynth.evaluation.sums import lowest_at_day_ends, movements, shape_of_books, table_of

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Codes, Ints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset, OpenItems
    from datasynth.evaluation.items import ItemMovements

PAYMENTS = ("DZ", "KZ", "ZA", "ZR", "ZC")
"""Document types that clear items and cannot open one."""


def balance_table_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the balances beside the entries, cash and fixed assets."""
    table = data.balances
    opening, debit, credit, balance = (
        table_of(data, table.company, table.account, column)
        for column in (table.opening, table.debit, table.credit, table.balance)
    )
    local = data.lines.local_amount
    posted = (movements(data, np.maximum(local, 0)), movements(data, np.maximum(-local, 0)))
    wrong = (debit != posted[0]) | (credit != posted[1]) | (balance != opening + posted[0] - posted[1])
    typed = data.accounts.of_type("asset", "liability", "equity", "revenue", "expense")
    unopened = np.count_nonzero(opening.sum(axis=1))
    unequal = np.count_nonzero(balance[:, typed].sum(axis=1))
    overdrawn = _overdrawn(data, config, opening)
    overdepreciated = sum(_overdepreciated(data, config, opening, asset) for asset in DEPRECIATED)
    not_following = "accounts whose opening balance, turnover and balance do not match the entries"
    beyond_cost = "asset classes whose depreciation is above their cost"
    return no_faults(
        ("ties.opening", unopened, "companies whose opening balances do not sum to zero"),
        ("ties.movements", np.count_nonzero(wrong), not_following),
        ("ties.equation", unequal, "companies whose assets differ from liabilities, equity and result"),
        _control("ties.control_start", data, opening, data.open_at_start),
        _control("ties.control_end", data, balance, data.open_at_end),
        ("ties.cash", overdrawn, "cash and bank accounts below zero at the end of a day"),
        ("ties.depreciation", overdepreciated, beyond_cost),
    )


def _control(name: str, data: Dataset, balance: Ints, items: OpenItems) -> tuple[str, int, str]:
    summed = table_of(data, items.company, items.account, items.local_amount)
    wrong = summed != np.where(data.accounts.control, balance, 0)
    return name, int(np.count_nonzero(wrong)), "control accounts that differ from the sum of their open items"


def _overdrawn(data: Dataset, config: Config, opening: Ints) -> int:
    companies, accounts = shape_of_books(data)
    cash = in_pools(data, config, *CASH)
    lines = np.flatnonzero(cash[data.lines.account])
    groups = (data.line_company[lines].astype(np.int64) % companies) * accounts + data.lines.account[lines]
    lowest = lowest_at_day_ends(data, lines, groups, np.where(cash, opening, 0).ravel())
    return int(np.count_nonzero(lowest < 0))


def _overdepreciated(data: Dataset, config: Config, opening: Ints, asset: str) -> int:
    companies, _ = shape_of_books(data)
    net = in_pools(data, config, asset, f"{asset}_depreciation")
    lines = np.flatnonzero(net[data.lines.account])
    groups = data.line_company[lines].astype(np.int64) % companies
    lowest = lowest_at_day_ends(data, lines, groups, opening[:, net].sum(axis=1))
    return int(np.count_nonzero(lowest < 0))


def open_item_checks(data: Dataset, _: Config) -> list[Check]:
    """Check every item, and what payments say they clear.

    An item is a company, a control account, a partner and an assignment.  If every item
    keeps to its side and ends as the list of open items says, control accounts equal their
    open items after every single entry.
    """
    posted = np.flatnonzero(data.accounts.control[data.lines.account])
    moved = item_movements(data, posted)
    side = np.repeat(np.sign(moved.amount[moved.starts]), moved.sizes)
    crossed = moved.items_with(moved.balance * side < 0)
    entry = np.where(moved.line >= 0, data.entry[moved.line], 0)
    is_first = np.zeros(moved.line.size, dtype=np.bool_)
    is_first[moved.starts] = True
    reversing = data.entries.reversal_of[entry] != NO_PRINT
    # Several lines of one entry open an item together.
    again = np.zeros(moved.line.size, dtype=np.bool_)
    again[1:] = (moved.line[:-1] >= 0) & (moved.line[1:] >= 0) & (entry[1:] == entry[:-1]) & ~is_first[1:]
    # What was wrong and is reversed opened nothing for good.
    aside = reversing | again | data.undone[entry]
    opens = (np.sign(moved.amount) == side) & ~((moved.line >= 0) & aside)
    pays = data.of_type(*PAYMENTS)[entry] & (moved.line >= 0)
    reopened = np.count_nonzero(moved.items_with(opens) > 1)
    unassigned = _entries(data, posted[data.lines.assignment[posted] == NO_PRINT])
    return no_faults(
        ("ties.items", np.count_nonzero(crossed), "open items whose sign changes"),
        ("ties.items_end", _unlike(data, moved), "open items whose final amount differs from the list"),
        ("ties.opened_once", reopened, "items that are opened more than once, except by reversed entries"),
        ("links.assigned", unassigned, "entries with a line on a control account without an item"),
        (
            "links.payments",
            _entries(data, moved.line[pays & is_first]),
            "payments of items that are not open",
        ),
    )


def _unlike(data: Dataset, moved: ItemMovements) -> int:
    """Count the items whose end differs from the list's: one against the other leaves nothing."""
    last = moved.balance[moved.starts + moved.sizes - 1]
    listed = data.open_at_end
    key = np.concatenate([moved.key, item_keys(listed)])
    order, starts = groups(key)
    left = running(np.concatenate([last, -listed.local_amount])[order], starts)
    ends = np.append(starts[1:], key.size) - 1
    return int(np.count_nonzero(left[ends])) if key.size else 0


def _entries(data: Dataset, lines: Ints) -> Truths:
    found = np.zeros(data.count, dtype=np.bool_)
    found[data.entry[lines]] = True
    return found


def year_end_checks(data: Dataset, config: Config) -> list[Check]:
    """Check income, expense and retained earnings at each year end that a company has closed."""
    result = data.accounts.of_type("revenue", "expense")
    summary = in_pools(data, config, "income_summary")
    retained = in_pools(data, config, "retained_earnings")
    local = data.lines.local_amount
    closing = np.where(data.having(summary[data.lines.account])[data.entry], local, 0)
    table = data.balances
    # Not closed yet: the year's result so far; and what is left on the accounts.
    standing = table_of(data, table.company, table.account, table.opening)
    earned = standing[:, result].sum(axis=1)
    held = left = unmoved = at = 0
    for day in year_ends(config):
        upto = int(np.searchsorted(data.entries.posting_date, day, side="right"))
        posted = movements(data, local, at, upto)
        closed = movements(data, closing, at, upto)
        standing = standing + posted
        earned = earned + (posted - closed)[:, result].sum(axis=1)
        companies = _closers(data, day, slice(at, upto))
        held += companies.size
        left += int(np.count_nonzero(standing[companies][:, result | summary]))
        unmoved += int(np.count_nonzero(closed[companies][:, retained].sum(axis=1) != earned[companies]))
        earned[companies] = 0
        at = upto
    if not held:
        why = "the data has no year-end close"
        return [not_judged("ties.result_zero", why), not_judged("ties.retained", why)]
    return no_faults(
        (
            "ties.result_zero",
            left,
            f"income and expense accounts that are not zero after one of {held} year ends",
        ),
        (
            "ties.retained",
            unmoved,
            f"of {held} year ends, those where retained earnings do not change by the result",
        ),
    )


def _closers(data: Dataset, day: int, part: slice) -> Codes:
    """Return the companies that close their year on a day, looked for among some entries."""
    closing = data.of_type("CL")[part] & (data.entries.posting_date[part] == day)
    companies = np.unique(data.entries.company_code[part][closing])
    return companies[companies >= 0]
