"""Reference data: what stands behind the entries of a stream, or of the present configuration.

Everything is computed and encoded on native threads; a caller sleeps meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding.tables import encode_table
from datasynth.errors import InvalidRequest
from datasynth.service.reference_listing import TIMEOUT, Listing
from datasynth.service.reference_query import date_at, position_at, read_cursor, write_cursor
from datasynth.service.reference_rows import (
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
    from datasynth.service.building import JournalBuilder
    from datasynth.service.config_store import ConfigStore
    from datasynth.service.edition import Edition
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.offload import Offload
    from datasynth.service.reference_query import At
    from datasynth.service.reference_seams import ListParties, ListUsers
    from datasynth.service.registry import StreamRegistry
    from datasynth.service.seams import JournalLike
    from datasynth.service.waker import Waker

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
    """What a scope turned out to be; `edition` and `end` are None until a journal is built."""

    config: Config
    company: int | None
    edition: Edition | None
    end: int | None


class Reference:
    """Answers what is asked about accounts, parties, users, balances and open items.

    Parameters
    ----------
    registry
        Finds streams.
    config_store
        Configuration of questions without a stream.
    shelf
        Where journals come from.
    builder
        Lets callers in, or not.
    offload
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
        shelf: JournalShelf,
        builder: JournalBuilder,
        offload: Offload,
        list_parties: ListParties,
        list_users: ListUsers,
    ) -> None:
        self._registry = registry
        self._config_store = config_store
        self._shelf = shelf
        self._builder = builder
        self._offload = offload
        self._list_parties = list_parties
        self._list_users = list_users

    def accounts(self, scope: Scope, waker: Waker) -> Listing:
        """List the chart of accounts, which all companies share."""
        books = self._books(scope, waker)

        def content() -> Content:
            return {}, account_rows(self._opened(books)[0].chart)

        return self._list(ACCOUNTS, scope.format, content, waker)

    def parties(self, scope: Scope, waker: Waker) -> Listing:
        """List customers, vendors and employees."""
        books = self._books(scope, waker)

        def content() -> Content:
            return {}, party_rows(self._list_parties(books.config, scope.company))

        return self._list(PARTIES, scope.format, content, waker)

    def users(self, scope: Scope, waker: Waker) -> Listing:
        """List those who enter and approve documents."""
        books = self._books(scope, waker)

        def content() -> Content:
            return {}, user_rows(self._list_users(books.config), books.config, scope.company)

        return self._list(USERS, scope.format, content, waker)

    def balances(self, scope: Scope, at: At, waker: Waker) -> Listing:
        """List the balances of all accounts.

        Parameters
        ----------
        scope
            Of what.
        at
            When.
        waker
            What the caller sleeps on.
        """
        books = self._books(scope, waker)

        def content() -> Content:
            journal, _, end = self._opened(books)
            position = position_at(at, journal, end)
            rows = balance_rows(journal.balances(position), journal.chart, journal.config, books.company)
            return _place(position, journal), rows

        return self._list(BALANCES, scope.format, content, waker)

    def open_items(self, scope: Scope, at: At, limit: int, cursor: str | None, waker: Waker) -> Listing:
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
        waker
            What the caller sleeps on.
        """
        books = self._books(scope, waker)

        def content() -> Content:
            journal, edition, end = self._opened(books)
            position = position_at(at, journal, end)
            query = f"{edition.fingerprints[-1]} {position} {books.company}"
            place = read_cursor(cursor, query)
            items, following = journal.open_items(position, books.company, place, limit)
            next_cursor = None if following is None else write_cursor(following, query)
            facts = {**_place(position, journal), "next_cursor": next_cursor}
            return facts, open_item_rows(items, journal)

        return self._list(OPEN_ITEMS, scope.format, content, waker)

    def _books(self, scope: Scope, waker: Waker) -> _Books:
        """Find what is asked about, without computing anything."""
        edition, end = None, None
        if scope.stream_id is not None:
            edition, end = self._registry.get(scope.stream_id).extent()
        config = self._config_store.document.config if edition is None else edition.recipe.config
        books = _Books(config, _company_index(scope.company, config), edition, end)
        self._builder.admit(waker)
        return books

    def _opened(self, books: _Books) -> tuple[JournalLike, Edition, int]:
        """Return the journal, its edition, and where its entries end; for native threads."""
        edition = books.edition or self._shelf.edition(books.config)
        journal = edition.journal or self._shelf.obtain(edition.recipe)
        return journal, edition, edition.total if books.end is None else books.end

    def _list(
        self, table: Table, format: TableFormat, content: Callable[[], Content], waker: Waker
    ) -> Listing:
        def begin() -> Listing:
            facts, rows = content()
            pieces = encode_table(table, format, rows, facts)
            return Listing(facts, next(pieces), pieces, self._offload, waker)

        return self._offload.call(begin, waker, TIMEOUT)


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
