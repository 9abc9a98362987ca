"""The five tables of reference data: names, query keys, columns and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding.tables import encode_table
from datasynth.output.reference_rows import (
    ACCOUNTS,
    BALANCES,
    OPEN_ITEMS,
    PARTIES,
    USERS,
    account_rows,
    balance_rows,
    open_item_rows,
    party_rows,
    user_rows,
)
from datasynth.service.reference.query import date_at, position_at, read_cursor, write_cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from datasynth.config.model import Config
    from datasynth.encoding.tables import Row, Table
    from datasynth.service.journals.protocols import JournalProtocol, ListParties, ListUsers
    from datasynth.service.reference.query import ReferenceQuery

    Content = tuple[Mapping[str, object], Iterable[Row]]

Begun = tuple["Mapping[str, object]", "Iterator[bytes]"]
"""Facts about an answer, and the chunks of its bytes."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """What a table is made from.

    Attributes
    ----------
    config
        Configuration of the stream, or the present one.
    company
        Index of a company, or None for all.
    journal, fingerprint
        The journal and its name; None and empty for a table that needs none.
    end, head
        Where the journal's entries end, and how far the stream has come.
    """

    config: Config
    company: int | None
    list_parties: ListParties
    list_users: ListUsers
    journal: JournalProtocol | None = None
    fingerprint: str = ""
    end: int = 0
    head: int = 0

    def required_journal(self) -> JournalProtocol:
        """Return the journal of a table that needs one."""
        if self.journal is None:
            raise LookupError("this table was asked for without a journal")
        return self.journal

    def position(self, query: ReferenceQuery) -> int:
        """Return the number of entries that count for a query; fails like `position_at`."""
        return position_at(query.at, self.required_journal(), self.end, self.head)

    def facts_at(self, position: int) -> dict[str, object]:
        """Return the facts about a position that an answer begins with."""
        return {"at_sequence": position, "at_date": date_at(position, self.required_journal())}


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """A table of reference data.

    Attributes
    ----------
    name
        Last part of its address, and name of its file.
    columns
        Its columns, and the key of its rows in JSON.
    keys
        Keys of a query, in the order of the reference page.
    needs_journal
        Whether it is computed from a journal, and not from the configuration alone.
    content
        Computes the facts besides the rows, and the rows.
    """

    name: str
    columns: Table
    keys: tuple[str, ...]
    needs_journal: bool
    content: Callable[[TableSource, ReferenceQuery], Content]

    def begin(self, source: TableSource, query: ReferenceQuery) -> Begun:
        """Compute the table; its chunks are made as they are asked for."""
        facts, rows = self.content(source, query)
        return facts, encode_table(self.columns, query.format, rows, facts)


def _accounts(source: TableSource, _: ReferenceQuery) -> Content:
    return {}, account_rows(source.required_journal().chart)


def _parties(source: TableSource, query: ReferenceQuery) -> Content:
    return {}, party_rows(source.list_parties(source.config, query.company))


def _users(source: TableSource, query: ReferenceQuery) -> Content:
    return {}, user_rows(source.list_users(source.config), source.config, query.company)


def _balances(source: TableSource, query: ReferenceQuery) -> Content:
    journal = source.required_journal()
    position = source.position(query)
    rows = balance_rows(journal.balances(position), journal.chart, journal.config, source.company)
    return source.facts_at(position), rows


def _open_items(source: TableSource, query: ReferenceQuery) -> Content:
    journal = source.required_journal()
    position = source.position(query)
    sealed = f"{source.fingerprint} {position} {source.company}"
    place = read_cursor(query.cursor, sealed)
    items, following = journal.open_items(position, source.company, place, query.limit)
    next_cursor = None if following is None else write_cursor(following, sealed)
    return {**source.facts_at(position), "next_cursor": next_cursor}, open_item_rows(
        items, journal.config, journal.chart, journal.vocabulary
    )


_KEYS = ("stream_id", "company", "format")

TABLES = (
    ReferenceTable("accounts", ACCOUNTS, _KEYS, needs_journal=True, content=_accounts),
    ReferenceTable("parties", PARTIES, _KEYS, needs_journal=False, content=_parties),
    ReferenceTable("users", USERS, _KEYS, needs_journal=False, content=_users),
    ReferenceTable("balances", BALANCES, (*_KEYS, "at"), needs_journal=True, content=_balances),
    ReferenceTable(
        "open-items", OPEN_ITEMS, (*_KEYS, "at", "limit", "cursor"), needs_journal=True, content=_open_items
    ),
)
