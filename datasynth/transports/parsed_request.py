"""What gunicorn's parser has read of a request's head, where the worker has to know it."""

from __future__ import annotations

from typing import Any

from datasynth.errors import InvalidRequest
from datasynth.transports.request_head import CODING, host_of_target, tokens_of

CODINGS = "TRANSFER-ENCODING"


def announced(request: Any) -> int | None:
    """Length of a request's body; None where its chunks will tell. [bytes]"""
    headers = dict(request.headers)
    if CODINGS in headers:
        return None
    return int(headers.get("CONTENT-LENGTH", 0))


def is_last(request: Any) -> bool:
    """Tell whether a connection ends with a request.

    Its client may say so in a list of words, where gunicorn looks for that word
    alone; and where a body is coded in ways that we lack, others may see its
    end elsewhere.
    """
    codings = [token for name, value in request.headers if name == CODINGS for token in tokens_of(value)]
    closes = any(name == "CONNECTION" and "close" in tokens_of(value) for name, value in request.headers)
    return closes or codings not in ([], [CODING])


def aim(request: Any) -> None:
    """Let the host of a target that is a whole URL stand for the request's, as RFC 9112 (3.2.2) has it.

    Raises
    ------
    InvalidRequest
        The URL is not one of HTTP.
    """
    host = host_of_target(request.uri)
    if host is not None:
        request.headers = [(name, host if name == "HOST" else value) for name, value in request.headers]


def check_patience(request: Any, *, ahead: bool) -> None:
    """Refuse a WebSocket whose client talks before it has an answer, as RFC 6455 (4.1) forbids.

    Parameters
    ----------
    request
        What has been read.
    ahead
        Whether something that follows it has been read too, and would be lost.

    Raises
    ------
    InvalidRequest
        It is so.
    """
    offers = ",".join(value for name, value in request.headers if name == "UPGRADE")
    if ahead and "websocket" in tokens_of(offers):
        raise InvalidRequest(
            "A WebSocket's client waits for the answer to its handshake before it sends more."
        )


def take_invitation(request: Any) -> bool:
    """Tell whether a client waits for ``100 Continue``, and see to it that gunicorn does not send it."""
    # gunicorn would invite before anybody has looked at the request, and has no option for it.
    asks, request._expected_100_continue = request._expected_100_continue, False  # noqa: SLF001
    return bool(asks) and announced(request) != 0
