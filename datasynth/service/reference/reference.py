"""Reference data of a stream, or of the present configuration.

Native threads compute and encode it while the caller sleeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest
from datasynth.service.reference.listing import TIMEOUT, Listing
from datasynth.service.reference.tables import TableSource

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.config_store import ConfigStore
    from datasynth.service.journals.protocols import ListParties, ListUsers
    from datasynth.service.reference.calls import ReferenceCall
    from datasynth.service.reference.query import ReferenceQuery
    from datasynth.service.streams.registry import StreamRegistry
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Caller


@dataclass(frozen=True, slots=True)
class Reference:
    """Answers queries about accounts, parties, users, balances, open items, statements and statistics."""

    registry: StreamRegistry
    config_store: ConfigStore
    services: StreamServices
    list_parties: ListParties
    list_users: ListUsers

    def listing(self, call: ReferenceCall, query: ReferenceQuery, caller: Caller) -> Listing:
        """Begin the answer of one of `CALLS` to a query.

        Raises
        ------
        NotFound
            If there is no such stream.
        InvalidRequest
            If there is no such company, position or page.
        Overloaded
            If the server takes no work.
        """
        source = self._source(call, query, caller)

        def begin() -> Listing:
            facts, chunks = call.begin(source, query)
            return Listing(facts, next(chunks), chunks, self.services.request_threads, caller.waker)

        return self.services.request_threads.run_in_thread(begin, caller.waker, TIMEOUT)

    def _source(self, call: ReferenceCall, query: ReferenceQuery, caller: Caller) -> TableSource:
        """Return the configuration and company of a query, with the journal if the call needs it."""
        stream_id = query.stream_id
        version = None if stream_id is None else self.registry.get(stream_id).version
        config = self.config_store.document.config if version is None else version.spec.config
        company = _company_index(query.company, config)
        self.services.readiness.admit(caller.waker)
        if stream_id is None:
            self.services.cost_limit.check(config)
        lists = (self.list_parties, self.list_users)
        if not call.needs_journal:
            return TableSource(config, company, *lists)
        if stream_id is None:
            version = self.services.journals.version(config, caller)
            end = head = version.total
        else:
            version, end = self.registry.journal_of(stream_id, caller)
            head = self.registry.get(stream_id).advance().current
        return TableSource(config, company, *lists, version.journal, version.fingerprints[-1], end, head)


def _company_index(code: str | None, config: Config) -> int | None:
    if code is None:
        return None
    codes = [company.code for company in config.companies]
    if code not in codes:
        sentence = f"Must be one of: {', '.join(codes)}."
        raise InvalidRequest(f"company: Unknown company {code!r}.", {"company": [sentence]})
    return codes.index(code)
