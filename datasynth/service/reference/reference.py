"""Reference data of a stream, or of the present configuration.

Native threads compute and encode it while the caller sleeps.
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
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Caller


@dataclass(frozen=True, slots=True)
class Reference:
    """Answers queries about accounts, parties, users, balances and open items."""

    registry: StreamRegistry
    config_store: ConfigStore
    services: StreamServices
    list_parties: ListParties
    list_users: ListUsers

    def listing(self, table: ReferenceTable, query: ReferenceQuery, caller: Caller) -> Listing:
        """Begin one of `TABLES` for a query.

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
            return Listing(facts, next(chunks), chunks, self.services.request_threads, caller.waker)

        return self.services.request_threads.run_in_thread(begin, caller.waker, TIMEOUT)

    def _source(self, table: ReferenceTable, query: ReferenceQuery, caller: Caller) -> TableSource:
        """Return the configuration and company of a query, with the journal if the table needs it."""
        stream_id = query.stream_id
        version = None if stream_id is None else self.registry.get(stream_id).version
        config = self.config_store.document.config if version is None else version.spec.config
        company = _company_index(query.company, config)
        self.services.readiness.admit(caller.waker)
        if stream_id is None:
            self.services.cost_limit.check(config)
        lists = (self.list_parties, self.list_users)
        if not table.needs_journal:
            return TableSource(config, company, *lists)
        if stream_id is None:
            version = self.services.journals.version(config, caller)
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
