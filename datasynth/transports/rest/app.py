"""The Flask application: blueprints, error table, and the hooks around every request.

The hooks give each request an id, check its form, let it in or refuse it, and
read its body if there is a call for it.  They give each answer the id, the
state of the client's window and the headers for browsers, and count it.
WebSocket routes that are added later go through the same hooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider

from datasynth.service.threads.counters import Count
from datasynth.transports.errors import EVERY_ANSWER
from datasynth.transports.guard import guard, rate_headers
from datasynth.transports.open_addresses import is_open
from datasynth.transports.request_head import (
    REQUEST_ID,
    WEBSOCKET,
    check_head,
    new_request_id,
    request_id_of,
    tokens_of,
)
from datasynth.transports.rest import entries, errors, event_stream, index, metrics, reference, routes
from datasynth.transports.rest.body import asks_first, read_body
from datasynth.transports.rest.pages import page_files
from datasynth.transports.rest.web_pages import OriginGuard, preflight, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory

    Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class RestOptions:
    """Facts about the surroundings that the services need not know.

    Attributes
    ----------
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.
    allowed_hosts, allowed_origins, listens_at
        As for `OriginGuard`.
    new_request_id
        Makes the ids of requests that bring none of their own.
    """

    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    listens_at: str = "localhost"
    new_request_id: Callable[[], str] = new_request_id


class _Json(DefaultJSONProvider):
    """JSON with keys in the order of the documentation, not of the alphabet."""

    sort_keys = False
    compact = True


def build_app(services: Services, options: RestOptions, new_waker: WakerFactory) -> Flask:
    """Build the application over `services`, which are also at ``app.extensions["datasynth"]``."""
    app = Flask("datasynth", static_folder=None, template_folder=None)
    app.json = _Json(app)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # A redirect is no answer in our one shape.
    app.wsgi_app = with_one_spelling(app.wsgi_app)  # type: ignore[assignment,method-assign]  # Flask's way
    app.extensions["datasynth"] = services
    files = page_files.read_page_files()
    _add_hooks(app, services, options)
    errors.register(app)
    for blueprint in (
        routes.blueprint(services, new_waker),
        entries.blueprint(services, new_waker),
        event_stream.blueprint(services, new_waker),
        reference.blueprint(services, new_waker),
        index.blueprint(services, files[page_files.INDEX]),
        page_files.blueprint(files),
        metrics.blueprint(services),
    ):
        app.register_blueprint(blueprint)
    return app


def one_spelling(path: str) -> str:
    """Return the one spelling of a path: one slash at the start, none at the end."""
    path = f"/{path.lstrip('/')}"
    return path[:-1] if path.endswith("/") and path != "/" else path


def with_one_spelling(application: Application) -> Application:
    """Let a WSGI application see one spelling of each path, and of the request for a WebSocket.

    That is settled before any guard or route sees the path, so that no guard
    compares one spelling while the router serves another.  There are no
    redirects, which would lose the body of a ``POST``.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["PATH_INFO"] = one_spelling(environ.get("PATH_INFO", ""))
        # A client may offer several protocols; the router knows the one by itself.
        if WEBSOCKET in tokens_of(environ.get("HTTP_UPGRADE", "")):
            environ["HTTP_UPGRADE"] = WEBSOCKET
        return application(environ, start_response)

    return answer


def _wants_body(asked: Request) -> bool:
    """Tell whether a body means anything; an answer waits for no other one."""
    if asks_first(asked) and asked.routing_exception is not None:
        return False
    return asked.method not in _BODILESS and not is_open(asked.path) and asked.path != metrics.PATH


def _add_hooks(app: Flask, services: Services, options: RestOptions) -> None:
    origins = OriginGuard(options.allowed_hosts, options.allowed_origins, options.listens_at)

    @app.before_request
    def enter() -> Response | None:
        g.request_id = request_id_of(request.headers.get(REQUEST_ID, ""), options.new_request_id)
        check_head(request.environ)
        origins.check(request.environ)
        if answer := preflight(request):
            return answer
        if not is_open(request.path):
            g.client = guard(request, services, options.trusted_proxies, g.request_id).client
        g.body = read_body(request) if _wants_body(request) else b""
        return None

    @app.after_request
    def leave(answer: Response) -> Response:
        status = f"{answer.status_code // 100}xx"
        services.counters.add(Count.REQUESTS, labels=(("transport", "http"), ("status", status)))
        answer.headers[REQUEST_ID] = g.request_id
        for name, value in EVERY_ANSWER.items():
            answer.headers.setdefault(name, value)
        answer.headers.update(rate_headers(request.environ))
        share(request, answer)
        return answer
