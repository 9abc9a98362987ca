"""Reference data: what stands behind the entries of a stream, or of the present configuration.

Everything is computed and encoded on native threads; a caller sleeps meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding.tables import encode_table
from datasynth.errors import InvalidRequest
from datasynth.service.reference.listing import TIMEOUT, Listing
from datasynth.service.reference.query import date_at, position_at, read_cursor, write_cursor
from datasynth.service.reference.rows import (
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from datasynth.config.model import Config
    from datasynth.encoding.tables import Row, Table, TableFormat
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.journal_builder import JournalBuilder
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.reference_protocols import ListParties, ListUsers
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.reference.query import At
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.threads.caller import Caller
    from datasynth.service.threads.thread_runner import ThreadRunner

    Content = tuple[Mapping[str, object], Iterable[Row]]

LARGEST_PAGE = 10_000
"""Open items in one answer."""

USUAL_PAGE = 1_000
"""Open items in one answer where the client does not say."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about, and how the answer is to look.

    Attributes
    ----------
    format
        Of the answer.
    stream_id
        A stream, or None for the present configuration.
    company
        Code of the one company that matters, or None for all.
    """

    format: TableFormat
    stream_id: str | None = None
    company: str | None = None


@dataclass(frozen=True, slots=True)
class _Books:
    """What a scope turned out to be."""

    config: Config
    company: int | None


@dataclass(frozen=True, slots=True)
class _OpenBooks:
    """The same with its journal, and where its entries end."""

    company: int | None
    version: JournalVersion
    end: int

    @property
    def journal(self) -> JournalLike:
        """The journal, which is there."""
        if self.version.journal is None:
            raise LookupError("the books are closed")
        return self.version.journal


class Reference:
    """Answers what is asked about accounts, parties, users, balances and open items.

    Parameters
    ----------
    registry
        Finds streams.
    config_store
        Configuration of questions without a stream.
    builder
        Lets callers in, or not, and has journals built for them.
    runner
        Native threads.
    list_parties, list_users
        What the journal itself does not know.

    Notes
    -----
    Each call raises `NotFound` for an unknown stream, `InvalidRequest` for what
    there is not, and `Overloaded` when the server takes no work.
    """

    def __init__(
        self,
        registry: StreamRegistry,
        config_store: ConfigStore,
        builder: JournalBuilder,
        runner: ThreadRunner,
        list_parties: ListParties,
        list_users: ListUsers,
    ) -> None:
        self._registry = registry
        self._config_store = config_store
        self._builder = builder
        self._runner = runner
        self._list_parties = list_parties
        self._list_users = list_users

    def accounts(self, scope: Scope, caller: Caller) -> Listing:
        """List the chart of accounts, which all companies share."""
        books = self._opened(scope, caller)

        def content() -> Content:
            return {}, account_rows(books.journal.chart)

        return self._list(ACCOUNTS, scope.format, content, caller)

    def parties(self, scope: Scope, caller: Caller) -> Listing:
        """List customers, vendors and employees."""
        books = self._books(scope, caller)

        def content() -> Content:
            return {}, party_rows(self._list_parties(books.config, scope.company))

        return self._list(PARTIES, scope.format, content, caller)

    def users(self, scope: Scope, caller: Caller) -> Listing:
        """List those who enter and approve documents."""
        books = self._books(scope, caller)

        def content() -> Content:
            return {}, user_rows(self._list_users(books.config), books.config, scope.company)

        return self._list(USERS, scope.format, content, caller)

    def balances(self, scope: Scope, at: At, caller: Caller) -> Listing:
        """List the balances of all accounts.

        Parameters
        ----------
        scope
            Of what.
        at
            When.
        caller
            Whom it counts for, and what it sleeps on.
        """
        books = self._opened(scope, caller)

        def content() -> Content:
            journal = books.journal
            position = position_at(at, journal, books.end)
            rows = balance_rows(journal.balances(position), journal.chart, journal.config, books.company)
            return _place(position, journal), rows

        return self._list(BALANCES, scope.format, content, caller)

    def open_items(self, scope: Scope, at: At, limit: int, cursor: str | None, caller: Caller) -> Listing:
        """List what has not been cleared, page by page.

        Parameters
        ----------
        scope
            Of what.
        at
            When.
        limit
            Items in the answer at most; 1 … `LARGEST_PAGE`.
        cursor
            The ``next_cursor`` of the page before, or None for the first.
        caller
            Whom it counts for, and what it sleeps on.
        """
        books = self._opened(scope, caller)

        def content() -> Content:
            journal = books.journal
            position = position_at(at, journal, books.end)
            query = f"{books.version.fingerprints[-1]} {position} {books.company}"
            place = read_cursor(cursor, query)
            items, following = journal.open_items(position, books.company, place, limit)
            next_cursor = None if following is None else write_cursor(following, query)
            facts = {**_place(position, journal), "next_cursor": next_cursor}
            return facts, open_item_rows(items, journal)

        return self._list(OPEN_ITEMS, scope.format, content, caller)

    def _books(self, scope: Scope, caller: Caller) -> _Books:
        """Find what is asked about, without computing anything."""
        version = None if scope.stream_id is None else self._registry.get(scope.stream_id).version
        config = self._config_store.document.config if version is None else version.spec.config
        books = _Books(config, _company_index(scope.company, config))
        self._builder.admit(caller.waker)
        if version is None:
            self._builder.check(config)
        return books

    def _opened(self, scope: Scope, caller: Caller) -> _OpenBooks:
        """Find what is asked about, and its journal, which is built if need be."""
        books = self._books(scope, caller)
        if scope.stream_id is None:
            version = self._builder.version(books.config, caller)
            end = version.total
        else:
            version, end = self._registry.journal_of(scope.stream_id, caller)
        return _OpenBooks(books.company, version, end)

    def _list(
        self, table: Table, format: TableFormat, content: Callable[[], Content], caller: Caller
    ) -> Listing:
        def begin() -> Listing:
            facts, rows = content()
            chunks = encode_table(table, format, rows, facts)
            return Listing(facts, next(chunks), chunks, self._runner, caller.waker)

        return self._runner.run_in_thread(begin, caller.waker, TIMEOUT)


def _place(position: int, journal: JournalLike) -> dict[str, object]:
    return {"at_sequence": position, "at_date": date_at(position, journal)}


def _company_index(code: str | None, config: Config) -> int | None:
    if code is None:
        return None
    codes = [company.code for company in config.companies]
    if code not in codes:
        sentence = f"Must be one of: {', '.join(codes)}."
        raise InvalidRequest(f"company: There is no company {code!r}.", {"company": [sentence]})
    return codes.index(code)
