"""Which web pages may use the server, and what lets them read its answers.

A browser lets any page send requests to any server that it can reach, also to
one on the developer's own machine, and open WebSockets there.  The server has
to check where they come from.  Two headers tell, which no page can forge:

- ``Origin`` names the page's own server.  It comes with every WebSocket, every
  POST and every ``fetch`` across origins.
- ``Host`` is the name that the browser has called.  A page whose name suddenly
  leads to this machine (DNS rebinding) is of the same origin as the server, as
  far as the browser can see, but its name is not one of ours.

Programs that are no browsers send no ``Origin``, and nothing changes for them.

A browser hands an answer to a page of another origin only if the answer names
that origin (cross-origin resource sharing).  Before a request that a plain form
could not have made, it asks by a *preflight* (``OPTIONS``) whether it may send
the request at all.
"""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import Response
from werkzeug.exceptions import MethodNotAllowed

from datasynth.errors import Forbidden, InvalidRequest
from datasynth.origins import (
    ANY,
    Authority,
    Origin,
    covers,
    is_loopback_address,
    is_loopback_host,
    parse_authority,
    parse_origin,
    same_place,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeVar

    from flask import Request

    T = TypeVar("T")

LONGEST_QUOTE = 200
"""How much of a refused header is repeated to its sender. [characters]"""

MAX_AGE = 7200
"""How long a browser may remember the answer to a preflight; none remembers it for longer. [s]"""

ALLOWED_HEADERS = "X-API-Key, Authorization, Content-Type"
"""Headers that a page may send."""

EXPOSED_HEADERS = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, "
    "Content-Disposition, Content-Range, Accept-Ranges, ETag"
)
"""Headers that a page may read."""

_METHODS_ANYWHERE = ("GET", "HEAD", "POST")
_ACCEPTED = "datasynth.origin"


class OriginGuard:
    """Refuses requests of web pages that nobody has allowed.

    Parameters
    ----------
    allowed_hosts
        Names that the server may be called by; on loopback, besides those of loopback.
    allowed_origins
        Origins whose pages may use the server, besides its own.
    listens_at
        Host in the server's settings, for WSGI servers that do not say where they listen.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str] = (),
        allowed_origins: Iterable[str] = (),
        listens_at: str = "localhost",
    ) -> None:
        hosts, origins = set(allowed_hosts), set(allowed_origins)
        self._any_host = ANY in hosts
        self._any_origin = ANY in origins
        self._hosts = [parse_authority(host) for host in sorted(hosts - {ANY})]
        self._origins = {parse_origin(origin) for origin in origins - {ANY}}
        self._listens_at = listens_at

    def check(self, environ: dict[str, Any]) -> None:
        """Let a request in, or refuse it.

        Raises
        ------
        InvalidRequest
            The server does not go by the name in ``Host``.
        Forbidden
            The page that made the request may not.
        """
        loopback = self._bound_to_loopback(environ)
        host: str | None = environ.get("HTTP_HOST")
        asked = _read(parse_authority, host)
        # HTTP/1.0 needs no Host, and no browser leaves it out.
        if host is not None and not self._goes_by(asked, loopback=loopback):
            raise InvalidRequest(
                f"The host {_cut(host)!r} is not allowed. Use --allowed-host to allow it.",
                {"host": _cut(host)},
            )
        origin: str | None = environ.get("HTTP_ORIGIN")
        if origin is None:
            _refuse_cross_site(environ)
        elif self._accepts(origin, asked, loopback=loopback):
            environ[_ACCEPTED] = origin
        else:
            raise Forbidden(
                f"The origin {_cut(origin)!r} is not allowed. Use --allowed-origin to allow it.",
                {"origin": _cut(origin)},
            )

    def _goes_by(self, asked: Authority | None, *, loopback: bool) -> bool:
        if self._any_host or not (loopback or self._hosts):
            return True
        if asked is None:
            return False
        return is_loopback_host(asked.host) or any(covers(allowed, asked) for allowed in self._hosts)

    def _accepts(self, text: str, asked: Authority | None, *, loopback: bool) -> bool:
        if self._any_origin:
            return True
        # Some WebSocket libraries take an address for an origin, and end it with a slash.
        origin: Origin | None = _read(parse_origin, text.removesuffix("/"))
        if origin is None:
            return False
        own = asked is not None and same_place(origin, asked)
        return own or (loopback and is_loopback_host(origin.host)) or origin in self._origins

    def _bound_to_loopback(self, environ: Mapping[str, Any]) -> bool:
        """Tell whether only this machine can reach the address that the request's server listens on.

        Servers leave that address in SERVER_NAME: gunicorn and werkzeug the one that they are bound to,
        whatever the settings say.
        """
        connection = environ.get("gunicorn.socket")
        if connection is not None and connection.family == socket.AF_UNIX:
            # gunicorn has no address to tell then, and repeats what the client says in Host.
            return False
        for candidate in (str(environ.get("SERVER_NAME", "")), self._listens_at):
            try:
                return is_loopback_address(candidate)
            except ValueError:
                if is_loopback_host(candidate.lower()):
                    return True
        return False


def accepted_origin(environ: Mapping[str, object]) -> str | None:
    """Return the origin of a request that `OriginGuard` has let in, as the browser spelt it."""
    return cast("str | None", environ.get(_ACCEPTED))


def preflight(request: Request) -> Response | None:
    """Answer a browser that asks whether it may send a request; None for any other request."""
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
    """List the methods of an address; where there is none, the answer to the request itself will say so."""
    refusal = request.routing_exception
    if isinstance(refusal, MethodNotAllowed) and refusal.valid_methods:
        return sorted(refusal.valid_methods)
    return list(_METHODS_ANYWHERE)


def _refuse_cross_site(environ: Mapping[str, object]) -> None:
    """Refuse what a page of another site has made a browser load: images, scripts, frames.

    A person who follows a link sees the answer in a window of its own, where no page gets at it.
    """
    site, mode, destination = (
        str(environ.get(f"HTTP_SEC_FETCH_{name}", "")).strip().lower() for name in ("SITE", "MODE", "DEST")
    )
    if site == "cross-site" and (mode, destination) != ("navigate", "document"):
        raise Forbidden("Pages of other sites are not allowed. Use --allowed-origin to allow their origin.")


def _read(parse: Callable[[str], T], text: str | None) -> T | None:
    try:
        return None if text is None else parse(text)
    except ValueError:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
