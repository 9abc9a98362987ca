"""One spelling of an address, for routes and guards alike.

A slash at the end makes no other address, and slashes at the start count as
one.  That is settled before anybody looks, so that no guard compares one
spelling while the router serves another; and there are no redirects, which
would lose the body of a ``POST``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.transports.request_head import tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

WEBSOCKET = "websocket"


def one_spelling(path: str) -> str:
    """Return the one spelling of a path."""
    path = f"/{path.lstrip('/')}"
    return path[:-1] if path.endswith("/") and path != "/" else path


def with_one_spelling(application: Application) -> Application:
    """Let a WSGI application see one spelling of each address, and of a wish for a WebSocket.

    Parameters
    ----------
    application
        What answers.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["PATH_INFO"] = one_spelling(environ.get("PATH_INFO", ""))
        # A client may offer several protocols; the router knows the one by itself.
        if WEBSOCKET in tokens_of(environ.get("HTTP_UPGRADE", "")):
            environ["HTTP_UPGRADE"] = WEBSOCKET
        return application(environ, start_response)

    return answer
