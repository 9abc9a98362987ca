"""How an error of the tree looks to clients: its body and headers over HTTP, its status over gRPC.

The application and the worker in front of it both answer from here, and so does
gRPC.  The tree itself, with codes and HTTP statuses, is `datasynth.errors`.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from datasynth.errors import (
    DatasynthError,
    InvalidRequest,
    MethodNotAllowed,
    Overloaded,
    RangeNotSatisfiable,
    RateLimitExceeded,
    Unauthorized,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer: nobody in between keeps it, and no browser guesses its type."""

GRPC_STATUSES: Mapping[HTTPStatus, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
        HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
        HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
        HTTPStatus.NOT_FOUND: "NOT_FOUND",
        HTTPStatus.CONFLICT: "FAILED_PRECONDITION",
        HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
        HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
        HTTPStatus.SERVICE_UNAVAILABLE: "UNAVAILABLE",
    }
)
"""Names of the gRPC statuses of errors that a gRPC call can end with.

They are names because the arbiter imports this module, and must not import gRPC.
"""


def error_body(error: DatasynthError) -> dict[str, object]:
    """Return the JSON object that describes a failure."""
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


def error_header_meanings(kinds: Iterable[type[DatasynthError]]) -> dict[str, str]:
    """Return what each header says that always comes with one of these errors."""
    found: dict[str, str] = {}
    for kind in kinds:
        if issubclass(kind, RateLimitExceeded | Overloaded):
            found["Retry-After"] = "Whole seconds to wait before the next try. [s]"
        elif issubclass(kind, Unauthorized):
            found["WWW-Authenticate"] = "How to send a key."
        elif issubclass(kind, MethodNotAllowed):
            found["Allow"] = "The allowed methods."
        elif issubclass(kind, RangeNotSatisfiable):
            found["Content-Range"] = "Length of the content. [bytes]"
    return found


def error_table() -> dict[str, type[DatasynthError]]:
    """Return every error that a client can meet, by its code."""
    return {kind.code: kind for kind in _below(DatasynthError) if _has_own_code(kind)}


def error_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the body of a failure."""
    return {
        "type": "object",
        "description": "Every error has this form. `error` is for programs; `message` is for people.",
        "properties": {
            "error": {"type": "string", "enum": list(error_table())},
            "message": {"type": "string"},
            "details": {"type": "object"},
            "retry_after": {
                "type": "integer",
                "minimum": 1,
                "description": "Whole seconds until the next request is allowed. [s]",
            },
        },
        "required": ["error", "message", "details"],
    }


def _below(kind: type[DatasynthError]) -> Iterator[type[DatasynthError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _has_own_code(kind: type[DatasynthError]) -> bool:
    # An abstract one stands for those below it.
    return "code" in vars(kind) or not kind.__subclasses__()
