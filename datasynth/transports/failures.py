"""How a failure looks over HTTP, whoever answers: the application, or the server in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import (
    InvalidRequest,
    MethodNotAllowed,
    Overloaded,
    RangeNotSatisfiable,
    RateLimitExceeded,
    Unauthorized,
)

if TYPE_CHECKING:
    from datasynth.errors import DatasynthError

EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer: nobody in between keeps it, and no browser guesses what it is."""


def error_body(error: DatasynthError) -> dict[str, object]:
    """Return the JSON object that tells a client about a failure."""
    body: dict[str, object] = {"error": error.code, "message": error.message, "details": error.details}
    if isinstance(error, RateLimitExceeded):
        body["retry_after"] = error.retry_after
    return body


def error_headers(error: DatasynthError) -> dict[str, str]:
    """Return the headers that go with a failure: when to come back, what would have been right."""
    match error:
        case RateLimitExceeded() | Overloaded():
            return {"Retry-After": str(error.retry_after)}
        case Unauthorized():
            return {"WWW-Authenticate": 'Bearer realm="datasynth"'}
        case MethodNotAllowed(details={"allowed": list(methods)}):
            return {"Allow": ", ".join(methods)}
        case InvalidRequest(details={"websocket_versions": list(versions)}):
            return {"Sec-WebSocket-Version": ", ".join(versions)}
        case RangeNotSatisfiable(length=length):
            return {"Content-Range": f"bytes */{length}"}
        case _:
            return {}
