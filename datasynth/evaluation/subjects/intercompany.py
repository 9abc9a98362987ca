"""What companies sell to one another stands in both books."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import no_faults, not_judged
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import horizon, trading_companies
from datasynth.evaluation.keys import key_of
from datasynth.evaluation.pools import in_pools

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Codes, Ints, Prints
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

LONGEST_LAG = 14
"""Days after which the other company has posted its side. [days]"""


class Invoices(NamedTuple):
    """One side of the pairs, a row a line on a control account.

    The key is made of seller, buyer and reference. [minor units of the document's currency]
    """

    key: Prints
    currency: Codes
    amount: Ints
    day: Ints


def intercompany_checks(data: Dataset, config: Config) -> list[Check]:
    """Check that each invoice has its counterpart of the same amount."""
    if trading_companies(config) < 2 or not config.business_processes.intercompany_weight:  # noqa: PLR2004  # it takes two
        why = "the data has no intercompany entries"
        return [not_judged("intercompany.pairs", why), not_judged("intercompany.amounts", why)]
    sold, bought = _invoices(data, config, seller=True), _invoices(data, config, seller=False)
    start, end = horizon(config)
    # The other half of a pair may lie before the start or past the end.
    alone = np.count_nonzero(~np.isin(sold.key, bought.key) & (sold.day < end - LONGEST_LAG))
    alone += np.count_nonzero(~np.isin(bought.key, sold.key) & (bought.day >= start + LONGEST_LAG))
    _, mine, theirs = np.intersect1d(sold.key, bought.key, return_indices=True)
    unlike = (sold.amount[mine] != bought.amount[theirs]) | (sold.currency[mine] != bought.currency[theirs])
    pairs = f"of {mine.size:,} pairs, those whose difference is not zero"
    return no_faults(
        ("intercompany.pairs", alone, "invoices in the books of only one company"),
        ("intercompany.amounts", np.count_nonzero(unlike), pairs),
    )


def _invoices(data: Dataset, config: Config, *, seller: bool) -> Invoices:
    pool, kind = ("intercompany_receivable", "IC") if seller else ("intercompany_payable", "IV")
    lines = data.lines
    # What was wrong and is reversed needs no counterpart.
    of_kind = data.of_type(kind) & (data.entries.reversal_of == NO_PRINT) & ~data.undone
    found = in_pools(data, config, pool)[lines.account] & of_kind[data.entry]
    found &= (lines.debit > 0) if seller else (lines.credit > 0)
    place = np.flatnonzero(found)
    entry = data.entry[place]
    company, partner = data.entries.company_code[entry], lines.trading_partner[place]
    pair = (company, partner) if seller else (partner, company)
    return Invoices(
        key_of(*pair, lines.assignment[place]),
        data.entries.currency[entry],
        lines.debit[place] + lines.credit[place],
        data.entries.posting_date[entry],
    )
