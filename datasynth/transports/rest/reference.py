"""`/api/accounts`, `/api/balances`, `/api/statements` and their like: reference data."""

from __future__ import annotations

import hashlib
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, g, request

from datasynth.encoding.tables import CONTENT_TYPES, TableFormat
from datasynth.errors import NotFound, PreconditionFailed, RangeNotSatisfiable
from datasynth.service.reference.calls import CALLS
from datasynth.service.reference.tables import ReferenceTable
from datasynth.service.threads.waker import Caller
from datasynth.transports.operations import (
    JSON,
    Operation,
    OperationBlueprint,
    SuccessSpec,
    component,
    record,
)
from datasynth.transports.rest.conditions import announce, is_unchanged, parts_of
from datasynth.transports.rest.delivery import Delivery, RequestWaker
from datasynth.transports.rest.reference_query import read_reference_query, reference_schema
from datasynth.transports.rest.schemas import DAY, TEXT, WHOLE, every, or_null

if TYPE_CHECKING:
    from datasynth.service.reference.calls import ReferenceCall
    from datasynth.service.reference.listing import Listing
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory


LARGEST_HELD = 1_000_000
"""A table of up to so many bytes is made before its answer begins, which then tells its length. [bytes]"""


_ROWS = {
    "accounts": "Account",
    "parties": "Party",
    "users": "User",
    "balances": "Balance",
    "open-items": "OpenItem",
}
"""The component that describes a row, by the name of the table."""


_SUMMARIES = {
    "statements": "Show the income statement, the balance sheet and the trial balance of each company",
    "statistics": "Show counts by day and type, first digits of totals, and the busiest accounts",
}
"""What a report does, by its name."""


def operation_of(call: ReferenceCall) -> Operation:
    """Return the operation that answers with a table or a report."""
    name = call.name.replace("-", "_")
    place = {"at_sequence": WHOLE, "at_date": DAY} if "at" in call.keys else {}
    page = {"next_cursor": or_null(TEXT)} if "cursor" in call.keys else {}
    summary = f"List the {name.replace('_', ' ')} of a stream or of the current configuration"
    if isinstance(call, ReferenceTable):
        told = record(**place, **page, **{call.columns.name: every(component(_ROWS[call.name]))})
    elif call.name == "statements":
        told = record(**place, statements=every(component("CompanyStatements")))
    else:
        told = component("Statistics")
    body = {JSON: told, **({"text/csv": TEXT} if "format" in call.keys else {})}
    facts = {f"X-{name.replace('_', '-').title()}": "The same value as in JSON." for name in (*place, *page)}
    return Operation(
        name=f"list_{name}" if isinstance(call, ReferenceTable) else name,
        method="GET",
        path=f"/api/{call.name}",
        subject="Reference data",
        summary=_SUMMARIES.get(call.name, summary),
        query=reference_schema(call.keys),
        successes=(SuccessSpec("The answer.", body, facts), *parts_of(body)),
        failures=(NotFound, PreconditionFailed, RangeNotSatisfiable),
    )


def blueprint(services: Services, new_waker: WakerFactory) -> OperationBlueprint:
    """Build the calls for reference data."""
    calls = OperationBlueprint("reference")

    def answer(call: ReferenceCall) -> Response:
        query = read_reference_query(request.args, call.keys)
        waker = RequestWaker(new_waker(), request.environ)
        listing = services.reference.listing(call, query, Caller(g.client, waker))
        try:
            return _answer(listing, query.format, waker)
        except BaseException:
            listing.close()
            raise

    for call in CALLS:
        calls.call(operation_of(call))(partial(answer, call))
    return calls


def _answer(listing: Listing, format: TableFormat, waker: RequestWaker) -> Response:
    """Answer with a length, or a part of it, if the table is short; else chunk by chunk."""
    answer = Response(content_type=CONTENT_TYPES[format], headers=_headers(listing), direct_passthrough=True)
    if format is TableFormat.CSV:
        name = request.path.rpartition("/")[2]
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    begun = b""
    for chunk in listing:
        begun += chunk.data
        if len(begun) > LARGEST_HELD:
            answer.response = Delivery(begun, listing, waker, g.request_id)
            return answer
    tag = hashlib.sha256(begun).hexdigest()[:32]
    answer.headers["ETag"] = f'"{tag}"'
    if is_unchanged(request, tag):
        answer.status_code = HTTPStatus.NOT_MODIFIED
        return answer
    start, stop = announce(answer, request, tag, len(begun))
    answer.response = [begun[start:stop]]
    return answer


def _headers(listing: Listing) -> dict[str, str]:
    """Tell in headers what a CSV has no room for: `X-At-Sequence`, `X-At-Date`, `X-Next-Cursor`."""
    return {
        f"X-{name.replace('_', '-').title()}": str(fact)
        for name, fact in listing.facts.items()
        if fact is not None
    }
