"""Entries as dictionaries and common libraries' encoders: the slow, obvious twin of `datasynth.encoding`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import uuid
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from datasynth.generation.block import ABSENT
from datasynth.transports.rpc import synth_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.block import Block, Vocabulary
    from datasynth.ledger.references import ReferenceKind

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WIDE = Context(prec=40)


def day(value: Any) -> str | None:
    """ISO date of days since the epoch."""
    return None if value == ABSENT else (EPOCH + dt.timedelta(days=int(value))).date().isoformat()


def moment(value: Any) -> str:
    """ISO time of seconds since the epoch, with a Z."""
    return (EPOCH + dt.timedelta(seconds=int(value))).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount(value: Any, decimals: int) -> str:
    """Minor units as a decimal number."""
    return format(Decimal(int(value)).scaleb(-decimals, WIDE), "f")


def word(words: Sequence[str], code: Any) -> str | None:
    """The word behind a code."""
    return None if code == ABSENT else words[code]


def numbered(kinds: Sequence[ReferenceKind], kind: Any, number: Any) -> str | None:
    """The text of a kind and a number with its least digits."""
    return None if kind == ABSENT else f"{kinds[kind].text}{int(number):0{kinds[kind].digits}d}"


def document_id(high: Any, low: Any) -> str | None:
    """A UUID from its halves."""
    both = (int(high) << 64) | int(low)
    return str(uuid.UUID(int=both)) if both else None


def header(words: Vocabulary, b: Block, i: int) -> dict[str, Any]:
    """The header fields of entry `i` of a block."""
    return {
        "document_id": str(uuid.UUID(int=(int(b.id_high[i]) << 64) | int(b.id_low[i]))),
        "document_number": f"{int(b.document_number[i]):010d}",
        "company_code": word(words.companies, b.company[i]),
        "fiscal_year": int(b.fiscal_year[i]),
        "fiscal_period": int(b.fiscal_period[i]),
        "posting_date": (EPOCH + dt.timedelta(days=int(b.posting_day[i]))).date().isoformat(),
        "document_date": (EPOCH + dt.timedelta(days=int(b.document_day[i]))).date().isoformat(),
        "created_at": moment(b.created_at[i]),
        "document_type": word(words.document_types, b.document_type[i]),
        "currency": word(words.currencies, b.currency[i]),
        "exchange_rate": amount(b.exchange_rate[i], int(b.rate_places[i])),
        "reference": numbered(words.reference_kinds, b.reference_kind[i], b.reference_number[i]),
        "header_text": word(words.header_texts, b.header_text[i]),
        "created_by": word(words.users, b.created_by[i]),
        "approved_by": word(words.users, b.approved_by[i]),
        "approved_at": None if b.approved_by[i] == ABSENT else moment(b.approved_at[i]),
        "source": word(words.sources, b.source[i]),
        "business_process": word(words.processes, b.process[i]),
        "pattern": word(words.patterns, b.pattern[i]),
        "reversal_of": document_id(b.reversal_high[i], b.reversal_low[i]),
        "batch_id": numbered((words.batch_kind,), 0 if b.batch[i] != ABSENT else ABSENT, b.batch[i]),
    }


def line(words: Vocabulary, b: Block, i: int, k: int) -> dict[str, Any]:
    """The fields of line `k` of a block, which belongs to entry `i`."""
    decimals = words.currency_decimals[b.currency[i]]
    local = words.currency_decimals[words.company_currencies[b.company[i]]]
    return {
        "line_number": int(k - b.first_line[i]) + 1,
        "account": word(words.accounts, b.account[k]),
        "account_name": word(words.account_names, b.account[k]),
        "debit": amount(b.debit[k], decimals),
        "credit": amount(b.credit[k], decimals),
        "local_amount": amount(b.local_amount[k], local),
        "cost_center": word(words.cost_centers, b.cost_center[k]),
        "profit_center": word(words.profit_centers, b.profit_center[k]),
        "partner_type": word(words.partner_types, b.partner[k]),
        "partner_id": word(words.partners, b.partner[k]),
        "trading_partner": word(words.companies, b.trading_partner[k]),
        "tax_code": word(words.tax_codes, b.tax_code[k]),
        "tax_amount": None if b.tax_code[k] == ABSENT else amount(b.tax_amount[k], decimals),
        "assignment": numbered(words.reference_kinds, b.assignment_kind[k], b.assignment_number[k]),
        "line_text": word(words.line_texts, b.line_text[k]),
        "value_date": day(b.value_day[k]),
    }


def documents(words: Vocabulary, block: Block) -> list[dict[str, Any]]:
    """The document view of every entry."""
    return [
        {
            "sequence": block.first + i,
            **header(words, block, i),
            "lines": [line(words, block, i, k) for k in range(block.first_line[i], block.first_line[i + 1])],
        }
        for i in range(block.entries)
    ]


ROW_NAMES = [
    "document_id",
    "posting_date",
    "account",
    "debit",
    "credit",
    "sequence",
    "line",
    "document_number",
    "company_code",
    "fiscal_year",
    "fiscal_period",
    "document_date",
    "created_at",
    "document_type",
    "currency",
    "exchange_rate",
    "reference",
    "header_text",
    "created_by",
    "approved_by",
    "approved_at",
    "source",
    "business_process",
    "pattern",
    "reversal_of",
    "batch_id",
    "account_name",
    "local_amount",
    "cost_center",
    "profit_center",
    "partner_type",
    "partner_id",
    "trading_partner",
    "tax_code",
    "tax_amount",
    "assignment",
    "line_text",
    "value_date",
]


def rows(words: Vocabulary, block: Block) -> list[dict[str, Any]]:
    """The line view of every line."""
    return [
        {name: {**document, **item, "line": item["line_number"]}[name] for name in ROW_NAMES}
        for document in documents(words, block)
        for item in document["lines"]
    ]


def dumps(value: Any) -> bytes:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def csv_row(values: list[Any]) -> bytes:
    """One row of CSV; written with CR LF, so that the library quotes either of them, and ended with LF."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue().removesuffix("\r\n").encode() + b"\n"


def frame(payload: bytes) -> bytes:
    """An unmasked text frame."""
    size = len(payload)
    if size < 126:
        return bytes([0x81, size]) + payload
    if size < 2**16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def line_events(words: Vocabulary, block: Block, stream_id: str) -> list[bytes]:
    """Frames of the line view."""
    return [
        frame(
            dumps(
                {
                    "type": "entry",
                    "stream_id": stream_id,
                    **{name: row[name] for name in ("sequence", "line", "company_code", "currency")},
                    "data": {name: row[name] for name in ROW_NAMES[:5]},
                },
            ),
        )
        for row in rows(words, block)
    ]


def document_events(words: Vocabulary, block: Block, stream_id: str) -> list[bytes]:
    """Frames of the document view."""
    return [
        frame(
            dumps(
                {
                    "type": "entry",
                    "stream_id": stream_id,
                    **{name: document[name] for name in ("sequence", "company_code", "currency")},
                    "data": document,
                },
            ),
        )
        for document in documents(words, block)
    ]


def messages(words: Vocabulary, block: Block) -> list[bytes]:
    """The bare message of every entry."""
    return [
        synth_pb2.Entry(
            **{name: document[name] for name in ("document_id", "posting_date", "company_code")},
            lines=[
                {name: item[name] for name in ("account", "debit", "credit")} for item in document["lines"]
            ],
        ).SerializeToString()
        for document in documents(words, block)
    ]
