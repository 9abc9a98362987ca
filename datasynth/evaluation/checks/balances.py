"""Shape 9: balances follow from the entries, and both sides of the books agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.gates import Gate, count_of_faults
from datasynth.evaluation.pools import CASH, DEPRECIATED, in_pools
from datasynth.evaluation.sums import lowest_at_day_ends, movements, shape_of_books, table_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset, OpenItems


def check_balances(data: Dataset, config: Config) -> list[Gate]:
    """Judge the balances beside the entries, cash and fixed assets."""
    table = data.balances
    opening, debit, credit, balance = (
        table_of(data, table.company, table.account, column)
        for column in (table.opening, table.debit, table.credit, table.balance)
    )
    local = data.lines.local_amount
    posted = (movements(data, np.maximum(local, 0)), movements(data, np.maximum(-local, 0)))
    wrong = (debit != posted[0]) | (credit != posted[1]) | (balance != opening + posted[0] - posted[1])
    return [
        count_of_faults(
            "ties.opening",
            np.count_nonzero(opening.sum(axis=1)),
            "companies whose opening balances do not sum to nil",
        ),
        count_of_faults(
            "ties.movements",
            np.count_nonzero(wrong),
            "accounts of a company whose opening, turnover and balance do not follow from the entries",
        ),
        _equation(data, balance),
        _control("ties.control_start", data, opening, data.open_at_start),
        _control("ties.control_end", data, balance, data.open_at_end),
        _cash(data, config, opening),
        _depreciation(data, config, opening),
    ]


def _equation(data: Dataset, balance: NDArray[np.int64]) -> Gate:
    known = data.accounts.of_type("asset", "liability", "equity", "revenue", "expense")
    return count_of_faults(
        "ties.equation",
        np.count_nonzero(balance[:, known].sum(axis=1)),
        "companies whose assets are not liabilities, equity and result",
    )


def _control(name: str, data: Dataset, balance: NDArray[np.int64], items: OpenItems) -> Gate:
    summed = table_of(data, items.company, items.account, items.local_amount)
    control = data.accounts.control
    wrong = (summed != np.where(control, balance, 0)).sum()
    return count_of_faults(name, wrong, "control accounts that are not the sum of their open items")


def _cash(data: Dataset, config: Config, opening: NDArray[np.int64]) -> Gate:
    companies, accounts = shape_of_books(data)
    cash = in_pools(data, config, *CASH)
    lines = np.flatnonzero(cash[data.lines.account])
    groups = (data.line_company[lines].astype(np.int64) % companies) * accounts + data.lines.account[lines]
    lowest = lowest_at_day_ends(data, lines, groups, np.where(cash, opening, 0).ravel())
    return count_of_faults(
        "ties.cash", np.count_nonzero(lowest < 0), "cash and bank accounts below nil at the end of some day"
    )


def _depreciation(data: Dataset, config: Config, opening: NDArray[np.int64]) -> Gate:
    companies, _ = shape_of_books(data)
    below = 0
    for name in DEPRECIATED:
        net = in_pools(data, config, name, f"{name}_depreciation")
        lines = np.flatnonzero(net[data.lines.account])
        groups = data.line_company[lines].astype(np.int64) % companies
        lowest = lowest_at_day_ends(data, lines, groups, opening[:, net].sum(axis=1))
        below += int(np.count_nonzero(lowest < 0))
    return count_of_faults(
        "ties.depreciation", below, "classes of assets of a company that are depreciated beyond their cost"
    )
