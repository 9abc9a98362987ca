"""What gunicorn's parser has read of a request's head, where the worker has to know it."""

from __future__ import annotations

from typing import Any

from datasynth.transports.request_head import host_of_target, tokens_of


def announced(request: Any) -> int | None:
    """Length of a request's body; None where its chunks will tell. [bytes]"""
    headers = dict(request.headers)
    if "TRANSFER-ENCODING" in headers:
        return None
    return int(headers.get("CONTENT-LENGTH", 0))


def asks_to_close(request: Any) -> bool:
    """Tell whether a request is its client's last; gunicorn looks for that word alone, not in a list."""
    return any(name == "CONNECTION" and "close" in tokens_of(value) for name, value in request.headers)


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


def take_invitation(request: Any) -> bool:
    """Tell whether a client waits for ``100 Continue``, and see to it that gunicorn does not send it."""
    # gunicorn would invite before anybody has looked at the request, and has no option for it.
    asks, request._expected_100_continue = request._expected_100_continue, False  # noqa: SLF001
    return bool(asks) and announced(request) != 0
