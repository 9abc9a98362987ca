"""Failures of the application, each answered in one shape.

Our own errors carry code and status.  An error of Flask or Werkzeug first
becomes one of ours; any other is an `InternalError`, whose cause goes to the
log under the request's id and never to the client.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.routing.exceptions import WebsocketMismatch

from datasynth.errors import (
    DatasynthError,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    PayloadTooLarge,
    Unauthorized,
    UnsupportedMediaType,
)
from datasynth.transports.errors import error_body, error_headers

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PATH = 200
"""How much of a path that leads nowhere is repeated to its sender. [characters]"""

_LOGGER = logging.getLogger(__name__)

_TRANSLATIONS: dict[int, tuple[Callable[[str], DatasynthError], str]] = {
    HTTPStatus.UNAUTHORIZED: (Unauthorized, "A key is required."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (PayloadTooLarge, "The body is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (UnsupportedMediaType, "The call does not support this content type."),
    HTTPStatus.SERVICE_UNAVAILABLE: (Overloaded, "The server cannot accept this request now."),
}


def register(app: Flask) -> None:
    """Let every failure of `app` leave in one shape."""
    app.register_error_handler(DatasynthError, _answer)
    app.register_error_handler(HTTPException, lambda error: _answer(_translate(error)))
    app.register_error_handler(
        ConnectionError, lambda _: _answer(InvalidRequest("The client has disconnected."))
    )
    app.register_error_handler(Exception, _answer_fault)


def _answer(error: DatasynthError) -> Response:
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOGGER.error("Request %s failed.", g.request_id, exc_info=error, extra={"request_id": g.request_id})
    answer = jsonify(error_body(error))
    answer.status_code = error.status
    answer.headers.update(error_headers(error))
    return answer


def _answer_fault(fault: Exception) -> Response:
    error = InternalError(
        "Internal error. The server's log has the cause under this request id.",
        {"request_id": g.request_id},
    )
    error.__cause__ = fault
    return _answer(error)


def _translate(error: HTTPException) -> DatasynthError:
    if isinstance(error, WrongMethod):
        allowed = sorted(error.valid_methods or ())
        return MethodNotAllowed("The path does not support this method.", {"allowed": allowed})
    if isinstance(error, WebsocketMismatch):
        return InvalidRequest(
            "Upgrade requests are for WebSocket paths only, and these paths accept nothing else."
        )
    if error.code in _TRANSLATIONS:
        kind, sentence = _TRANSLATIONS[error.code]
        return kind(sentence)
    if error.code == HTTPStatus.NOT_FOUND:
        return NotFound(f"Not found: {_shown(request.path)}. See / for what is here.")
    if (error.code or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InternalError("Internal error.", {"request_id": g.request_id})
    return InvalidRequest("The request is not valid.")


def _shown(path: str) -> str:
    """A path as it stands in a URL, so that it is one line of plain characters; cut where it is long."""
    spelt = quote(path)
    return spelt if len(spelt) <= LONGEST_PATH else f"{spelt[:LONGEST_PATH]}…"
