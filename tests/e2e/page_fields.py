"""The page's fields of entries, in one serialisation, from whatever way they came.

One line of text for each entry: document id, posting date, company code, then
account, debit and credit of each line.  Written with the standard library
alone, so that it shares nothing with the encoders.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.generation.block import Block, Vocabulary
    from datasynth.transports.rpc.synth_pb2 import Entry

EPOCH = date(1970, 1, 1)
Line = tuple[str, str, str]


def serialised(document_id: str, posting_date: str, company_code: str, lines: Iterable[Line]) -> bytes:
    """One entry as a line of text."""
    head = f"{document_id} {posting_date} {company_code}"
    return f"{head} {' '.join('|'.join(line) for line in lines)}\n".encode()


def printed_amount(minor: int, decimals: int) -> str:
    """Minor units as text, written out digit by digit.

    Parameters
    ----------
    minor
        Zero or more. [minor units]
    decimals
        Of the currency.
    """
    digits = str(minor).rjust(decimals + 1, "0")
    return digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}"


def of_block(block: Block, words: Vocabulary) -> Iterator[bytes]:
    """From the columns of a block, entry by entry."""
    for i in range(block.entries):
        decimals = words.currency_decimals[block.currency[i]]
        lines = range(int(block.first_line[i]), int(block.first_line[i + 1]))
        yield serialised(
            str(UUID(int=(int(block.id_high[i]) << 64) | int(block.id_low[i]))),
            (EPOCH + timedelta(days=int(block.posting_day[i]))).isoformat(),
            words.companies[block.company[i]],
            (
                (
                    words.accounts[block.account[j]],
                    printed_amount(int(block.debit[j]), decimals),
                    printed_amount(int(block.credit[j]), decimals),
                )
                for j in lines
            ),
        )


def of_rows(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """From flat rows, one per line item, in order."""
    for _, group in groupby(rows, key=lambda row: row["sequence"]):
        lines = list(group)
        assert [line["line"] for line in lines] == list(range(1, len(lines) + 1))
        yield serialised(
            lines[0]["document_id"],
            lines[0]["posting_date"],
            lines[0]["company_code"],
            ((line["account"], line["debit"], line["credit"]) for line in lines),
        )


def of_events(events: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """From WebSocket messages of the line view, put together to entries again."""
    names = ("sequence", "line", "company_code")
    return of_rows({**{name: event[name] for name in names}, **event["data"]} for event in events)


def of_documents(documents: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """From objects of the document view."""
    for document in documents:
        yield serialised(
            document["document_id"],
            document["posting_date"],
            document["company_code"],
            ((line["account"], line["debit"], line["credit"]) for line in document["lines"]),
        )


def of_messages(messages: Iterable[Entry]) -> Iterator[bytes]:
    """From gRPC messages."""
    for message in messages:
        yield serialised(
            message.document_id,
            message.posting_date,
            message.company_code,
            ((line.account, line.debit, line.credit) for line in message.lines),
        )


def of_ndjson(body: bytes) -> list[dict[str, Any]]:
    """Decode a download."""
    return [json.loads(line) for line in body.splitlines()]
