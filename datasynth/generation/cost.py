"""The memory of a journal, estimated from its configuration before anything is built.

Quantities such as cells of the schedule and lines of template pools are counted; the
memory of a unit of each was measured.  ``python -m bench.cost`` measures again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.columns.codes import CHOICE_BITS
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES, LEAD_DAYS
from datasynth.generation.kernels.templates import UNIT_BITS
from datasynth.generation.parties.directory import party_ranges, staff_sizes
from datasynth.generation.schedule.allocation import exact
from datasynth.generation.schedule.day_weights import Horizon
from datasynth.generation.schedule.document_series import closing_types, trading_ring
from datasynth.generation.schedule.lags import scaled_lag
from datasynth.generation.schedule.mix import case_mix, process_shares
from datasynth.generation.templates.pool_sizes import (
    TemplatePoolNeed,
    line_budget,
    mean_lines,
    step_lines,
    template_lines,
    template_pool_sizes,
)
from datasynth.generation.templates.pools import currency_and_tax
from datasynth.ledger.chart import chart_of
from datasynth.ledger.processes import CASE_KINDS, NUMBER_RANGES, PROCESSES, SINGLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.config.model import Config
    from datasynth.ledger.processes import CaseKind

COEFFICIENTS = {
    "journal": 6e6,
    "series_days": 12.0,
    "start_days": 8.0,
    "lag_days": 140.0,
    "template_lines": 52.0,
    "template_rows": 100.0,
    "unit_cells": 8.0,
    "shape_cells": 5.0,
    "account_months": 20.0,
    "closing_lines": 300.0,
    "companies": 180e3,
    "users": 50.0,
}
"""Memory of a unit of each of `quantities` at the peak of a build. [bytes]"""

PARTNER = 200.0
"""Memory of a partner while an encoder is made; a third of it stays. [bytes]"""

MARGIN = 1.35
"""Factor by which estimates exceed the measured average."""

# A close has about a twelfth of its month's entries, at most 30, of about four lines.
_OF_MONTH = 12
_MOST_CLOSING = 30
_CLOSING_LINES = 4
# Most accounts of a large pool that the documents of a step use.
_MOST_SIDES = 60
_KINDS = (*CASE_KINDS, *SINGLE_KINDS)


def estimate_bytes(config: Config) -> int:
    """Estimate the resident memory for building and keeping a journal, rather high than low. [bytes]

    The memory of its encoder is included where it is large; that of the process is not.
    """
    counted = quantities(config)
    built = MARGIN * sum(COEFFICIENTS[name] * counted[name] for name in COEFFICIENTS)
    return int(built + PARTNER * most_partners(config))


def most_partners(config: Config) -> int:
    """Return the largest number of partners that entries can name."""
    ranges = party_ranges(config)
    abroad = ranges.abroad_size.sum(axis=2)
    parts = (ranges.size - abroad, *np.moveaxis(ranges.abroad_size, 2, 0))
    return sum(int(np.minimum(part, 1 << CHOICE_BITS).sum()) for part in parts)


def quantities(config: Config) -> dict[str, float]:
    """Count the units that take memory, by the names of `COEFFICIENTS`."""
    companies, months = len(config.companies), config.general.period_months
    days = Horizon.of(config).days
    frontier = days + LEAD_DAYS
    accounts = len(chart_of(config.chart_of_accounts.complexity).accounts)
    series = companies * (_series(with_partners=bool(trading_ring(config))) + len(closing_types()))
    lags = {
        tuple(scaled_lag(step, config.document_flows) for step in kind.steps[: upto + 1])
        for kind in CASE_KINDS
        for upto in range(len(kind.steps))
    }
    countries = {company.country for company in config.companies}
    monthly = config.transactions.target_count / companies / months
    closing = companies * months * min(monthly / _OF_MONTH + 1, _MOST_CLOSING)
    return {
        "journal": 1.0,
        "series_days": float(series * (days + 1)),
        "start_days": float(companies * len(CASE_KINDS) * frontier),
        "lag_days": float(len(lags) * len(countries) * frontier),
        "account_months": float(companies * months * accounts),
        "closing_lines": closing * _CLOSING_LINES + companies * (months / 12 + 1) * accounts / 3,
        "companies": float(companies),
        "users": float(companies * sum(staff_sizes(config).values())),
        **_template_pool_quantities(config),
    }


@cache
def _series(*, with_partners: bool) -> int:
    """Count the series of a company, closes aside; each range has two of wrong documents and reversals."""
    kinds = [kind for kind in _KINDS if with_partners or not kind.intercompany]
    return sum(len(kind.steps) for kind in kinds) + 2 * len(NUMBER_RANGES)


def _template_pool_quantities(config: Config) -> dict[str, float]:
    """Count lines, rows, sums and shapes of the template pools that a schedule would need."""
    items = config.transactions.line_items
    total = config.transactions.target_count
    cases = _cases(config)
    kinds, needs = zip(*_needs(config, cases), strict=True)
    sizes = template_pool_sizes(needs, line_budget(mean_lines(items) * total))
    chart = chart_of(config.chart_of_accounts.complexity)
    lines = rows = cells = groups = 0.0
    for kind, templates in zip(kinds, sizes, strict=True):
        units = max(templates >> CLASS_BITS + UNIT_BITS, 1) + 1
        for step in kind.steps:
            lines += step_lines(step) * templates
            rows += templates
            sides = sum(
                min(len(chart.pools[posting.pool]), _MOST_SIDES) for posting in (*step.debit, *step.credit)
            )
            cells += CLASSES * units * sides
            groups += 1
    return {
        "template_lines": lines,
        "template_rows": rows,
        "unit_cells": cells,
        "shape_cells": groups * 3 * (items.max_lines - 1),
    }


def _cases(config: Config) -> list[float]:
    """Estimate the number of cases of each kind, and of single documents, of all companies."""
    total = config.transactions.target_count
    mix = [float(cases) for cases in case_mix(config)]
    shares = process_shares(config)
    left = {process: share / sum(shares) for process, share in zip(PROCESSES, shares, strict=True)}
    for kind, cases in zip(CASE_KINDS, mix, strict=True):
        left[kind.process] -= cases * len(kind.steps)
    usual: dict[str, float] = {}
    for kind in SINGLE_KINDS:
        usual[kind.process] = usual.get(kind.process, 0.0) + kind.share
    singles = [max(left[kind.process], 0.0) * kind.share / usual[kind.process] for kind in SINGLE_KINDS]
    return [total * part for part in (*mix, *singles)]


def _needs(config: Config, cases: Sequence[float]) -> Iterator[tuple[CaseKind, TemplatePoolNeed]]:
    """Yield the kind of case and the need of each template pool."""
    weights = [exact(company.volume_weight) for company in config.companies]
    parts = [float(weight / sum(weights)) for weight in weights]
    # Cases that began in the lead days count as well.
    more = 1.0 + LEAD_DAYS / Horizon.of(config).days
    for kind, count in zip(_KINDS, cases, strict=True):
        begun = count * more if kind in CASE_KINDS else count
        shares: dict[tuple[str, int], float] = {}
        for case_company, part in enumerate(parts):
            key = currency_and_tax(config, case_company, kind)
            shares[key] = shares.get(key, 0.0) + part
        for share in shares.values():
            yield kind, TemplatePoolNeed(int(begun * share) + 1, kind.valued, template_lines(kind))
