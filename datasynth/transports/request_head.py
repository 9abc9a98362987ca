"""What HTTP demands of a request's head, whatever the request is about.

The server's parser checks the grammar of lines.  This module checks what the
parser leaves open: whether there is a host, and whether the body comes in a
coding that the server reads (RFC 9112, sections 3.2 and 6.1).  It reads the WSGI
environment, so that the rules hold under every server.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from datasynth.errors import InvalidRequest, Unimplemented
from datasynth.origins import LARGEST_PORT

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from typing import Any

CODING = "chunked"
"""The one transfer coding that the server reads."""

WEBSOCKET = "websocket"
"""The protocol that clients can upgrade to."""

REQUEST_ID = "X-Request-Id"
"""The header with a request's id, which is in every answer, and in the log beside a failure."""

# RFC 3986's host without the comma, by which servers join two headers of one name.
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+;=%-]+)(?::(?P<port>[0-9]*))?")
_SANE_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")


def check_head(environ: Mapping[str, object]) -> None:
    """Refuse a request whose head HTTP does not allow, or that asks for what the server lacks.

    Raises
    ------
    InvalidRequest
        Its host is missing or is none.
    Unimplemented
        Its body comes in another coding.
    """
    host = environ.get("HTTP_HOST")
    if host is None:
        if environ.get("SERVER_PROTOCOL") != "HTTP/1.0":
            raise InvalidRequest("A request of HTTP/1.1 must have a Host header.")
    elif not is_host(str(host)):
        raise InvalidRequest("The Host header must be one host, with or without a port.")
    codings = tokens_of(str(environ.get("HTTP_TRANSFER_ENCODING", "")))
    if codings and codings != [CODING]:
        raise other_coding()


def other_coding() -> Unimplemented:
    """Return the error for a body in a coding that the server lacks."""
    return Unimplemented(f"The server supports no transfer coding except {CODING}.")


def is_host(value: str) -> bool:
    """Tell whether a text is a host with or without a port, as it stands in a URL."""
    parts = _HOST.fullmatch(value)
    if parts is None or int(parts["port"] or 0) > LARGEST_PORT:
        return False
    if not parts["host"].startswith("["):
        return True
    try:
        ipaddress.IPv6Address(parts["host"][1:-1])
    except ValueError:
        return False
    return True


def host_of_target(target: str) -> str | None:
    """Return the host in a target that is a whole URL, as proxies are sent them; None for a path.

    Raises
    ------
    InvalidRequest
        The URL is not one of HTTP.
    """
    if target.startswith("/") or "://" not in target:
        return None
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"}:
        raise InvalidRequest("The target of a request must be a path or an HTTP URL.")
    return parts.netloc


def tokens_of(value: str) -> list[str]:
    """Return the members of a header that is a list of words, in lower case."""
    return [token for part in value.split(",") if (token := part.strip(" \t").lower())]


def new_request_id() -> str:
    """Return a request id that no request had before."""
    return uuid.uuid4().hex


def request_id_of(offered: str, make: Callable[[], str] = new_request_id) -> str:
    """Return the id that a client offers, if it can go into headers and logs as it is, else a new one."""
    return offered if _SANE_ID.fullmatch(offered) else make()


def connection_of(environ: Mapping[str, Any]) -> socket.socket | None:
    """Return the connection that a request came on, if its server hands it over."""
    connection: socket.socket | None = environ.get("gunicorn.socket", environ.get("werkzeug.socket"))
    return connection
