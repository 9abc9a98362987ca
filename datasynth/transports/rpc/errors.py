"""How an error of the table looks on gRPC.

The status says what kind of failure it is, the message is for a person, and
trailing metadata tells a program the rest: ``error-code``, ``error-details``
(JSON in ASCII) and ``retry-after`` (whole seconds).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import grpc

from datasynth.errors import Overloaded, RateLimitExceeded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.errors import DatasynthError

STATUS_CODES: Mapping[HTTPStatus, grpc.StatusCode] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
        HTTPStatus.UNAUTHORIZED: grpc.StatusCode.UNAUTHENTICATED,
        HTTPStatus.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
        HTTPStatus.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
        HTTPStatus.CONFLICT: grpc.StatusCode.FAILED_PRECONDITION,
        HTTPStatus.TOO_MANY_REQUESTS: grpc.StatusCode.RESOURCE_EXHAUSTED,
        HTTPStatus.INTERNAL_SERVER_ERROR: grpc.StatusCode.INTERNAL,
        HTTPStatus.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    }
)
"""Statuses of the errors that a gRPC call can end with."""

# A client drops a call whose metadata exceed its limit, 8 KiB by default; message
# and details travel there, beside what else there is.
MESSAGE_BYTES = 2_048
DETAILS_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failed call: its status, a sentence for a person, and trailing metadata for a program."""

    code: grpc.StatusCode
    message: str
    trailers: Mapping[str, str]


def translate(error: DatasynthError) -> Refusal:
    """Say an error of the table in gRPC's terms.

    Each problem that the details name is part of the message too, since many
    clients show nothing else.  What is too long for metadata is cut, and says so.
    """
    trailers = {"error-code": error.code}
    if error.details:
        trailers["error-details"] = _details(error.details)
    if isinstance(error, RateLimitExceeded | Overloaded):
        trailers["retry-after"] = str(error.retry_after)
    code = STATUS_CODES.get(error.status, grpc.StatusCode.UNKNOWN)
    return Refusal(code, _shortened(_message(error)), trailers)


def _message(error: DatasynthError) -> str:
    """Add the problems that only the details tell, one a line."""
    told = f" {error.message} "
    problems = [
        f"{path}: {' '.join(map(str, sentences))}" if path else " ".join(map(str, sentences))
        for path, sentences in error.details.items()
        if isinstance(sentences, list | tuple)
    ]
    return "\n".join([error.message, *(problem for problem in problems if f" {problem} " not in told)])


def _shortened(message: str) -> str:
    """Cut a message so that it fits as gRPC sends it, percent-encoded."""
    room = MESSAGE_BYTES
    for position, character in enumerate(message):
        room -= len(quote(character, safe="", errors="replace"))
        if room < 0:
            return message[:position] + " …"
    return message


def _details(details: Mapping[str, object]) -> str:
    """Write details as JSON in ASCII, leaving out those at the end for which there is no room."""
    kept: dict[str, object] = {}
    room = DETAILS_BYTES
    for name, value in details.items():
        room -= len(json.dumps({name: value}, default=str))
        if room < 0:
            kept["…"] = f"{len(details) - len(kept)} more"
            break
        kept[name] = value
    return json.dumps(kept, default=str)
