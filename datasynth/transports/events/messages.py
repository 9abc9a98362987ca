"""The messages about a stream, each one JSON object with its `type` first, and the schema of each.

Entries are not here: they arrive encoded, once for every reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from datasynth.encoding.fields import (
    COMPANY_CODE,
    CURRENCY,
    LINE_IN_ROW,
    PAGE_FIELDS,
    SEQUENCE,
)
from datasynth.encoding.json_schema import object_schema
from datasynth.ledger.closes import PATTERNS
from datasynth.service.streams.lifecycle import PauseReason, State
from datasynth.transports.operations import component, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.status import StreamStatus
    from datasynth.transports.operations import JsonSchema

METRICS = "metrics"

_TEXT: JsonSchema = {"type": "string"}
_COUNT: JsonSchema = {"type": "integer", "minimum": 0}
_NUMBER: JsonSchema = {"type": "number", "minimum": 0}
_REASONS: JsonSchema = {
    "type": "array",
    "items": {"type": "string", "enum": [str(reason) for reason in PauseReason]},
}


def message(kind: str, stream_id: str | None, **fields: object) -> bytes:
    """Return one message of type `kind`, about a stream if it is about one."""
    return orjson.dumps({"type": kind, "stream_id": stream_id, **fields})


def notice_message(stream_id: str, notice: Notice) -> bytes:
    """Return an event of the stream, in words and in figures."""
    return message(notice.type, stream_id, message=notice.message, **notice.fields)


def progress_message(status: StreamStatus) -> bytes:
    """Return how far the head has come."""
    return message(
        "progress",
        status.stream_id,
        current=status.current,
        total=status.total,
        percent=status.percent,
        rate=round(status.rate, 1),
    )


def complete_message(status: StreamStatus) -> bytes:
    """Return what follows a stream's last entry."""
    return message(
        "complete",
        status.stream_id,
        total_entries=status.end,
        duration_ms=status.duration_ms,
        status=State.STOPPED if status.state is State.STOPPED else State.COMPLETED,
    )


def metrics_message(counters: Mapping[str, object]) -> bytes:
    """Return the server's counters at one moment."""
    return orjson.dumps({"type": METRICS, **counters})


def message_schemas() -> dict[str, JsonSchema]:
    """Return the schema of each message of a stream, by its type, in the order of the reference page."""
    return {
        "started": _schema("started", message=_TEXT, total=_COUNT),
        "paused": _schema("paused", message=_TEXT, paused_by=_REASONS),
        "resumed": _schema("resumed", message=_TEXT, current=_COUNT),
        "stopped": _schema("stopped", message=_TEXT, current=_COUNT),
        "trigger": _schema(
            "trigger",
            message=_TEXT,
            pattern={"type": "string", "enum": list(PATTERNS)},
            at_sequence=_COUNT,
            entries=_COUNT,
        ),
        "warning": _schema("warning", message=_TEXT, used_bytes=_COUNT, limit_bytes=_COUNT),
        "progress": _schema("progress", current=_COUNT, total=_COUNT, percent=_NUMBER, rate=_NUMBER),
        "entry": {"oneOf": [_line_event(), _document_event()]},
        "error": _schema("error", message=_TEXT),
        "complete": _schema(
            "complete",
            total_entries=_COUNT,
            duration_ms=_COUNT,
            status={"type": "string", "enum": [str(State.COMPLETED), str(State.STOPPED)]},
        ),
    }


def metrics_schema() -> JsonSchema:
    """Return the schema of a message with the server's counters, whose names are those of ``/metrics``."""
    return {**record(type={"const": METRICS}), "additionalProperties": {"type": "number"}}


def _schema(kind: str, **fields: JsonSchema) -> dict[str, Any]:
    # A warning may be about no stream.
    about: JsonSchema = {"type": ["string", "null"]} if kind == "warning" else _TEXT
    return record(type={"const": kind}, stream_id=about, **fields)


def _line_event() -> JsonSchema:
    fields = object_schema((SEQUENCE, LINE_IN_ROW, COMPANY_CODE, CURRENCY))["properties"]
    return _schema("entry", **fields, data=object_schema(PAGE_FIELDS))


def _document_event() -> JsonSchema:
    fields = object_schema((SEQUENCE, COMPANY_CODE, CURRENCY))["properties"]
    return _schema("entry", **fields, data=component("EntryDocument"))
