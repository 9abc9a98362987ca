"""Reference data: what stands behind the entries of a stream, or of the present configuration.

Everything is computed and encoded on native threads; a caller sleeps meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding.tables import encode_table
from datasynth.errors import InvalidRequest
from datasynth.service.reference.listing import TIMEOUT, Listing
from datasynth.service.reference.tables import TableSource

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.protocols import ListParties, ListUsers
    from datasynth.service.reference.query import ReferenceQuery
    from datasynth.service.reference.tables import ReferenceTable
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.threads.waker import Caller


@dataclass(frozen=True, slots=True)
class Reference:
    """Answers what is asked about accounts, parties, users, balances and open items.

    Attributes
    ----------
    registry
        Finds streams.
    config_store
        Configuration of questions without a stream.
    context
        What streams share.
    list_parties, list_users
        What the journal itself does not know.
    """

    registry: StreamRegistry
    config_store: ConfigStore
    context: Context
    list_parties: ListParties
    list_users: ListUsers

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
        source = self._source(table, query, caller)

        def begin() -> Listing:
            facts, rows = table.content(source, query)
            chunks = encode_table(table.columns, query.format, rows, facts)
            return Listing(facts, next(chunks), chunks, self.context.request_threads, caller.waker)

        return self.context.request_threads.run_in_thread(begin, caller.waker, TIMEOUT)

    def _source(self, table: ReferenceTable, query: ReferenceQuery, caller: Caller) -> TableSource:
        """Find what is asked about, with its journal if need be, which may have to be built."""
        stream_id = query.stream_id
        version = None if stream_id is None else self.registry.get(stream_id).version
        config = self.config_store.document.config if version is None else version.spec.config
        company = _company_index(query.company, config)
        self.context.readiness.admit(caller.waker)
        if stream_id is None:
            self.context.cost_limit.check(config)
        lists = (self.list_parties, self.list_users)
        if not table.needs_journal:
            return TableSource(config, company, *lists)
        if stream_id is None:
            version = self.context.journals.version(config, caller)
            end = version.total
        else:
            version, end = self.registry.journal_of(stream_id, caller)
        return TableSource(config, company, *lists, version.journal, version.fingerprints[-1], end)


def _company_index(code: str | None, config: Config) -> int | None:
    if code is None:
        return None
    codes = [company.code for company in config.companies]
    if code not in codes:
        sentence = f"Must be one of: {', '.join(codes)}."
        raise InvalidRequest(f"company: There is no company {code!r}.", {"company": [sentence]})
    return codes.index(code)
