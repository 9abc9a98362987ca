"""Follows a stream over as many WebSocket connections as it takes.

Knows messages and places, no network: whoever has a connection hands over what arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import orjson

from datasynth.client.errors import StreamFailedError, UnexpectedAnswerError

if TYPE_CHECKING:
    from collections.abc import Collection

    from datasynth.client.filters import View
    from datasynth.client.record_reader import Record

First = int | Literal["latest"]
"""Sequence number of the first entry wanted, or where the stream is now."""

ENDING = ("error", "complete")
"""Types of the messages after which nothing more comes."""


class Following:
    """What has arrived of one stream, and where the next connection goes on.

    A server tells those who join late what still holds: that the stream was started,
    its triggers, a pause, its stop.  What was told before is left out.

    Parameters
    ----------
    stream_id
        The stream; None for the active one, else the next.
    first
        Where to begin.
    types
        Types of the messages that are wanted; None for all.
    view
        Of the entries.
    """

    def __init__(
        self,
        stream_id: str | None = None,
        first: First = 0,
        types: Collection[str] | None = None,
        view: View = "line",
    ) -> None:
        self._stream_id = stream_id
        self._first = first
        self._types = types
        self._view = view
        self._place_keys = ("sequence",) if view == "document" else ("sequence", "line")
        self._last: Record | None = None
        self._furthest = -1
        self._told: dict[str, object] = {}
        self._triggers = self._triggers_here = 0
        self._failure = ""
        self._complete = False
        self.advanced = False
        """Whether the message that came last says something new."""

    def query(self) -> dict[str, str]:
        """Return the query of the next connection."""
        query = {"view": self._view, **self._place()}
        if self._stream_id is not None:
            query["stream_id"] = self._stream_id
        if self._types is not None:
            query["types"] = ",".join([*self._types, *(kind for kind in ENDING if kind not in self._types)])
        return query

    def accept(self, text: str | bytes) -> Record | None:
        """Return the event that a message is; None for one that was there before or is not wanted.

        Raises
        ------
        UnexpectedAnswerError
            It is no message of such a stream.
        """
        try:
            event: Record = orjson.loads(text)
            kind: str = event["type"]
            self.advanced = self._is_new(kind, event)
        except (ValueError, TypeError, KeyError) as error:
            raise UnexpectedAnswerError("The server sent a message that is not a stream event.") from error
        self._stream_id = self._stream_id or event.get("stream_id")
        passed_on = self.advanced or kind in {"progress", "warning"}
        return event if passed_on and (self._types is None or kind in self._types) else None

    def ended(self) -> bool:
        """Tell whether the stream is over.

        Raises
        ------
        StreamFailedError
            It has failed.
        """
        if self._failure:
            raise StreamFailedError(self._failure)
        return self._complete

    def broken(self) -> None:
        """Prepare for another connection."""
        self._triggers_here = 0

    def _place(self) -> dict[str, str]:
        if self._last is None:
            return {"from": str(self._first)} if self._first else {}
        if self._view == "document":
            return {"from": str(self._last["sequence"] + 1)}
        return {"from": str(self._last["sequence"]), "line": str(self._last["line"] + 1)}

    def _is_new(self, kind: str, event: Record) -> bool:
        match kind:
            case "entry":
                self._last = {key: event[key] for key in self._place_keys}
                return True
            case "progress":
                further: bool = event["current"] > self._furthest
                self._furthest = max(self._furthest, event["current"])
                return further
            case "trigger":
                self._triggers_here += 1
                new = self._triggers_here > self._triggers
                self._triggers = max(self._triggers, self._triggers_here)
                return new
            case "resumed":
                self._told.pop("paused", None)
                return True
            case "started" | "paused" | "stopped":
                new = self._told.get(kind) != event
                self._told[kind] = event
                return new
            case "error":
                self._failure = str(event["message"])
            case "complete":
                self._complete = True
        return kind != "warning"
