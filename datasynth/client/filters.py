"""Which entries are wanted, and in what form, as keys of ``GET /api/entries``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

View = Literal["line", "document"]
"""A record a line item, or a record an entry with its lines."""

FileFormat = Literal["ndjson", "csv", "arrow", "parquet"]
"""Of downloads."""

LINE_PLACE = ("sequence", "line", "document_id")
"""Fields that say where a record lies, and whose it is."""

DOCUMENT_PLACE = ("sequence", "document_id")


class Filters(TypedDict, total=False):
    """Entries and fields that are wanted; what is left out means all.

    Attributes
    ----------
    view
        `line`, one record a line item, or `document`, one record an entry.
    fields
        Names of fields, in the order wanted.
    company
        Code of one company.
    from_date, to_date
        First and last posting date.
    """

    view: View
    fields: Sequence[str]
    company: str
    from_date: str | date
    to_date: str | date


class ArrowFilters(Filters, total=False):
    """Likewise, of columns.

    Attributes
    ----------
    amounts
        `decimal`, `minor` (whole minor units) or `text`.
    """

    amounts: Literal["decimal", "minor", "text"]


class FileFilters(ArrowFilters, total=False):
    """Likewise, of files.

    Attributes
    ----------
    compression
        `none`, `gzip`, `snappy` or `zstd`, as far as the format has it.
    header
        Whether CSV has a header row.
    dialect, decimal
        `excel` for CSV that Excel opens; then `comma` for a comma before decimals.
    """

    compression: Literal["none", "gzip", "snappy", "zstd"]
    header: bool
    dialect: Literal["excel"]
    decimal: Literal["point", "comma"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A range of entries in some form.

    Attributes
    ----------
    first
        Sequence number of the first entry.
    count
        Number of entries; None for all.
    keys
        Of the query, beside `from` and `count`.
    hidden
        Fields that are asked for to know the place, and that the program did not want.
    """

    first: int
    count: int | None
    keys: Mapping[str, str]
    hidden: tuple[str, ...] = ()

    def query(self, first: int | None = None) -> dict[str, str]:
        """Return the query of the range, or of what is left of it from an entry on."""
        start = self.first if first is None else first
        query = {**self.keys, "from": str(start)}
        if self.count is not None:
            query["count"] = str(self.first + self.count - start)
        return query

    @property
    def by_document(self) -> bool:
        """Whether a record is a whole entry."""
        return self.keys.get("view") == "document"


def wanted(
    first: int, count: int | None, stream_id: str | None, filters: Mapping[str, object], **fixed: str
) -> Wanted:
    """Return what a program asks for.

    Parameters
    ----------
    first, count
        Range of entries.
    stream_id
        A stream; None for the present configuration.
    filters
        One of the dictionaries above.
    fixed
        Further keys of the query.
    """
    keys = {**fixed, **({} if stream_id is None else {"stream_id": stream_id})}
    return Wanted(first, count, keys | {name: _text(value) for name, value in filters.items()})


def with_place(asked: Wanted) -> Wanted:
    """Return the range with the fields that a reader needs to go on after a lost connection."""
    if "fields" not in asked.keys:
        return asked
    fields = asked.keys["fields"].split(",")
    place = DOCUMENT_PLACE if asked.by_document else LINE_PLACE
    hidden = tuple(name for name in place if name not in fields)
    return replace(asked, keys={**asked.keys, "fields": ",".join([*fields, *hidden])}, hidden=hidden)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(value)
    return str(value)
