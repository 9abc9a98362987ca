"""Reference data: what stands behind the entries of a stream, or of the present configuration.

Everything is computed and encoded on native threads; a caller sleeps meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.tables import encode_table
from datasynth.errors import InvalidRequest
from datasynth.service.reference.listing import TIMEOUT, Listing
from datasynth.service.reference.tables import Books

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.journal_builder import JournalBuilder
    from datasynth.service.journals.reference_protocols import ListParties, ListUsers
    from datasynth.service.reference.query import ReferenceQuery
    from datasynth.service.reference.tables import ReferenceTable
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.threads.caller import Caller
    from datasynth.service.threads.thread_runner import ThreadRunner


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

    def listing(self, table: ReferenceTable, query: ReferenceQuery, caller: Caller) -> Listing:
        """Begin a table of what the query is about.

        Parameters
        ----------
        table
            One of `TABLES`.
        query
            Of what, and how the answer looks.
        caller
            Whom it counts for, and what it sleeps on.

        Raises
        ------
        NotFound
            If there is no such stream.
        InvalidRequest
            If there is no such company, position or page.
        Overloaded
            If the server takes no work.
        """
        books = self._books(table, query, caller)

        def begin() -> Listing:
            facts, rows = table.content(books, query)
            chunks = encode_table(table.columns, query.format, rows, facts)
            return Listing(facts, next(chunks), chunks, self._runner, caller.waker)

        return self._runner.run_in_thread(begin, caller.waker, TIMEOUT)

    def _books(self, table: ReferenceTable, query: ReferenceQuery, caller: Caller) -> Books:
        """Find what is asked about, with its journal if need be, which may have to be built."""
        stream_id = query.stream_id
        version = None if stream_id is None else self._registry.get(stream_id).version
        config = self._config_store.document.config if version is None else version.spec.config
        company = _company_index(query.company, config)
        self._builder.admit(caller.waker)
        if stream_id is None:
            self._builder.check(config)
        lists = (self._list_parties, self._list_users)
        if not table.needs_journal:
            return Books(config, company, *lists)
        if stream_id is None:
            version = self._builder.version(config, caller)
            end = version.total
        else:
            version, end = self._registry.journal_of(stream_id, caller)
        return Books(config, company, *lists, version.journal, version.fingerprints[-1], end)


def _company_index(code: str | None, config: Config) -> int | None:
    if code is None:
        return None
    codes = [company.code for company in config.companies]
    if code not in codes:
        sentence = f"Must be one of: {', '.join(codes)}."
        raise InvalidRequest(f"company: There is no company {code!r}.", {"company": [sentence]})
    return codes.index(code)
