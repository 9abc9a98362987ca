"""Styles: what all documents of a kind have in common, and the words of a journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.generation.block import ABSENT, Vocabulary
from datasynth.generation.closes.items import (
    CARRY_FORWARD,
    CLOSING_ITEMS,
    ON_DEMAND_TYPES,
    PATTERNS,
    REVERSAL_TYPE,
    SQUARES,
    Basis,
    ClosingItem,
)
from datasynth.generation.kernels.lines import (
    CENTERS_OF_PROFIT_CENTER,
    COST_CENTERS,
    PLAIN,
    TO_EACH_CENTER,
    WITH_PARTNER,
)
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.currencies import decimals
from datasynth.ledger.processes import (
    CHAIN_KINDS,
    PARTNER_TYPES,
    PROCESSES,
    SINGLE_KINDS,
    SOURCES,
    Band,
)
from datasynth.ledger.roles import ROLES, users_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import Step

PARTNERS = {"customer": 400, "vendor": 250, "employee": 120}
"""Partners of each type that a company has."""

_PREFIX = {"customer": "C", "vendor": "V", "employee": "E"}
_BATCH_PREFIX = "BATCH"
_CLOSING_PERIOD = 13
# Days that a paper lies about before it is posted; documents that the company
# writes itself are posted as they are written. [days]
_AGES = {"RE": 6, "KR": 5, "AA": 4, "RS": 12, "AK": 4, "ZB": 1}
_NAMED = ("PY", "CL", "CF")
_NEXT_DAY = ("CF", "XF")


@dataclass(slots=True)
class Styles:
    """What documents look like, a style each; columns of codes.

    Attributes
    ----------
    document_type, source, process, role, reference : (styles,)
        Codes; no reference is `ABSENT`.
    text : (styles,) int32
        Code of the header text; of the first company's, where `named`.
    named : (styles,) int8
        Whether the text names the company, so that each has its own.
    band, age, period, by_hand, batch, partner : (styles,) int8
        Part of the day; most days from document to posting; fixed period or 0;
        whether a person decides; whether it belongs to a batch run; type of the
        partner or `ABSENT`.
    posting : (styles,) int32
        First of the style's postings.
    posting_text, posting_kind : (postings,)
        Text code, and kind of line.
    """

    document_type: NDArray[np.int16]
    source: NDArray[np.int8]
    process: NDArray[np.int8]
    role: NDArray[np.int8]
    reference: NDArray[np.int16]
    text: NDArray[np.int32]
    named: NDArray[np.int8]
    band: NDArray[np.int8]
    age: NDArray[np.int8]
    period: NDArray[np.int8]
    by_hand: NDArray[np.int8]
    batch: NDArray[np.int8]
    partner: NDArray[np.int8]
    posting: NDArray[np.int32]
    posting_text: NDArray[np.int32]
    posting_kind: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class StyleBook:
    """All styles of a journal, and where to find them.

    Attributes
    ----------
    styles
        The columns.
    vocabulary
        The words that all codes of the journal stand for.
    of_step
        Style by kind of leaf, chain and step.
    of_item
        Style by closing item, whether it is a reversal, and whether it was called for.
    """

    styles: Styles
    vocabulary: Vocabulary
    of_step: dict[tuple[LeafKind, int, int], int]
    of_item: dict[tuple[str, bool, bool], int]

    def of_leaf(self, leaf: Leaf) -> int:
        """Return the style of a leaf's documents, or `ABSENT` if they differ."""
        return self.of_step.get((leaf.kind, leaf.chain, leaf.step), ABSENT)


class _Words:
    """Gives each word a code, in the order in which they are first met."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        return self._codes.setdefault(word, len(self._codes))

    def run(self, words: Sequence[str]) -> int:
        """Give neighbouring codes to words that come in runs; return the first."""
        first = len(self._codes)
        for word in words:
            self._codes[f"{len(self._codes)}\0{word}"] = len(self._codes)
        return first

    def words(self) -> tuple[str, ...]:
        return tuple(word.rpartition("\0")[2] for word in self._codes)


@dataclass(slots=True)
class _Writer:
    """Collects styles row by row."""

    companies: tuple[str, ...]
    types: _Words = field(default_factory=_Words)
    texts: _Words = field(default_factory=_Words)
    line_texts: _Words = field(default_factory=_Words)
    references: _Words = field(default_factory=_Words)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    postings: list[tuple[int, int]] = field(default_factory=list)

    def add_step(self, step: Step, partner: str) -> int:
        postings = [
            (self.line_texts.code(posting.text), WITH_PARTNER if posting.partner else PLAIN)
            for posting in (*step.debit, *step.credit)
        ]
        reference = self.references.code(step.reference) if step.reference else ABSENT
        return self._add(
            step.document_type,
            step.source,
            step.process,
            step.role,
            step.text,
            step.band,
            reference,
            PARTNER_TYPES.index(partner) if partner else ABSENT,
            postings,
        )

    def add_item(self, item: ClosingItem, document_type: str, source: str, text: str) -> int:
        kind = TO_EACH_CENTER if item.basis is Basis.ALLOCATION else PLAIN
        next_day = document_type in _NEXT_DAY
        return self._add(
            document_type,
            source,
            item.process,
            item.role,
            text,
            Band.NIGHT if source == "reversal" or next_day else item.band,
            ABSENT,
            ABSENT,
            [(self.line_texts.code(item.text), kind)],
            period=_CLOSING_PERIOD if item.last_day and not next_day else 0,
        )

    def _add(
        self,
        document_type: str,
        source: str,
        process: str,
        role: str,
        text: str,
        band: Band,
        reference: int,
        partner: int,
        postings: list[tuple[int, int]],
        period: int = 0,
    ) -> int:
        named = document_type in _NAMED
        self.rows.append(
            (
                self.types.code(document_type),
                SOURCES.index(source),
                PROCESSES.index(process),
                list(ROLES).index(role),
                reference,
                self.texts.run([f"{text}, {name}" for name in self.companies])
                if named
                else self.texts.code(text),
                int(named),
                int(band),
                _AGES.get(document_type, 0),
                period,
                int(source in {"manual", "adjustment"}),
                int(role.startswith("batch.") and band is Band.NIGHT),
                partner,
                len(self.postings),
            )
        )
        self.postings += postings
        return len(self.rows) - 1

    def styles(self) -> Styles:
        kinds = (
            *(np.int16, np.int8, np.int8, np.int8, np.int16, np.int32, np.int8),
            *(np.int8, np.int8, np.int8, np.int8, np.int8, np.int8, np.int32),
        )
        columns = zip(*self.rows, strict=True)
        texts, line_kinds = zip(*self.postings, strict=True)
        arrays: list[NDArray[Any]] = [
            np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)
        ]
        arrays += [np.array(texts, dtype=np.int32), np.array(line_kinds, dtype=np.int8)]
        return Styles(*arrays)


def make_style_book(config: Config, chart: Chart) -> StyleBook:
    """Describe every kind of document of a configuration."""
    writer = _Writer(tuple(company.name for company in config.companies))
    of_step = {
        (kind, number, place): writer.add_step(step, chain.partner)
        for kind, chains in ((LeafKind.CHAIN, CHAIN_KINDS), (LeafKind.SINGLE, SINGLE_KINDS))
        for number, chain in enumerate(chains)
        for place, step in enumerate(chain.steps)
    }
    of_item: dict[tuple[str, bool, bool], int] = {}
    close, back = ON_DEMAND_TYPES[:2]
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        later = back if item is CARRY_FORWARD else close
        text = f"Reversal: {item.text}"
        for called, types in ((False, (item.document_type, REVERSAL_TYPE)), (True, (later, back))):
            of_item[item.name, False, called] = writer.add_item(item, types[0], item.source, item.text)
            of_item[item.name, True, called] = writer.add_item(item, types[1], "reversal", text)
    for item in SQUARES:
        of_item[item.name, False, True] = writer.add_item(item, item.document_type, item.source, item.text)
    return StyleBook(writer.styles(), _vocabulary(config, chart, writer), of_step, of_item)


def _vocabulary(config: Config, chart: Chart, writer: _Writer) -> Vocabulary:
    codes = tuple(company.code for company in config.companies)
    currencies = tuple(dict.fromkeys(company.currency for company in config.companies))
    partners = [
        (f"{_PREFIX[kind]}{company:02}{number:05}", kind)
        for kind, count in PARTNERS.items()
        for company in range(1, len(codes) + 1)
        for number in range(1, count + 1)
    ]
    return Vocabulary(
        companies=codes,
        company_currencies=tuple(currencies.index(company.currency) for company in config.companies),
        currencies=currencies,
        currency_decimals=tuple(decimals(currency) for currency in currencies),
        document_types=writer.types.words(),
        sources=SOURCES,
        processes=PROCESSES,
        patterns=PATTERNS,
        accounts=tuple(account.code for account in chart.accounts),
        account_names=tuple(account.name for account in chart.accounts),
        header_texts=writer.texts.words(),
        line_texts=writer.line_texts.words(),
        users=tuple(user for code in codes for user in users_of(code)),
        cost_centers=tuple(f"CC{number:04}" for number in range(1, COST_CENTERS + 1)),
        profit_centers=tuple(
            f"PC{number:03}" for number in range(1, COST_CENTERS // CENTERS_OF_PROFIT_CENTER + 1)
        ),
        tax_codes=(),
        partners=tuple(partner for partner, _ in partners),
        partner_types=tuple(kind for _, kind in partners),
        reference_kinds=writer.references.words(),
        batch_prefix=_BATCH_PREFIX,
    )
