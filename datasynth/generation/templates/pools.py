"""All template pools of a journal, with shapes that together meet the line counts."""

from __future__ import annotations

from functools import partial
from itertools import chain
from math import ceil
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.amount_levels import amount_levels
from datasynth.generation.templates.amounts import USUAL_LEVEL, AmountTerms
from datasynth.generation.templates.line_counts import LineCountGroup, fit_line_counts, line_count_table
from datasynth.generation.templates.pool import DraftSpec, PoolSpec, TemplatePool, TemplatePoolDraft
from datasynth.generation.templates.pool_sizes import (
    TemplatePoolNeed,
    line_budget,
    mean_lines,
    template_lines,
    template_pool_sizes,
    weight_of,
)
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import ANCHOR, minor_units, trading_currencies
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, ExtraLines, Valuation
from datasynth.ledger.taxes import tax_regime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import CaseKind

# Rates wander by a few percent, so an amount that is worth this number of minor units at
# the usual rate is worth at least one at any rate.
_WORST_RATE = 2


class TemplatePoolKey(NamedTuple):
    """Identifies a template pool of a journal: kind of case, ISO 4217 code and rate of tax. [permille]

    `case` is the index in `CASE_KINDS` or `SINGLE_KINDS`, as `series_kind` says.
    """

    series_kind: SeriesKind
    case: int
    currency: str
    permille: int

    @property
    def case_kind(self) -> CaseKind:
        """The kind of case whose transactions the templates are."""
        return (CASE_KINDS if self.series_kind is SeriesKind.CASE else SINGLE_KINDS)[self.case]


TemplatePools = dict[TemplatePoolKey, TemplatePool]


def template_pool_key(config: Config, series: DocumentSeries) -> TemplatePoolKey:
    """Return the key of the template pool of a series' cases.

    Corrected single documents have pools of their own: in one with the others each would be like some of
    those, since two series take their templates in orders that know nothing of each other.
    """
    terms = currency_and_tax(config, series.case_company, series.case_kind)
    return TemplatePoolKey(series.kind, series.case, *terms)


def currency_and_tax(config: Config, case_company: int, kind: CaseKind) -> tuple[str, int]:
    """Return currency and rate of tax of the amounts of a company's cases of a kind. [permille]"""
    company = config.companies[case_company]
    if kind.abroad >= 0:
        return trading_currencies(company.currency)[kind.abroad], 0
    tax = tax_regime(company.country)
    taxed = config.tax.enabled and (kind.taxed == "output" or (kind.taxed == "input" and tax.purchases_taxed))
    return company.currency, tax.permille if taxed else 0


class _Demand:
    """What a schedule asks of its template pools.

    Attributes
    ----------
    entries, closing
        Number of all entries, and of those of the calendar's closes.
    documents
        Number of documents of each pool, by step.
    own_currencies
        Company currencies in which the amounts of each pool are posted.
    cases, singles
        Number of cases of each of `CASE_KINDS`, and of documents of each of `SINGLE_KINDS`.
    users
        Number of cases that use each pool, of all companies that share it.
    """

    def __init__(self, config: Config, schedule: Schedule) -> None:
        self.entries = max(schedule.total, 1)
        self.closing = 0
        self.documents: dict[TemplatePoolKey, list[int]] = {}
        self.own_currencies: dict[TemplatePoolKey, set[str]] = {}
        self.singles = [0] * len(SINGLE_KINDS)
        self.users: dict[TemplatePoolKey, int] = {}
        started = schedule.starts[:, :, -1]
        counts = zip(schedule.before[-1].tolist(), schedule.wrong.by_series().tolist(), strict=True)
        for series, (count, wrong) in zip(schedule.document_series, counts, strict=True):
            if series.kind is SeriesKind.CLOSE:
                self.closing += count
            if not series.in_cases:
                continue
            key = template_pool_key(config, series)
            # A wrong document and its reversal have lines like those of right ones.
            documents = count + 2 * wrong
            self.documents.setdefault(key, [0] * len(key.case_kind.steps))[series.step] += documents
            self.own_currencies.setdefault(key, set()).add(config.companies[series.company].currency)
            if key.series_kind is SeriesKind.SINGLE:
                self.singles[key.case] += count
                self.users[key] = self.users.get(key, 0) + count
            elif key.case_kind.corrects >= 0:
                self.singles[key.case_kind.corrects] += count
            if series.kind is SeriesKind.CASE and series.step == 0:
                self.users[key] = self.users.get(key, 0) + int(started[series.case_company, key.case])
        corrected = np.array([kind.corrects >= 0 for kind in CASE_KINDS])
        self.cases: list[int] = np.where(corrected, 0, started.sum(axis=0)).tolist()


def make_template_pools(
    config: Config, schedule: Schedule, chart: Chart, build: BuildContext = ALONE
) -> TemplatePools:
    """Make all template pools that a schedule needs; builds share those that are equal.

    Amounts are drawn first, because they decide which postings and therefore which
    shapes documents can have, and only all documents together meet the line counts.
    """
    demand = _Demand(config, schedule)
    specs = _draft_specs(config, demand)
    drafts: dict[TemplatePoolKey, TemplatePoolDraft] = {}
    for key, spec in specs.items():
        build.checkpoint()
        drafts[key] = build.parts.take(spec, partial(TemplatePoolDraft, spec), attrgetter("nbytes"))
    groups = [LineCountGroup(ExtraLines.NONE, 1, 1, demand.closing)]
    places: dict[TemplatePoolKey, list[slice]] = {}
    for key, draft in drafts.items():
        for number in range(len(key.case_kind.steps)):
            of_step = _line_count_groups(key.case_kind, number, draft, demand.documents[key])
            places.setdefault(key, []).append(slice(len(groups), len(groups) + len(of_step)))
            groups += of_step
    taxed = sum(
        draft.taxed(number, documents)
        for key, draft in drafts.items()
        for number, documents in enumerate(demand.documents[key])
    )
    table = line_count_table(config.transactions.line_items, taxed / demand.entries)
    fitted = fit_line_counts(table, groups)
    pools = {}
    for key, draft in drafts.items():
        build.checkpoint()
        chances = [list(fitted[place]) for place in places[key]]
        rows = PoolSpec(
            specs[key],
            config.chart_of_accounts.complexity,
            _bytes(table.lines, table.side),
            _bytes(*chain(*chances)),
        )
        make = partial(draft.build, chart, table, chances)
        pools[key] = build.parts.take(rows, make, rows.size_of)
    return pools


def _draft_specs(config: Config, demand: _Demand) -> dict[TemplatePoolKey, DraftSpec]:
    """Return what the amounts of each template pool depend on."""
    levels = amount_levels(config, demand.cases, demand.singles)
    specs = {}
    for key, templates in zip(demand.documents, _sizes(config, demand), strict=True):
        kind = key.case_kind
        terms = AmountTerms.of(
            config,
            key.currency,
            key.permille,
            levels.get(kind.amount_profile, USUAL_LEVEL),
            max(least_value(key.currency, own) for own in demand.own_currencies[key]),
        )
        # The draws of the anchor currency depend on its decimals alone.
        path = (decimals(key.currency), key.permille, *(() if key.currency == ANCHOR else (key.currency,)))
        specs[key] = DraftSpec(kind, terms, config.general.seed, path, templates)
    return specs


def _sizes(config: Config, demand: _Demand) -> list[int]:
    """Return the number of templates of each pool, in the order of `demand.documents`."""
    needs = [
        TemplatePoolNeed(
            demand.users.get(key, 0),
            key.case_kind.valued,
            template_lines(key.case_kind),
            weight_of(key.case_kind),
        )
        for key in demand.documents
    ]
    lines = mean_lines(config.transactions.line_items) * demand.entries
    return template_pool_sizes(needs, line_budget(lines))


def _line_count_groups(
    kind: CaseKind, number: int, draft: TemplatePoolDraft, documents: Sequence[int]
) -> list[LineCountGroup]:
    """Group the documents of a step by their postings; `documents` counts those of each step."""
    step = kind.steps[number]
    if step.currency is Valuation.SETTLES:
        half = documents[number] // 2
        return [
            LineCountGroup(ExtraLines.NONE, 2, 1, half),
            LineCountGroup(ExtraLines.NONE, 1, 2, documents[number] - half),
        ]
    groups = draft.groups[number]
    templates = sum(len(group.templates) for group in groups)
    return [
        LineCountGroup(
            step.extra_lines,
            group.debits,
            group.credits,
            documents[number] * len(group.templates) // templates,
        )
        for group in groups
    ]


def least_value(currency: str, own: str) -> int:
    """Return the least amount that is worth a minor unit of the company's `own` currency at any rate.

    A smaller amount could be booked as nil.  A line of this amount never is, since the
    values of lines are differences of rounded sums. [minor units of `currency`]
    """
    return 1 if currency == own else ceil(minor_units(currency) / minor_units(own) * _WORST_RATE)


def _bytes(*arrays: NDArray[Any]) -> bytes:
    return b"".join(array.tobytes() for array in arrays)
