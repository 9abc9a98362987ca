"""Shape 8: foreign currency, at one rate a day, with nothing lost in translation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, no_faults, not_judged, only_from, share_near
from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import buys_or_sells
from datasynth.evaluation.keys import groups, key_of
from datasynth.evaluation.money import (
    RATE_DIGITS,
    RATE_PLACES,
    company_decimals,
    document_decimals,
    foreign,
    home_currency,
    rate_of,
    worth,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

TOLERANCE = 0.005
DEVIATIONS = 4.0


def currency_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the foreign share, rates and translation."""
    abroad = foreign(data, config)
    # By code, and in the last place, where absent ones point, none.
    rates = [*map(rate_of, data.vocabulary.words["rates"]), None]
    one = np.array([rate == 1 for rate in rates])[data.entries.exchange_rate]
    printed = np.array([rate is not None for rate in rates])[data.entries.exchange_rate]
    wrong = data.lines.local_amount != data.lines.debit - data.lines.credit
    wrong &= ~abroad[data.entry]
    others = np.flatnonzero((abroad & printed)[data.entry])
    wrong[others] = data.lines.local_amount[others] != _translated(data, config, others, rates)
    others_of_day = _other_rates(data, config, abroad)
    wrongly = "entries in the company's currency with another rate, or other entries with rate 1"
    least = f"at least {RATE_PLACES} places, {RATE_DIGITS} digits"
    at_rate = "entries with a local amount that differs from the amount at the printed rate"
    return only_from(MANY, data.count, _share(data, config, abroad)) + no_faults(
        ("currency.rate_of_one", one == abroad, wrongly),
        ("currency.printed", ~printed, f"entries whose rate is not a plain decimal with {least}"),
        ("currency.one_rate", others_of_day, "entries with another rate than entries of the same day"),
        ("currency.translated", data.having(wrong), at_rate),
    )


def _share(data: Dataset, config: Config, abroad: Truths) -> Check:
    """Check how many entries are foreign: none where the data has no sales and no purchases.

    Dealings between companies have the currencies that they have.
    """
    wanted = config.transactions.foreign_currency_share if buys_or_sells(config) else 0.0
    counted = ~data.called_for & ~data.of_type("IC", "IV", "ZC")
    if not counted.any():
        return not_judged("currency.share", "all entries are intercompany entries")
    found = np.count_nonzero(abroad & counted)
    tolerance, note = TOLERANCE if wanted else 0.0, "of the entries, except intercompany entries"
    return share_near("currency.share", found, data.count, wanted, tolerance, DEVIATIONS, note)


def _other_rates(data: Dataset, config: Config, abroad: Truths) -> Truths:
    """Tell which foreign entries differ from the first of their day and currencies.

    A reversal has the rate of what it reverses, whatever that day's is.
    """
    entries = data.entries
    judged = np.flatnonzero(abroad & (entries.reversal_of == NO_PRINT))
    home = home_currency(data, config)[entries.company_code[judged]]
    order, starts = groups(key_of(entries.posting_date[judged], entries.currency[judged], home))
    rates = entries.exchange_rate[judged][order]
    sizes = np.diff(np.append(starts, rates.size))
    found = np.zeros(data.count, dtype=np.bool_)
    found[judged[order]] = rates != np.repeat(rates[starts], sizes)
    return found


def _translated(data: Dataset, config: Config, lines: Ints, rates: Sequence[Decimal | None]) -> Ints:
    """Return what lines in foreign currency are worth in that of their company. [minor units]

    What the lines of a side come to so far is valued, line by line and rounded half up; a
    line has what its own amount adds to that, so that rounding is never lost nor gained.
    """
    entry = data.entry[lines]
    finer = (
        document_decimals(data)[data.entries.currency]
        - company_decimals(data, config)[data.entries.company_code]
    )[entry]
    known = [rates[code] or Decimal(1) for code in data.entries.exchange_rate[entry].tolist()]
    found = np.zeros(lines.size, dtype=np.int64)
    for side, sign in ((data.lines.debit, 1), (data.lines.credit, -1)):
        amounts = np.maximum(side[lines], 0)
        reached = np.cumsum(amounts)
        reached -= (reached - amounts)[np.searchsorted(entry, entry)]
        found += sign * (worth(reached, known, finer) - worth(reached - amounts, known, finer))
    return found
