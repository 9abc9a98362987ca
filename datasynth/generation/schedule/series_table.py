"""The table of document series: one record each, the home of every fact about a series.

The configuration decides most fields.  The others are filled in while a plan is
made: `window`, `group` and `range` by the schedule; `row`, `class_bits`, `first_ring`,
`dealing_key`, `first_dealt`, `gross`, `whole`, `distribution` and `pool_bits` by the template lines;
`profile` by the profiles; `partner_pool` and `first_partner` by the partners; the `row` of
closes by the closes.  Then the table is read-only.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.wrong_amounts import AMOUNTS, BANK_ACCOUNT, DOCUMENT_DATE
from datasynth.generation.schedule.document_series import SeriesKind, trading_ring
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.kernel import Records

SERIES = np.dtype(
    [
        ("key", np.uint64),
        ("dealing_key", np.uint64),
        ("first_dealt", np.int64),
        ("row", np.int64),
        ("first_ring", np.int64),
        ("gross", np.int64),
        ("whole", np.int64),
        ("profile", np.int32),
        ("window", np.int32),
        ("group", np.int32),
        ("range", np.int32),
        ("settles", np.int32),
        ("reversal_profile", np.int32),
        ("first_partner", np.int32),
        ("class_bits", np.int32),
        ("company", np.int16),
        ("case_company", np.int16),
        ("currency", np.int16),
        ("rate", np.int16),
        ("distribution", np.int16),
        ("trading_partner", np.int16),
        ("partner_pool", np.int16),
        ("kind", np.int8),
        ("case", np.int8),
        ("valuation", np.int8),
        ("receives", np.int8),
        ("mistake", np.int8),
        ("pool_bits", np.int8),
    ],
    align=True,
)
"""What is known of a document series; the records of triggered entries come last.

key
    Of its draws; the same for all steps of a company's cases.
dealing_key, first_dealt
    Of the order in which cases take the templates of their pool, and how many precede its
    first case, those of other companies: a multiple of `CLASSES`.  Meaningless where cases
    draw their amounts.
row
    Its first row: of the step's templates, or of its closing entries.
first_ring
    First place of its templates in `TemplateLines.rings`.
gross
    Mean amount of its documents; 0 for closes. [minor units]
whole
    Lines of its templates carry so many parts of an amount that the case draws, or
    fewer; 0 where they have amounts of their own.
profile, reversal_profile
    Document profile, or -1 where each row has its own; that of its reversals, or -1.
window
    Lag table of the step in `Schedule.windows`, or -1 for all but cases.
group, range
    Group and number range in the merge tree.  Triggered entries are in no tree; each of
    their series is a group of its own, after those, and the last record has the highest.
settles
    Series in foreign currency that it settles, or -1.
first_partner
    Code of the first partner that its documents can have, or -1.
class_bits
    ``2 ** class_bits`` templates a class.
company, case_company, case, kind
    See `DocumentSeries`.
currency
    Code of the currency that its documents are in.
rate
    Row of the rate table, or -1 for what is in the company's currency.
distribution
    Row of `DrawnAmounts` that the case's amount is drawn from, or -1.
trading_partner
    Company on the other side, or -1.
partner_pool
    Row of `Partners.tables`, or -1 for documents without a partner.
valuation
    `Valuation` of its documents in their company.
receives
    1 if it settles what is owed to the company, else 0.
mistake
    What is wrong in wrong documents; see `kernels.wrong_amounts`.
pool_bits
    ``2 ** pool_bits`` cases of each class whose amounts all cases share, or `UNPOOLED`.
"""

_ABSENT = (
    *("profile", "reversal_profile", "window", "settles", "first_partner"),
    *("case", "rate", "distribution", "trading_partner", "partner_pool", "pool_bits"),
)


def make_series_table(config: Config, document_series: Sequence[DocumentSeries]) -> Records:
    """Make the records of all series, as far as the configuration decides them."""
    currencies = currencies_of(config)
    own = [currencies.index(company.currency) for company in config.companies]
    table = np.concatenate([_counted(config, document_series, currencies, own), _triggered(config, own)])
    return table.view(np.recarray)


def triggered_series(known: int, company: int, document_type: str) -> int:
    """Return the number of a company's series of triggered entries; `known` series are in the schedule."""
    return known + len(ON_DEMAND_TYPES) * company + ON_DEMAND_TYPES.index(document_type)


def currencies_of(config: Config) -> tuple[str, ...]:
    """Return the currencies of the companies, then those that they also trade in."""
    own = [company.currency for company in config.companies]
    foreign = [code for currency in own for code in trading_currencies(currency)]
    return tuple(dict.fromkeys([*own, *foreign]))


def document_currency(config: Config, series: DocumentSeries) -> str:
    """Return the currency of a series' documents; for settlements, that of the settled documents."""
    own = config.companies[series.company].currency
    if not series.in_cases or series.posted.currency is Valuation.LOCAL:
        return own
    if series.case_kind.intercompany:
        return config.companies[series.case_company].currency
    return trading_currencies(own)[series.case_kind.abroad]


def valuation_of(config: Config, series: DocumentSeries) -> Valuation:
    """Return how a series' documents are valued; local if they are in the company's currency."""
    if document_currency(config, series) == config.companies[series.company].currency:
        return Valuation.LOCAL
    return series.posted.currency


def currency_pairs(config: Config, document_series: Sequence[DocumentSeries]) -> list[tuple[str, str]]:
    """Return the pairs of document and company currency that differ; a pair's place is its `rate`."""
    pairs = (
        (document_currency(config, series), config.companies[series.company].currency)
        for series in document_series
    )
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def _records(count: int) -> Records:
    table: Records = np.zeros(count, dtype=SERIES).view(np.recarray)
    for name in _ABSENT:
        table[name] = -1
    return table


def _counted(
    config: Config,
    document_series: Sequence[DocumentSeries],
    currencies: Sequence[str],
    own: Sequence[int],
) -> Records:
    """Describe the series that the schedule counts; `own` are the codes of the companies' currencies."""
    table = _records(len(document_series))
    theirs = [document_currency(config, series) for series in document_series]
    valued = [valuation_of(config, series) for series in document_series]
    links = _settled(document_series)
    pairs = currency_pairs(config, document_series)
    ring = trading_ring(config)
    table.key = np.array([_key(config, series) for series in document_series], dtype=np.uint64)
    table.settles = links
    table.mistake = [_mistake(series) for series in document_series]
    for name in ("company", "case_company", "kind", "case"):
        table[name] = [getattr(series, name) for series in document_series]
    table.currency = [
        currencies.index(code) if valuation is Valuation.FOREIGN else own[series.company]
        for series, code, valuation in zip(document_series, theirs, valued, strict=True)
    ]
    table.rate = [
        pairs.index((code, config.companies[series.company].currency)) if valuation else -1
        for series, code, valuation in zip(document_series, theirs, valued, strict=True)
    ]
    table.trading_partner = [_trading_partner(ring, series) for series in document_series]
    table.valuation = valued
    table.receives = [_receives(series) for series in document_series]
    return table


def _triggered(config: Config, own: Sequence[int]) -> Records:
    """Describe the series of triggered entries: closes that no calendar counts."""
    companies = [company for company, _ in product(range(len(config.companies)), ON_DEMAND_TYPES)]
    table = _records(len(companies))
    keys = [make_key(config.general.seed, "on demand", number) for number in range(len(companies))]
    table.key = np.array(keys, dtype=np.uint64)
    table.company = table.case_company = companies
    table.currency = [own[company] for company in companies]
    table.kind = SeriesKind.CLOSE
    return table


def _key(config: Config, series: DocumentSeries) -> int:
    if not series.in_cases:
        place = series.company, series.document_type, series.case
        return make_key(config.general.seed, series.kind.name.lower(), *place)
    kinds = CASE_KINDS if series.kind is SeriesKind.CASE else SINGLE_KINDS
    return make_key(config.general.seed, "chain", series.case_company, kinds[series.case].name)


def _mistake(series: DocumentSeries) -> int:
    """Return what is wrong in a series' wrong documents: not the amounts if the case fixes them before."""
    if not series.in_cases:
        return 0
    if not series.repeats_amounts:
        return AMOUNTS
    pools = {posting.pool for posting in (*series.posted.debit, *series.posted.credit)}
    return BANK_ACCOUNT if "bank" in pools else DOCUMENT_DATE


def _settled(document_series: Sequence[DocumentSeries]) -> list[int]:
    """Return, for each series, the one that it settles, or -1."""
    place = {
        (series.case_company, series.case, series.step): at
        for at, series in enumerate(document_series)
        if series.kind is SeriesKind.CASE
    }
    links = []
    for series in document_series:
        settles = -1
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            steps = enumerate(series.case_kind.steps)
            settles = next(at for at, step in steps if step.currency is Valuation.FOREIGN)
        links.append(place.get((series.case_company, series.case, settles), -1))
    return links


def _trading_partner(ring: dict[int, int], series: DocumentSeries) -> int:
    """Return the company on the other side of a series' documents, or -1."""
    if series.kind is not SeriesKind.CASE or not series.case_kind.intercompany:
        return -1
    return series.case_company if series.posted.of_buyer else ring[series.case_company]


def _receives(series: DocumentSeries) -> bool:
    return series.kind is SeriesKind.CASE and not series.posted.debit[0].item
