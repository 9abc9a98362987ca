"""How an error of the tree looks over gRPC.

The status is the kind of failure, the message is for a person, and trailing
metadata have the rest for a program: ``error-code``, ``error-details`` (JSON in
ASCII) and ``retry-after`` (whole seconds).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import grpc

from datasynth.transports.errors import GRPC_STATUSES, error_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.errors import DatasynthError

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
    """Translate an error of the tree.

    Each problem in the details is part of the message too, since many clients
    show nothing else.  A text that is too long for metadata is cut, and says so.
    """
    trailers = {"error-code": error.code}
    if error.details:
        trailers["error-details"] = _details(error.details)
    if after := error_headers(error).get("Retry-After"):
        trailers["retry-after"] = after
    code = grpc.StatusCode[GRPC_STATUSES.get(error.status, "UNKNOWN")]
    return Refusal(code, _shortened(_message(error)), trailers)


def _message(error: DatasynthError) -> str:
    """Add the problems that stand only in the details, one a line."""
    sentence = f" {error.message} "
    problems = [
        f"{path}: {' '.join(map(str, sentences))}" if path else " ".join(map(str, sentences))
        for path, sentences in error.details.items()
        if isinstance(sentences, list | tuple)
    ]
    return "\n".join([error.message, *(problem for problem in problems if f" {problem} " not in sentence)])


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
