"""gunicorn's parser: its requests where the worker has to know them, and its errors as ours.

The parser refuses a head or a body that HTTP does not allow.  The worker writes
the answer to that whole, since no application has seen the request, and the
answer is the connection's last: nobody knows where a next request would begin.
"""

from __future__ import annotations

import json
import ssl
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from gunicorn.http.errors import InvalidHeader, ParseException, UnsupportedTransferCoding

from datasynth.errors import DatasynthError, InternalError, InvalidRequest
from datasynth.transports.errors import EVERY_ANSWER, error_body, error_headers
from datasynth.transports.request_head import (
    CODING,
    REQUEST_ID,
    WEBSOCKET,
    host_of_target,
    other_coding,
    request_id_of,
    tokens_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

CODINGS = "TRANSFER-ENCODING"
HTTP_1_1 = (1, 1)


def announced(request: Any) -> int | None:
    """Return the length of a request's body; None where its chunks will tell. [bytes]"""
    headers = dict(request.headers)
    if CODINGS in headers:
        return None
    return int(headers.get("CONTENT-LENGTH", 0))


def is_last(request: Any) -> bool:
    """Tell whether a connection ends with a request.

    Its client may say so in a list of words, where gunicorn looks for that word
    alone.  And where a body is coded in ways that the server lacks, others may
    see its end elsewhere.
    """
    codings = [token for name, value in request.headers if name == CODINGS for token in tokens_of(value)]
    closes = any(name == "CONNECTION" and "close" in tokens_of(value) for name, value in request.headers)
    return closes or codings not in ([], [CODING])


def take_host_of_target(request: Any) -> None:
    """Let the host of a target that is a whole URL replace the Host header, as RFC 9112 (3.2.2) has it.

    Raises
    ------
    InvalidRequest
        The URL is not one of HTTP.
    """
    host = host_of_target(request.uri)
    if host is not None:
        request.headers = [(name, host if name == "HOST" else value) for name, value in request.headers]


def check_handshake_alone(request: Any, *, ahead: bool) -> None:
    """Refuse a WebSocket whose client sends more before it has an answer, as RFC 6455 (4.1) forbids.

    Raises
    ------
    InvalidRequest
        Something ahead of the request has been read with it, and would be lost.
    """
    offers = ",".join(value for name, value in request.headers if name == "UPGRADE")
    if ahead and WEBSOCKET in tokens_of(offers):
        raise InvalidRequest(
            "A WebSocket client must wait for the answer to its handshake before it sends data."
        )


def take_invitation(request: Any) -> bool:
    """Tell whether a client waits for ``100 Continue``, and keep gunicorn from sending it."""
    # gunicorn would invite before anybody has looked at the request, and has no option for it.
    asks, request._expected_100_continue = request._expected_100_continue, False  # noqa: SLF001
    return bool(asks) and announced(request) != 0


def refusal_of(failure: BaseException) -> DatasynthError | None:
    """Translate a failure while a request was read or answered; None where the fault is the server's."""
    if isinstance(failure, DatasynthError):
        return failure
    if isinstance(failure, UnsupportedTransferCoding) or _only_other_codings(failure):
        return other_coding()
    if isinstance(failure, ParseException | ssl.SSLError):
        return InvalidRequest(f"The HTTP request is not valid: {failure}")
    return None


def server_fault(request_id: str) -> InternalError:
    """Return the error for a failure that is the server's fault."""
    return InternalError("The server failed. See its log.", {"request_id": request_id})


def id_of(headers: Sequence[tuple[str, str]]) -> str:
    """Return the id in a parser's headers, if there is a sane one, else a new one."""
    offered = next((value for name, value in headers if name == REQUEST_ID.upper()), "")
    return request_id_of(offered)


def last_answer(error: DatasynthError, request_id: str, *, bodiless: bool = False) -> bytes:
    """Return a whole answer to a failed request, after which the connection closes; it may have no body."""
    body = json.dumps(error_body(error)).encode()
    headers = {
        "Date": formatdate(usegmt=True),
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        REQUEST_ID: request_id,
        **EVERY_ANSWER,
        **error_headers(error),
    }
    lines = [f"HTTP/1.1 {error.status.value} {error.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if bodiless else body)


def _only_other_codings(failure: BaseException) -> bool:
    """Tell whether a body comes in codings that the server lacks, and its framing is right otherwise."""
    request: Any = getattr(failure, "req", None)
    if not isinstance(failure, InvalidHeader) or request is None:
        return False
    codings = tokens_of(",".join(value for name, value in request.headers if name == CODINGS))
    contradictory = "CONTENT-LENGTH" in dict(request.headers) or request.version < HTTP_1_1
    return bool(codings) and CODING not in codings and not contradictory
