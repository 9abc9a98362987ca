"""The JSON Schemas that the descriptions of the calls share: streams, events of triggers, rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.config import config_json_schema
from datasynth.encoding import View
from datasynth.encoding.json_schema import entry_json_schema
from datasynth.ledger.closes import PATTERNS
from datasynth.output.reference_rows import ACCOUNTS, BALANCES, OPEN_ITEMS, PARTIES, USERS
from datasynth.service.streams.lifecycle import PauseReason, State
from datasynth.transports.errors import error_json_schema
from datasynth.transports.operations import component, record
from datasynth.transports.rest.report_components import report_components
from datasynth.transports.rest.schemas import (
    AMOUNT,
    DAY,
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    every,
    or_null,
    words,
)

if TYPE_CHECKING:
    from datasynth.encoding.tables import Table
    from datasynth.transports.operations import JsonSchema


def _row(table: Table, *values: JsonSchema) -> JsonSchema:
    return record(**dict(zip(table.columns, values, strict=True)))


def _trigger() -> JsonSchema:
    return record(pattern=words(*PATTERNS), at_sequence=WHOLE, entries=WHOLE)


def _stream() -> JsonSchema:
    return record(
        stream_id=TEXT,
        kind=words("rest", "grpc"),
        state=words(*(str(state) for state in State)),
        paused_by=every(words(*(str(reason) for reason in PauseReason))),
        current=WHOLE,
        total=WHOLE,
        percent=NUMBER,
        rate=NUMBER,
        created_at=MOMENT,
        started_at=or_null(MOMENT),
        ended_at=or_null(MOMENT),
        duration_ms=WHOLE,
        triggers=every(component("Trigger")),
        entries_per_second=or_null(NUMBER),
        error=or_null(TEXT),
    )


def _tables() -> dict[str, JsonSchema]:
    control = words("customer", "vendor", "employee", "company", "goods")
    kind = words("asset", "liability", "equity", "revenue", "expense")
    return {
        "Account": _row(ACCOUNTS, TEXT, TEXT, TEXT, kind, words("debit", "credit"), TRUTH, or_null(control)),
        "Party": _row(
            PARTIES,
            *(TEXT, words("customer", "vendor", "employee"), TEXT, TEXT, TEXT, TEXT, TEXT),
            *(WHOLE, or_null(TEXT)),
        ),
        "User": _row(USERS, TEXT, TEXT, TEXT, or_null(AMOUNT), TEXT, TEXT, TEXT, words("person", "program")),
        "Balance": _row(BALANCES, TEXT, TEXT, TEXT, AMOUNT, AMOUNT, AMOUNT, AMOUNT),
        "OpenItem": _row(OPEN_ITEMS, TEXT, TEXT, or_null(TEXT), TEXT, TEXT, DAY, DAY, TEXT, AMOUNT, AMOUNT),
    }


def _config() -> JsonSchema:
    return {key: value for key, value in config_json_schema().items() if key != "$schema"}


def components() -> dict[str, Any]:
    """Return every shared schema by its name.

    The first call reads tables of the configuration, which takes some tenths of a second.
    """
    return {
        "Config": _config(),
        "Error": error_json_schema(),
        "Stream": _stream(),
        "Trigger": _trigger(),
        "EntryLine": entry_json_schema(View.LINE),
        "EntryDocument": entry_json_schema(View.DOCUMENT),
        **_tables(),
        **report_components(),
    }
