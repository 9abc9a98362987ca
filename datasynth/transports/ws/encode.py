"""How messages about a stream look: one JSON object each, `type` first.

Entries are not here: they arrive as whole frames, encoded once for everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from datasynth.service.streams.lifecycle import State
from datasynth.transports.ws.frames import text_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.status import StreamStatus


def encode(kind: str, stream_id: str | None, **fields: object) -> bytes:
    """Return the frame of one message.

    Parameters
    ----------
    kind
        Its type.
    stream_id
        The stream that it is about, if it is about one.
    fields
        What it says, in order.
    """
    return text_frame(orjson.dumps({"type": kind, "stream_id": stream_id, **fields}))


def encode_notice(stream_id: str, notice: Notice) -> bytes:
    """Return the frame of an announcement: what happened, in words and in figures."""
    return encode(notice.type, stream_id, message=notice.message, **notice.fields)


def encode_progress(status: StreamStatus) -> bytes:
    """Return the frame that tells how far the head has come."""
    return encode(
        "progress",
        status.stream_id,
        current=status.current,
        total=status.total,
        percent=status.percent,
        rate=round(status.rate, 1),
    )


def encode_complete(status: StreamStatus) -> bytes:
    """Return the frame that follows a stream's last entry."""
    return encode(
        "complete",
        status.stream_id,
        total_entries=status.end,
        duration_ms=status.duration_ms,
        status=State.STOPPED if status.state is State.STOPPED else State.COMPLETED,
    )


def encode_metrics(counters: Mapping[str, object]) -> bytes:
    """Return the frame of the server's counters at one moment."""
    return text_frame(orjson.dumps({"type": "metrics", **counters}))
