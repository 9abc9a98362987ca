"""Which web pages may use the server: what ``Host`` and ``Origin`` have to say.

A browser lets any page send requests to any server that it can reach, also to
one on the developer's own machine, and open WebSockets there.  The server has
to look where they come from.  Two headers tell, which no page can forge:

- ``Origin`` names the page's own server.  It comes with every WebSocket, every
  POST and every ``fetch`` across origins.
- ``Host`` is the name that the browser has called.  A page whose name suddenly
  leads to this machine (DNS rebinding) is of the same origin as the server, as
  far as the browser can see, but its name is not one of ours.

Programs that are no browsers send no ``Origin``, and nothing changes for them.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, cast

from datasynth.errors import Forbidden, InvalidRequest
from datasynth.origins import (
    ANY,
    Authority,
    Origin,
    covers,
    is_loopback_host,
    parse_authority,
    parse_origin,
    same_place,
)
from datasynth.transports.listeners import is_loopback_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_QUOTE = 200
"""How much of a refused header is repeated to its sender. [characters]"""

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
        Host that the server was told to listen on, for WSGI servers that do not say where they do.
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

    def check(self, environ: dict[str, object]) -> None:
        """Let a request in, or refuse it.

        Parameters
        ----------
        environ
            The request's WSGI environment.

        Raises
        ------
        InvalidRequest
            The server does not go by the name in ``Host``.
        Forbidden
            The page that made the request may not.
        """
        loopback = self._bound_to_loopback(environ)
        host = cast("str | None", environ.get("HTTP_HOST"))
        asked = _read_authority(host)
        # HTTP/1.0 needs no Host, and no browser leaves it out.
        if host is not None and not self._goes_by(asked, loopback=loopback):
            raise InvalidRequest(
                f"This server does not answer as {_quote(host)}; --allowed-host lets it.",
                {"host": _cut(host)},
            )
        origin = cast("str | None", environ.get("HTTP_ORIGIN"))
        if origin is None:
            _refuse_cross_site(environ)
        elif self._accepts(origin, asked, loopback=loopback):
            environ[_ACCEPTED] = origin
        else:
            raise Forbidden(
                f"Pages of the origin {_quote(origin)} may not use this server; --allowed-origin lets them.",
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
        origin = _read_origin(text)
        if origin is None:
            return False
        own = asked is not None and same_place(origin, asked)
        return own or (loopback and is_loopback_host(origin.host)) or origin in self._origins

    def _bound_to_loopback(self, environ: Mapping[str, object]) -> bool:
        """Tell whether only this machine can reach the address that the request's server listens on.

        Servers leave that address in SERVER_NAME: gunicorn and werkzeug the one that they are bound to,
        whatever the settings say.
        """
        connection = cast("socket.socket | None", environ.get("gunicorn.socket"))
        if connection is not None and connection.family == socket.AF_UNIX:
            # gunicorn has no address to tell then, and repeats what the client says in Host.
            return False
        name = str(environ.get("SERVER_NAME", ""))
        for candidate in (name, self._listens_at):
            try:
                return is_loopback_address(candidate)
            except ValueError:
                if is_loopback_host(candidate.lower()):
                    return True
        return False


def accepted_origin(environ: Mapping[str, object]) -> str | None:
    """Return the origin that a request came from, as the browser spelt it, once it has been let in."""
    return cast("str | None", environ.get(_ACCEPTED))


def _refuse_cross_site(environ: Mapping[str, object]) -> None:
    """Refuse what a page of another site has made a browser load: images, scripts, frames.

    Whoever follows a link or types an address sees the answer in a window of its own; no page gets at it.
    """
    site, mode, destination = (
        str(environ.get(f"HTTP_SEC_FETCH_{name}", "")).strip().lower() for name in ("SITE", "MODE", "DEST")
    )
    if site == "cross-site" and (mode, destination) != ("navigate", "document"):
        raise Forbidden(
            "Pages of other sites may not load anything from this server; --allowed-origin lets them fetch."
        )


def _read_authority(host: str | None) -> Authority | None:
    try:
        return None if host is None else parse_authority(host)
    except ValueError:
        return None


def _read_origin(text: str) -> Origin | None:
    try:
        # Some WebSocket libraries take an address for an origin, and end it with a slash.
        return parse_origin(text.removesuffix("/"))
    except ValueError:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _quote(text: str) -> str:
    return repr(_cut(text))
