"""Answers to what never became a request, in the one shape that failures have.

gunicorn's parser refuses a head or a body that HTTP does not allow; here its
errors become ours.  The answer is written whole, since there is no application
to write it, and is the connection's last: nobody knows where a next request
would begin.
"""

from __future__ import annotations

import json
import ssl
import uuid
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from gunicorn.http.errors import InvalidHeader, ParseException, UnsupportedTransferCoding

from datasynth.errors import DatasynthError, InternalError, InvalidRequest
from datasynth.transports.failures import EVERY_ANSWER, error_body, error_headers
from datasynth.transports.request_head import CODING, other_coding, tokens_of
from datasynth.transports.request_id import HEADER, is_sane

if TYPE_CHECKING:
    from collections.abc import Sequence

HTTP_1_1 = (1, 1)


def refusal_of(failure: BaseException) -> DatasynthError | None:
    """Return what a client is told about a failure; None where the fault is the server's.

    Parameters
    ----------
    failure
        What was raised while a request was read or answered.
    """
    if isinstance(failure, DatasynthError):
        return failure
    if isinstance(failure, UnsupportedTransferCoding) or _only_other_codings(failure):
        return other_coding()
    if isinstance(failure, ParseException | ssl.SSLError):
        return InvalidRequest(f"This is not an HTTP request that the server reads: {failure}")
    return None


def server_fault(request_id: str) -> InternalError:
    """Return what a client is told where the fault is the server's."""
    return InternalError("The server failed; its log tells more.", {"request_id": request_id})


def id_of(headers: Sequence[tuple[str, str]]) -> str:
    """Return the id that came with a request, if it has a sane one, else a new one.

    Parameters
    ----------
    headers
        As the parser has them: names in capitals.
    """
    offered = next((value for name, value in headers if name == HEADER.upper()), "")
    return offered if is_sane(offered) else uuid.uuid4().hex


def last_answer(error: DatasynthError, request_id: str, *, bodiless: bool = False) -> bytes:
    """Return a whole answer, after which the connection closes.

    Parameters
    ----------
    error
        What it tells.
    request_id
        Of the request, or made up for it.
    bodiless
        Whether the request was a `HEAD`.
    """
    body = json.dumps(error_body(error)).encode()
    headers = {
        "Date": formatdate(usegmt=True),
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        HEADER: request_id,
        **EVERY_ANSWER,
        **error_headers(error),
    }
    lines = [f"HTTP/1.1 {error.status.value} {error.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if bodiless else body)


def _only_other_codings(failure: BaseException) -> bool:
    """Tell whether a body comes in codings that we lack, and nothing else is wrong with its framing."""
    request: Any = getattr(failure, "req", None)
    if not isinstance(failure, InvalidHeader) or request is None:
        return False
    codings = tokens_of(",".join(value for name, value in request.headers if name == "TRANSFER-ENCODING"))
    contradictory = "CONTENT-LENGTH" in dict(request.headers) or request.version < HTTP_1_1
    return bool(codings) and CODING not in codings and not contradictory
