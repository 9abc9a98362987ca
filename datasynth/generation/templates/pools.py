"""All template pools of a journal: which there are, and shapes that meet the table together."""

from __future__ import annotations

from functools import partial
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, Any

from datasynth.generation.build_context import ALONE
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.amounts import Terms
from datasynth.generation.templates.calibration import USUAL, calibrate_amounts
from datasynth.generation.templates.line_count_profile import (
    LineCountGroup,
    fit_line_counts,
    line_count_profile,
)
from datasynth.generation.templates.pool import TemplatePool, TemplatePoolDraft
from datasynth.generation.templates.pool_keys import DrawnKey, LaidKey, sections_of
from datasynth.generation.templates.pool_sizes import (
    TemplatePoolNeed,
    dealt_templates,
    is_free,
    line_budget,
    long_lines,
    mean_lines,
    template_lines,
    template_pool_sizes,
)
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import ANCHOR, minor_units, trading_currencies
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, LineCountFamily, Valuation
from datasynth.ledger.taxes import tax_regime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import CaseKind

Regime = tuple[str, int]
TemplatePoolKey = tuple[SeriesKind, int, Regime]
TemplatePools = dict[TemplatePoolKey, TemplatePool]
"""Template pools by kind of series, kind of case, currency and rate of tax."""

# So many times what is worth a minor unit at the usual rate is worth one at any: rates
# wander by a few parts in a hundred.
_WORST_RATE = 2

MAIN_PART = 15
"""Kinds with at least this part of the documents have larger template pools. [permille]"""

# Lines of most closing entries.
_CLOSING_LINES = 2


def regime_of(config: Config, series: DocumentSeries) -> Regime:
    """Return currency and rate of tax of the amounts of a series' cases. [permille]"""
    return regime_of_cases(config, series.case_company, series.case_kind)


def regime_of_cases(config: Config, case_company: int, kind: CaseKind) -> Regime:
    """Return currency and rate of tax of the amounts of a company's cases of a kind. [permille]"""
    company = config.companies[case_company]
    if kind.abroad >= 0:
        return trading_currencies(company.currency)[kind.abroad], 0
    tax = tax_regime(company.country)
    taxed = config.tax.enabled and (kind.taxed == "output" or (kind.taxed == "input" and tax.purchases_taxed))
    return company.currency, tax.permille if taxed else 0


def make_template_pools(
    config: Config, schedule: Schedule, chart: Chart, build: BuildContext = ALONE
) -> TemplatePools:
    """Draw all template pools that a schedule needs; what is equal in other builds is shared with them."""
    return _Dealer(config, schedule, build).deal(chart)


class _Dealer:
    def __init__(self, config: Config, schedule: Schedule, build: BuildContext) -> None:
        self._config = config
        self._build = build
        self._sections = sections_of(config)
        self._documents: dict[TemplatePoolKey, list[int]] = {}
        self._valued_in: dict[TemplatePoolKey, set[str]] = {}
        self._closes = 0
        for at, series in enumerate(schedule.document_series):
            count = int(schedule.before[-1, at])
            if series.kind is SeriesKind.CLOSE:
                self._closes += count
                continue
            key = (series.kind, series.case, regime_of(config, series))
            self._documents.setdefault(key, [0] * len(series.case_kind.steps))[series.step] += count
            own = config.companies[series.company].currency
            self._valued_in.setdefault(key, set()).add(own)
        cases = [int(schedule.starts[:, number, -1].sum()) for number in range(len(CASE_KINDS))]
        singles = [
            sum(
                counts[0] for key, counts in self._documents.items() if key[:2] == (SeriesKind.SINGLE, number)
            )
            for number in range(len(SINGLE_KINDS))
        ]
        self._calibration = calibrate_amounts(config, cases, singles)
        self._most = {
            (SeriesKind.CASE, number): int(schedule.starts[:, number, -1].max())
            for number in range(len(CASE_KINDS))
        } | {(SeriesKind.SINGLE, number): count for number, count in enumerate(singles)}
        self._total = max(schedule.total, 1)
        self._templates = dict(zip(self._documents, self._sizes(), strict=True))

    def deal(self, chart: Chart) -> TemplatePools:
        keys = {key: self._drawn(key) for key in self._documents}
        drafts = {key: self._draft(drawn) for key, drawn in keys.items()}
        groups: list[LineCountGroup] = [LineCountGroup(LineCountFamily.FIXED, 1, 1, self._closes)]
        places: dict[tuple[TemplatePoolKey, int], list[int]] = {}
        taxed = 0
        for key, draft in drafts.items():
            for number, documents in enumerate(self._documents[key]):
                taxed += draft.taxed(number, documents)
                for found in self._groups(key, number, draft, documents):
                    places.setdefault((key, number), []).append(len(groups))
                    groups.append(found)
        table = line_count_profile(self._config.transactions.line_items, taxed / self._total)
        chances = fit_line_counts(table, groups)
        complexity = self._config.chart_of_accounts.complexity
        template_pools = {}
        for key, draft in drafts.items():
            self._build.checkpoint()
            steps = range(len(_kind(key).steps))
            used = [[chances[at] for at in places.get((key, number), ())] for number in steps]
            laid = LaidKey(keys[key], complexity, _bytes(table.lines, table.side), _bytes(*chain(*used)))
            template_pools[key] = self._build.parts.take(
                laid, partial(draft.build, chart, table, used), laid.size_of
            )
        return template_pools

    def _draft(self, drawn: DrawnKey) -> TemplatePoolDraft:
        self._build.checkpoint()
        return self._build.parts.take(drawn, drawn.draft, drawn.size_of)

    def _drawn(self, key: TemplatePoolKey) -> DrawnKey:
        kind = _kind(key)
        currency, permille = key[2]
        terms = Terms(
            self._sections,
            industry(self._config.general.industry),
            currency,
            permille,
            self._calibration.get(kind.profile, USUAL),
            max(least_value(currency, own) for own in self._valued_in[key]),
        )
        templates = self._templates[key]
        shaped = dealt_templates(templates, self._most[key[:2]]) // 2
        return DrawnKey(kind, terms, self._config.general.seed, templates, _named(key[2]), shaped)

    def _sizes(self) -> list[int]:
        """Return the number of templates of each template pool, in the order of their documents."""
        items = self._config.transactions.line_items
        fixed, fixed_lines = self._closes, float(self._closes * _CLOSING_LINES)
        for key, documents in self._documents.items():
            for step, count in zip(_kind(key).steps, documents, strict=True):
                if not is_free(step):
                    fixed += count
                    fixed_lines += count * (len(step.debit) + len(step.credit))
        long = long_lines(items, self._total, fixed, fixed_lines)
        needs = []
        for key, documents in self._documents.items():
            kind = _kind(key)
            main = sum(documents) * 1_000 >= self._total * MAIN_PART
            valued = kind.abroad >= 0 or kind.pair
            needs.append(TemplatePoolNeed(self._most[key[:2]], main, valued, template_lines(kind, long)))
        return template_pool_sizes(needs, line_budget(mean_lines(items) * self._total))

    def _groups(
        self, key: TemplatePoolKey, number: int, draft: TemplatePoolDraft, documents: int
    ) -> list[LineCountGroup]:
        """Return a step's documents by the postings that they have."""
        steps = _kind(key).steps
        step = steps[number]
        if step.currency is Valuation.SETTLES:
            half = documents // 2
            return [
                LineCountGroup(LineCountFamily.FIXED, 2, 1, half),
                LineCountGroup(LineCountFamily.FIXED, 1, 2, documents - half),
            ]
        shaped = draft.groups(number)
        if not shaped:
            return []
        pairs = sum(len(found) for _, found in shaped)
        reversing = sum(
            self._documents[key][at] for at, other in enumerate(steps) if other.reverses == number
        )
        return [
            LineCountGroup(step.shape, debits, credits_, (documents + reversing) * len(found) // pairs)
            for (debits, credits_), found in shaped
        ]


def least_value(currency: str, own: str) -> int:
    """Return an amount that is worth at least one minor unit of another currency, at any day's rate.

    One that is not would be booked at nothing.  Lines of as much are worth something
    each, since their values are differences of rounded sums.

    Parameters
    ----------
    currency, own
        ISO 4217 codes of the amount and of the books.

    Returns
    -------
    int
        [minor units of `currency`]
    """
    return 1 if currency == own else ceil(minor_units(currency) / minor_units(own) * _WORST_RATE)


def _named(regime: Regime) -> tuple[int | str, ...]:
    """Return what a template pool is drawn by; the anchor's are told by its decimals alone."""
    currency, permille = regime
    told = (decimals(currency), permille)
    return told if currency == ANCHOR else (*told, currency)


def _bytes(*arrays: NDArray[Any]) -> bytes:
    return b"".join(array.tobytes() for array in arrays)


def _kind(key: TemplatePoolKey) -> CaseKind:
    return (CASE_KINDS if key[0] is SeriesKind.CASE else SINGLE_KINDS)[key[1]]
