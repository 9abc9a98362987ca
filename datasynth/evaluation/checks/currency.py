"""Shape 8: foreign currency, at one rate a day, with nothing lost in translation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_PRINT
from datasynth.evaluation.gates import MANY, Gate, no_faults, not_judged, only_from, share_near
from datasynth.evaluation.mixing import groups, key_of
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

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

TOLERANCE = 0.005
DEVIATIONS = 4.0


def check_currency(data: Dataset, config: Config) -> list[Gate]:
    """Judge the foreign share, rates and translation."""
    abroad = foreign(data, config)
    rates = [rate_of(text) for text in data.vocabulary.words["rates"]]
    one = np.array([rate == 1 for rate in (*rates, None)])[data.entries.exchange_rate]
    printed = np.array([rate is not None for rate in (*rates, None)])[data.entries.exchange_rate]
    return [
        *only_from([_share(data, config, abroad)], data.count, MANY),
        no_faults(
            "currency.rate_of_one",
            one == abroad,
            "entries in their company's currency without it, or others with it",
        ),
        no_faults(
            "currency.printed",
            ~printed,
            f"entries whose rate is no plain decimal of at least {RATE_PLACES} places, {RATE_DIGITS} digits",
        ),
        no_faults(
            "currency.one_rate",
            _other_rates(data, config, abroad),
            "entries at a rate that another of that day has not",
        ),
        no_faults(
            "currency.translated",
            data.per_entry(_wrong(data, config, abroad, rates)) > 0,
            "entries with a local amount that is not, to the minor unit, the amount at the printed rate",
        ),
    ]


def _share(data: Dataset, config: Config, abroad: NDArray[np.bool_]) -> Gate:
    """Judge how many entries are foreign; dealings between companies have the currencies that they have."""
    wanted = config.transactions.foreign_currency_share
    counted = ~data.called_for & ~data.of_type("IC", "IV", "ZC")
    entries = int(np.count_nonzero(counted))
    found = int(np.count_nonzero(abroad & counted))
    if not entries:
        return not_judged("currency.share", "there are none")
    tolerance = TOLERANCE if wanted else 0.0
    share = share_near("currency.share", found, data.count, wanted, tolerance, DEVIATIONS)
    return Gate(share.name, share.figure, share.low, share.high, "of the entries, intercompany aside")


def _other_rates(data: Dataset, config: Config, abroad: NDArray[np.bool_]) -> NDArray[np.bool_]:
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


def _wrong(
    data: Dataset, config: Config, abroad: NDArray[np.bool_], rates: Sequence[Decimal | None]
) -> NDArray[np.bool_]:
    """Tell which lines are translated wrongly.

    What the lines of a side come to so far is valued, line by line and rounded half up; a
    line has what its own amount adds to that, so that rounding is never lost nor gained.
    Where a rate cannot be read, nothing follows from it.
    """
    lines = data.lines
    signed = lines.debit - lines.credit
    wrong: NDArray[np.bool_] = lines.local_amount != signed
    wrong &= ~abroad[data.entry]
    printed = np.array([rate is not None for rate in (*rates, None)])[data.entries.exchange_rate]
    others = np.flatnonzero((abroad & printed)[data.entry])
    entry = data.entry[others]
    places = (
        document_decimals(data)[data.entries.currency]
        - company_decimals(data, config)[data.entries.company_code]
    )
    known = [rates[code] or Decimal(1) for code in data.entries.exchange_rate[entry].tolist()]
    found = np.zeros(others.size, dtype=np.int64)
    for side, sign in ((lines.debit, 1), (lines.credit, -1)):
        amounts = np.maximum(side[others], 0)
        reached = np.cumsum(amounts)
        begins = np.searchsorted(entry, entry)
        reached -= (reached - amounts)[begins]
        upto = worth(reached, known, places[entry])
        before = worth(reached - amounts, known, places[entry])
        found += sign * (upto - before)
    wrong[others] = lines.local_amount[others] != found
    return wrong
