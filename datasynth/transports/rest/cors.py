"""Cross-origin resource sharing: what lets pages of accepted origins read answers.

A browser hands an answer to a page of another origin only if the answer names
that origin.  Before a request that a plain form could not have made, it asks by
a *preflight* (``OPTIONS``) whether the request may be sent at all.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.exceptions import MethodNotAllowed

from datasynth.transports.origin_guard import accepted_origin

if TYPE_CHECKING:
    from flask import Request

MAX_AGE = 7200
"""How long a browser may remember the answer to a preflight; none remembers it for longer. [s]"""

ALLOWED_HEADERS = "X-API-Key, Authorization, Content-Type"
"""What a page may send."""

EXPOSED_HEADERS = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, "
    "Content-Disposition, Content-Range, Accept-Ranges, ETag"
)
"""What a page may read beside the body."""

_METHODS_ANYWHERE = ("GET", "HEAD", "POST")


def preflight(request: Request) -> Response | None:
    """Answer a browser that asks what it may send; None for any other request.

    Parameters
    ----------
    request
        A request that has been let in by the guard of origins.
    """
    if (
        request.method != "OPTIONS"
        or "Access-Control-Request-Method" not in request.headers
        or accepted_origin(request.environ) is None
    ):
        return None
    answer = Response(status=HTTPStatus.NO_CONTENT)
    answer.headers["Access-Control-Allow-Methods"] = ", ".join(_methods(request))
    answer.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    answer.headers["Access-Control-Max-Age"] = str(MAX_AGE)
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        # Some browsers ask once more before a page of the Internet reaches this machine.
        answer.headers["Access-Control-Allow-Private-Network"] = "true"
    return answer


def share(request: Request, answer: Response) -> None:
    """Let the page read the answer to its request, if its origin was accepted."""
    answer.vary.add("Origin")
    origin = accepted_origin(request.environ)
    if origin is not None:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS


def _methods(request: Request) -> list[str]:
    """List what the address takes; where there is none, the answer to the request itself will say so."""
    refusal = request.routing_exception
    if isinstance(refusal, MethodNotAllowed) and refusal.valid_methods:
        return sorted(refusal.valid_methods)
    return list(_METHODS_ANYWHERE)
