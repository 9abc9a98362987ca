"""The calls of REST that answer with one JSON object: what is sent, and what the answer says."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from datasynth.client.record_reader import Record

Answer = TypeVar("Answer")


class Call(NamedTuple, Generic[Answer]):
    """A call.

    Attributes
    ----------
    method, path
        Of HTTP.
    read
        Returns what the program gets of the answer's object.
    query
        Keys and values.
    body
        JSON; None for none.
    repeatable
        Whether a call that may have been carried out can be made again.
    """

    method: str
    path: str
    read: Callable[[Any], Answer]
    query: Mapping[str, str] = {}
    body: object = None
    repeatable: bool = True


def config() -> Call[Record]:
    """Read the configuration."""
    return Call("GET", "/api/config", _whole)


def set_config(patch: Mapping[str, object]) -> Call[Record]:
    """Merge a partial configuration; twice is as good as once."""
    return Call("POST", "/api/config", _whole, body=patch)


def start(
    count: int | None, entries_per_second: float | None, config: Mapping[str, object] | None
) -> Call[str]:
    """Start a stream."""
    keys = {"count": count, "entries_per_second": entries_per_second, "config": config}
    body = {name: value for name, value in keys.items() if value is not None}
    return Call("POST", "/api/stream/start", itemgetter("stream_id"), body=body, repeatable=False)


def steer(verb: str) -> Call[str]:
    """Stop, pause or resume; the server answers alike when it is done already."""
    return Call("POST", f"/api/stream/{verb}", itemgetter("stream_id"))


def trigger(pattern: str) -> Call[Record]:
    """Insert a package."""
    return Call("POST", f"/api/stream/trigger/{quote(pattern, safe='')}", _whole, repeatable=False)


def stream(stream_id: str | None) -> Call[Record]:
    """Read a stream's state."""
    path = "/api/stream" if stream_id is None else f"/api/streams/{quote(stream_id, safe='')}"
    return Call("GET", path, _whole)


def listing(name: str, stream_id: str | None, company: str | None) -> Call[list[Record]]:
    """Read accounts, parties or users."""
    return Call("GET", f"/api/{name}", itemgetter(name), _query(stream_id=stream_id, company=company))


def balances(at: int | str | date | None, stream_id: str | None, company: str | None) -> Call[Record]:
    """Read the trial balance."""
    return Call("GET", "/api/balances", _whole, _query(at=at, stream_id=stream_id, company=company))


def open_items(
    at: int | str | date | None, stream_id: str | None, company: str | None, limit: int, cursor: str | None
) -> Call[Record]:
    """Read a page of open items."""
    query = _query(at=at, stream_id=stream_id, company=company, limit=limit, cursor=cursor)
    return Call("GET", "/api/open-items", _items, query)


def _whole(answer: Any) -> Record:
    if not isinstance(answer, dict):
        raise TypeError("an object was expected")
    return answer


def _items(answer: Any) -> Record:
    return {"items": answer["items"], "next_cursor": answer["next_cursor"]}


def _query(**keys: object) -> dict[str, str]:
    return {name: str(value) for name, value in keys.items() if value is not None}
