"""A server's refusals as errors: from the body and the headers of HTTP, or the trailers of gRPC."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from datasynth.client.errors import OverloadedError, RateLimitExceededError, RefusedError, refusal_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_QUOTE = 200
"""How much of an answer without a sentence of the server's is shown. [characters]"""

# What a proxy in front of the server says by its status alone.
_OF_PROXIES: dict[int, type[RefusedError]] = {
    HTTPStatus.TOO_MANY_REQUESTS: RateLimitExceededError,
    HTTPStatus.SERVICE_UNAVAILABLE: OverloadedError,
}


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> RefusedError:
    """Return the error that an answer stands for.

    Parameters
    ----------
    status
        HTTP status, not 2xx.
    headers
        Of the answer, found whatever their case.
    body
        The server's JSON, or what a proxy puts there.
    """
    after = _seconds(headers.get("Retry-After"))
    try:
        found = orjson.loads(body)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get("error"), str):
        return refusal_of_code(
            found["error"], str(found.get("message", "")), found.get("details"), status, after
        )
    kind = _OF_PROXIES.get(status, RefusedError)
    text = " ".join(body.decode(errors="replace").split())[:LONGEST_QUOTE]
    return kind(f"HTTP status {status}" + (f": {text}" if text else ""), status=status, retry_after=after)


def refusal_of_code(
    code: str, message: str, details: object, status: int | None, retry_after: float | None
) -> RefusedError:
    """Return the error of a code, which keeps the code where the client does not know it."""
    return refusal_codes().get(code, RefusedError)(
        message,
        details if isinstance(details, dict) else None,
        status,
        code=code,
        retry_after=retry_after,
    )


def rpc_refusal(trailers: Mapping[str, str], message: str) -> RefusedError | None:
    """Return the error that a gRPC call's trailing metadata tell of; None where gRPC itself has ended it."""
    code = trailers.get("error-code")
    if code is None:
        return None
    details = orjson.loads(trailers.get("error-details", "{}"))
    return refusal_of_code(code, message, details, None, _seconds(trailers.get("retry-after")))


def _seconds(text: str | None) -> float | None:
    """Read a `Retry-After` in seconds; a date, which this server never sends, counts as none."""
    return float(text) if text and text.isascii() and text.isdigit() else None
