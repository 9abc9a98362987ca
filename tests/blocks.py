"""Random valid blocks with their vocabularies, for every test that needs entries but no journal."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from datasynth.generation.block import ABSENT, Block, Vocabulary
from datasynth.ledger.references import ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

INT64 = np.iinfo(np.int64)
FIRST_DAY, LAST_DAY = -36_500, 120_896
"""Days from 1870 to the end of 2300, which is more than a configuration allows."""

DTYPES: dict[str, str] = {
    **dict.fromkeys(("id_high", "id_low", "reversal_high", "reversal_low"), "u8"),
    **dict.fromkeys(("document_number", "created_at", "exchange_rate", "reference_number"), "i8"),
    **dict.fromkeys(("approved_at", "batch", "first_line", "debit", "credit", "local_amount"), "i8"),
    **dict.fromkeys(("tax_amount", "assignment_number"), "i8"),
    **dict.fromkeys(("posting_day", "document_day", "header_text", "created_by", "approved_by"), "i4"),
    **dict.fromkeys(("partner", "line_text", "value_day"), "i4"),
    **dict.fromkeys(("company", "fiscal_year", "document_type", "currency", "reference_kind"), "i2"),
    **dict.fromkeys(("account", "cost_center", "profit_center", "trading_partner", "assignment_kind"), "i2"),
    **dict.fromkeys(("fiscal_period", "source", "process", "pattern", "tax_code", "rate_places"), "i1"),
}
"""Types of a block's columns, as `Block` documents them."""

PLAIN = Vocabulary(
    companies=("1000", "2000"),
    company_currencies=(0, 1),
    currencies=("USD", "JPY", "KWD", "CLF"),
    currency_decimals=(2, 0, 3, 4),
    document_types=("KR", "SA"),
    sources=("manual", "automated"),
    processes=("O2C", "P2P"),
    patterns=("month_end", "year_end"),
    accounts=("110000", "500000"),
    account_names=("Trade receivables", "Cost of sales"),
    header_texts=("Vendor invoice", "Müller & Söhne, “Köln”"),
    line_texts=("Steel, 3 t", 'A "quoted" text'),
    users=("JDOE", "AUTO"),
    cost_centers=("CC100", "CC200"),
    profit_centers=("PC1",),
    tax_codes=("V1", "A1"),
    partners=("C-000001", "V-000002", "E-000003"),
    partner_types=("customer", "vendor", "employee"),
    reference_kinds=(ReferenceKind("INV-", 10), ReferenceKind("RE ", 4), ReferenceKind("", 6)),
    batch_kind=ReferenceKind("RUN-", 10),
)
"""A small vocabulary of ordinary words and a few that need quoting."""

ODD_WORDS = ("INV", 'a"b', "c,d", "\\", "\r\n", "ü€😀", "\x00\x1f\x7f\u2028", "")
WORDS = st.lists(st.text(max_size=8) | st.sampled_from(ODD_WORDS), min_size=3, max_size=9, unique=True)

INTEGERS = st.integers(INT64.min, INT64.max) | st.integers(-(10**9), 10**9) | st.sampled_from([INT64.min, -1])
AMOUNTS = st.integers(0, INT64.max) | st.integers(0, 10**10) | st.sampled_from([0, 9, 100, 10**8 - 1, 10**8])
NUMBERS = st.integers(0, INT64.max) | st.integers(0, 10**11)
BITS = st.integers(0, 2**64 - 1) | st.just(0)
DAYS = st.integers(FIRST_DAY, LAST_DAY)
SECONDS = st.integers(FIRST_DAY * 86_400, LAST_DAY * 86_400)


def column(name: str, values: list[int]) -> NDArray[Any]:
    """A column of the type that `Block` wants under that name."""
    return np.array(values, dtype=DTYPES[name])


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """Vocabularies with words of all kinds, control characters and quotes included; tables share words."""
    words = draw(WORDS)
    tables: dict[str, Any] = {}
    for place, field in enumerate(dataclasses.fields(Vocabulary)):
        turn = place % len(words)
        tables[field.name] = tuple((words[turn:] + words[:turn])[: 1 + place % 4])
    digits = draw(st.lists(st.integers(1, 16), min_size=1, max_size=4))
    tables["reference_kinds"] = tuple(
        ReferenceKind(word, least) for word, least in zip(tables["reference_kinds"], digits, strict=False)
    )
    decimals = draw(st.permutations((0, 2, 3)))
    tables["currencies"] = tuple(words[:3])
    tables["currency_decimals"] = tuple(decimals)
    tables["company_currencies"] = tuple(place % 3 for place, _ in enumerate(tables["companies"]))
    tables["account_names"] = tuple(f"{word} {word}" for word in tables["accounts"])
    tables["partner_types"] = tuple(word[::-1] for word in tables["partners"])
    tables["batch_kind"] = ReferenceKind(words[-1], digits[-1])
    return Vocabulary(**tables)


ENTRY_TABLES = {
    "company": "companies",
    "document_type": "document_types",
    "currency": "currencies",
    "header_text": "header_texts",
    "created_by": "users",
    "source": "sources",
    "process": "processes",
}
OPTIONAL_ENTRY_TABLES = {"reference_kind": "reference_kinds", "approved_by": "users", "pattern": "patterns"}
ENTRY_VALUES = {
    **dict.fromkeys(("id_high", "id_low", "reversal_high", "reversal_low"), BITS),
    **dict.fromkeys(("document_number", "reference_number"), NUMBERS),
    **dict.fromkeys(("posting_day", "document_day"), DAYS),
    **dict.fromkeys(("created_at", "approved_at"), SECONDS),
    "fiscal_year": st.integers(1870, 2301),
    "fiscal_period": st.integers(1, 16),
    "exchange_rate": AMOUNTS,
    "rate_places": st.integers(6, 14),
    "batch": st.just(ABSENT) | NUMBERS,
}
LINE_TABLES = {"account": "accounts"}
OPTIONAL_LINE_TABLES = {
    "cost_center": "cost_centers",
    "profit_center": "profit_centers",
    "partner": "partners",
    "trading_partner": "companies",
    "tax_code": "tax_codes",
    "assignment_kind": "reference_kinds",
    "line_text": "line_texts",
}
LINE_VALUES = {
    **dict.fromkeys(("debit", "credit", "tax_amount"), AMOUNTS),
    "local_amount": INTEGERS,
    "assignment_number": NUMBERS,
    "value_day": st.just(ABSENT) | DAYS,
}


@st.composite
def blocks(draw: st.DrawFn, words: Vocabulary = PLAIN, max_entries: int = 5, max_lines: int = 5) -> Block:
    """Blocks that `words` can spell; entries need not balance, and amounts reach to the ends of their type.

    A few values of each kind are drawn and dealt out over the columns, since
    drawing each cell would take most of a test's time.
    """
    counts = draw(st.lists(st.integers(1, max_lines), max_size=max_entries))
    columns: dict[str, Any] = {}
    for size, values, tables, optional in (
        (len(counts), ENTRY_VALUES, ENTRY_TABLES, OPTIONAL_ENTRY_TABLES),
        (sum(counts), LINE_VALUES, LINE_TABLES, OPTIONAL_LINE_TABLES),
    ):
        kinds = {id(kind): kind for kind in values.values()}
        dealt = {key: draw(st.lists(kind, min_size=1, max_size=5)) for key, kind in kinds.items()}
        turn = draw(st.integers(0, 60))
        for place, (name, kind) in enumerate(values.items()):
            pool = dealt[id(kind)]
            columns[name] = column(name, [pool[(row + turn + place) % len(pool)] for row in range(size)])
        for lowest, group in ((0, tables), (ABSENT, optional)):
            for place, (name, table) in enumerate(group.items()):
                count = len(getattr(words, table)) - lowest
                columns[name] = column(name, [(row + turn + place) % count + lowest for row in range(size)])
    columns["approved_at"][columns["approved_by"] == ABSENT] = ABSENT
    first = draw(st.integers(0, 2**62))
    return Block(first=first, first_line=np.cumsum([0, *counts], dtype=np.int64), **columns)


@st.composite
def spelt_blocks(draw: st.DrawFn) -> tuple[Vocabulary, Block]:
    """A vocabulary and a block that it can spell."""
    words = draw(vocabularies())
    return words, draw(blocks(words))


def sample_block(counts: list[int], first: int = 0, words: Vocabulary = PLAIN) -> Block:
    """A block that is the same at every call, with `counts` lines in its entries.

    Entries do not balance, but every field takes several values, and every
    optional one is absent somewhere.
    """

    def spread(name: str, size: int, step: int, limit: int, lowest: int = 0) -> NDArray[Any]:
        return column(name, [lowest + (place * step + step // 3) % (limit - lowest) for place in range(size)])

    def code(name: str, size: int, table: tuple[str, ...], lowest: int = 0) -> NDArray[Any]:
        return spread(name, size, 1, len(table), lowest)

    n, m = len(counts), sum(counts)
    columns = {**_sample_entries(n, words, spread, code), **_sample_lines(m, words, spread, code)}
    return Block(first=first, first_line=np.cumsum([0, *counts], dtype=np.int64), **columns)


def _sample_entries(
    n: int,
    words: Vocabulary,
    spread: Callable[..., NDArray[Any]],
    code: Callable[..., NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    reversed_id = column("reversal_high", [place % 3 * 0x1234567890ABCDEF for place in range(n)])
    approved_by = code("approved_by", n, words.users, ABSENT)
    return {
        "id_high": spread("id_high", n, 0x9E3779B97F4A7C15, 2**64),
        "id_low": spread("id_low", n, 0xBF58476D1CE4E5B9, 2**64),
        "document_number": spread("document_number", n, 7, 10**10),
        "company": code("company", n, words.companies),
        "fiscal_year": spread("fiscal_year", n, 1, 2030, 2024),
        "fiscal_period": spread("fiscal_period", n, 1, 17, 1),
        "posting_day": spread("posting_day", n, 1, 20_088, 19_723),
        "document_day": spread("document_day", n, 2, 20_088, 19_723),
        "created_at": spread("created_at", n, 7919, 1_735_689_600, 1_704_067_200),
        "document_type": code("document_type", n, words.document_types),
        "currency": code("currency", n, words.currencies),
        "exchange_rate": spread("exchange_rate", n, 1_000_003, 10**9, 1),
        "rate_places": spread("rate_places", n, 1, 15, 6),
        "reference_kind": code("reference_kind", n, words.reference_kinds, ABSENT),
        "reference_number": spread("reference_number", n, 1_234_567, 10**12),
        "header_text": code("header_text", n, words.header_texts),
        "created_by": code("created_by", n, words.users),
        "approved_by": approved_by,
        "approved_at": np.where(approved_by == ABSENT, ABSENT, 1_704_067_201),
        "source": code("source", n, words.sources),
        "process": code("process", n, words.processes),
        "pattern": code("pattern", n, words.patterns, ABSENT),
        "reversal_high": reversed_id,
        "reversal_low": reversed_id,
        "batch": spread("batch", n, 1, 4, ABSENT),
    }


def _sample_lines(
    m: int,
    words: Vocabulary,
    spread: Callable[..., NDArray[Any]],
    code: Callable[..., NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    amount = spread("debit", m, 12_345_677, 10**9, 1)
    is_debit = np.arange(m) % 2 == 0
    return {
        "account": code("account", m, words.accounts),
        "debit": np.where(is_debit, amount, 0),
        "credit": np.where(is_debit, 0, amount),
        "local_amount": np.where(is_debit, amount, -amount),
        "cost_center": code("cost_center", m, words.cost_centers, ABSENT),
        "profit_center": code("profit_center", m, words.profit_centers, ABSENT),
        "partner": code("partner", m, words.partners, ABSENT),
        "trading_partner": code("trading_partner", m, words.companies, ABSENT),
        "tax_code": code("tax_code", m, words.tax_codes, ABSENT),
        "tax_amount": spread("tax_amount", m, 19_001, 10**7),
        "assignment_kind": code("assignment_kind", m, words.reference_kinds, ABSENT),
        "assignment_number": spread("assignment_number", m, 99_991, 10**11),
        "line_text": code("line_text", m, words.line_texts, ABSENT),
        "value_day": np.where(is_debit, column("value_day", [19_800] * m), column("value_day", [ABSENT] * m)),
    }
