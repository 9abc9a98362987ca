"""What a journal takes, estimated from its configuration before anything is built.

Quantities are counted, such as cells of the schedule and lines of template pools; what
each takes was measured.  ``python -m bench.cost`` measures again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.balances import CHECKPOINT_BITS
from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.parties.directory import lay_pools
from datasynth.generation.schedule.allocation import exact
from datasynth.generation.schedule.day_weights import Horizon
from datasynth.generation.schedule.document_series import closing_types, trading_ring
from datasynth.generation.schedule.lags import scaled_lag
from datasynth.generation.schedule.mix import case_mix, process_shares
from datasynth.generation.templates.pool_sizes import (
    TemplatePoolNeed,
    dealt_templates,
    is_free,
    line_budget,
    long_lines,
    mean_lines,
    step_lines,
    template_lines,
    template_pool_sizes,
)
from datasynth.generation.templates.pools import MAIN_PART, Regime, regime_of_cases
from datasynth.ledger.chart import chart_of
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS
from datasynth.ledger.roles import PERSONAS, role_sizes

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.ledger.processes import CaseKind

COEFFICIENTS = {
    "journal": 6e6,
    "leaf_days": 12.0,
    "start_days": 8.0,
    "lag_days": 72.0,
    "deck_lines": 22.0,
    "deck_rows": 100.0,
    "prefix_cells": 4.0,
    "shape_cells": 5.0,
    "account_months": 20.0,
    "closing_lines": 300.0,
    "companies": 60e3,
    "users": 50.0,
}
"""What a unit of each of `quantities` takes at the peak of a build. [bytes]"""

PARTNER = 200.0
"""What a partner takes while an encoder is made; a third of it stays. [bytes]"""

MARGIN = 1.35
"""By how much estimates are above what was measured on average."""


def estimate_bytes(config: Config) -> int:
    """Return about how much resident memory building and holding a journal takes, rather more than less.

    Parameters
    ----------
    config
        Of the journal.

    Returns
    -------
    int
        In addition to what the process uses anyway; an encoder, without which a
        journal is of no use, is counted where it takes much. [bytes]
    """
    counted = quantities(config)
    built = MARGIN * sum(COEFFICIENTS[name] * counted[name] for name in COEFFICIENTS)
    return int(built + PARTNER * most_partners(config))


def most_partners(config: Config) -> int:
    """Return how many partners entries can name at most."""
    pools = lay_pools(config)
    abroad = pools.abroad_size.sum(axis=2)
    parts = (pools.size - abroad, *np.moveaxis(pools.abroad_size, 2, 0))
    return sum(int(np.minimum(part, 1 << CHOICE_BITS).sum()) for part in parts)


def quantities(config: Config) -> dict[str, float]:
    """Count what memory goes to.

    Parameters
    ----------
    config
        Of the journal.

    Returns
    -------
    dict
        By the names of `COEFFICIENTS`.
    """
    companies, months = len(config.companies), config.general.period_months
    days = Horizon.of(config).days
    frontier = days + LEAD_DAYS
    accounts = len(chart_of(config.chart_of_accounts.complexity).accounts)
    series = companies * (_series(paired=bool(trading_ring(config))) + len(closing_types()))
    lags = {scaled_lag(step, config.document_flows) for kind in CASE_KINDS for step in kind.steps}
    countries = {company.country for company in config.companies}
    staff = role_sizes({persona: getattr(config.user_personas, persona) for persona in PERSONAS})
    monthly = config.transactions.target_count / companies / months
    closing = companies * months * min(monthly / _OF_MONTH + 1, _MOST_CLOSING)
    return {
        "journal": 1.0,
        "leaf_days": float(series * (days + 1)),
        "start_days": float(companies * len(CASE_KINDS) * frontier),
        "lag_days": float(len(lags) * len(countries) * frontier),
        "account_months": float(companies * months * accounts),
        "closing_lines": closing * _CLOSING_LINES + companies * (months / 12 + 1) * accounts / 3,
        "companies": float(companies),
        "users": float(companies * sum(staff.values())),
        **_template_pool_quantities(config),
    }


# A close takes about a twelfth of its month's entries, and has at most so many, of so many lines.
_OF_MONTH = 12
_MOST_CLOSING = 30
_CLOSING_LINES = 4


@cache
def _series(*, paired: bool) -> int:
    """Count the series of a company, closes aside."""
    return sum(len(kind.steps) for kind in (*CASE_KINDS, *SINGLE_KINDS) if paired or not kind.intercompany)


def _template_pool_quantities(config: Config) -> dict[str, float]:
    """Count lines, rows, sums and shapes of the template pools that a schedule would need."""
    items = config.transactions.line_items
    total = config.transactions.target_count
    kinds = (*CASE_KINDS, *SINGLE_KINDS)
    cases = _cases(config)
    fixed = sum(
        count for kind, count in zip(kinds, cases, strict=True) for step in kind.steps if not is_free(step)
    )
    long = long_lines(items, total, min(fixed, total), 2.0 * min(fixed, total))
    needs, dealt = _needs(config, kinds, cases, long)
    sizes = template_pool_sizes(needs, line_budget(mean_lines(items) * total))
    chart = chart_of(config.chart_of_accounts.complexity)
    lines = rows = prefix = groups = 0.0
    for kind, need, templates in zip(dealt, needs, sizes, strict=True):
        shaped = dealt_templates(templates, need.cases)
        checkpoints = max(templates // CLASSES >> CHECKPOINT_BITS, 1) + 1
        for step in kind.steps:
            few = step_lines(step, 0.0)
            lines += step_lines(step, long) * shaped + few * (templates - shaped)
            rows += templates
            sides = sum(
                min(len(chart.pools[posting.pool]), _MOST_SIDES) for posting in (*step.debit, *step.credit)
            )
            prefix += CLASSES * checkpoints * sides
            groups += 1
    return {
        "deck_lines": lines,
        "deck_rows": rows,
        "prefix_cells": prefix,
        "shape_cells": groups * 3 * (items.max_lines - 1),
    }


_MOST_SIDES = 60


def _cases(config: Config) -> list[float]:
    """Return about how many cases of each kind, and single documents, all companies have."""
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


def _needs(
    config: Config, kinds: tuple[CaseKind, ...], cases: list[float], long: float
) -> tuple[list[TemplatePoolNeed], list[CaseKind]]:
    """Return what template pools there are, and the kind of each."""
    whole = sum(exact(company.volume_weight) for company in config.companies)
    parts = [float(exact(company.volume_weight) / whole) for company in config.companies]
    largest = max(parts)
    # Cases that began in the lead days count as well.
    more = 1.0 + LEAD_DAYS / Horizon.of(config).days
    total = config.transactions.target_count
    needs, dealt = [], []
    for place, (kind, count) in enumerate(zip(kinds, cases, strict=True)):
        most = count * more * largest if place < len(CASE_KINDS) else count
        regimes: dict[Regime, float] = {}
        for case_company, part in enumerate(parts):
            regime = regime_of_cases(config, case_company, kind)
            regimes[regime] = regimes.get(regime, 0.0) + part
        for part in regimes.values():
            main = count * part * len(kind.steps) * 1_000 >= total * MAIN_PART
            valued = kind.abroad >= 0 or kind.intercompany
            needs.append(TemplatePoolNeed(int(most) + 1, main, valued, template_lines(kind, long)))
            dealt.append(kind)
    return needs, dealt
