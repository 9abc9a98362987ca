"""`/api/accounts`, `/api/balances`, `/api/statements` and their like: reference data."""

from __future__ import annotations

import hashlib
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from datasynth.encoding.tables import CONTENT_TYPES, TableFormat
from datasynth.service.reference.calls import CALLS
from datasynth.service.threads.waker import Caller
from datasynth.transports.rest.conditions import announce, is_unchanged
from datasynth.transports.rest.delivery import Delivery, RequestWaker
from datasynth.transports.rest.reference_query import read_reference_query

if TYPE_CHECKING:
    from datasynth.service.reference.calls import ReferenceCall
    from datasynth.service.reference.listing import Listing
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory


LARGEST_HELD = 1_000_000
"""A table of up to so many bytes is made before its answer begins, which then tells its length. [bytes]"""


def blueprint(services: Services, new_waker: WakerFactory) -> Blueprint:
    """Build the calls for reference data."""
    calls = Blueprint("reference", __name__)

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
        calls.add_url_rule(f"/api/{call.name}", call.name, partial(answer, call))
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
