"""Shape 8: foreign currency, at one rate a day, with nothing lost in translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_PRINT, RATE_UNIT
from datasynth.evaluation.gates import MANY, Gate, no_faults, not_judged, only_from, share_near
from datasynth.evaluation.mixing import groups, key_of
from datasynth.evaluation.money import foreign, home_currency, units_per_local_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

TOLERANCE = 0.005
DEVIATIONS = 4.0


def check_currency(data: Dataset, config: Config) -> list[Gate]:
    """Judge the foreign share, rates and translation."""
    abroad = foreign(data, config)
    one = data.entries.exchange_rate == RATE_UNIT
    return [
        *only_from([_share(data, config, abroad)], data.count, MANY),
        no_faults(
            "currency.rate_of_one",
            one == abroad,
            "entries in their company's currency without it, or others with it",
        ),
        no_faults(
            "currency.one_rate",
            _other_rates(data, config, abroad),
            "entries at a rate that another of that day has not",
        ),
        no_faults(
            "currency.translated",
            data.per_entry(_wrong(data, config, abroad)) > 0,
            "entries with a local amount that is not the amount at its rate",
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


def _wrong(data: Dataset, config: Config, abroad: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which lines are translated wrongly; a foreign entry may round each line, all of it on one."""
    lines = data.lines
    signed = lines.debit - lines.credit
    wrong: NDArray[np.bool_] = lines.local_amount != signed
    others = np.flatnonzero(abroad[data.entry])
    entry = data.entry[others]
    rate = data.entries.exchange_rate[entry] / RATE_UNIT / units_per_local_unit(data, config)[entry]
    stray = np.abs(lines.local_amount[others] - signed[others] * rate)
    wrong[others] = stray > 1.0 + data.line_counts[entry] / 2
    return wrong
