"""The Flask application: blueprints, error table, and the hooks around every request.

Each request gets an id, is looked at for form, is let in or refused, and has its body read if there is
a call for one; each answer carries the id, the state of the client's window,
what browsers want to be told, and is counted.
WebSocket routes that are added later go through the same hooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Request, Response, g, request
from flask.json.provider import DefaultJSONProvider

from datasynth.service.threads.counters import Count
from datasynth.transports.failures import EVERY_ANSWER
from datasynth.transports.http_guard import guard, rate_headers
from datasynth.transports.origin_guard import OriginGuard
from datasynth.transports.request_head import check_head
from datasynth.transports.request_id import HEADER
from datasynth.transports.rest import (
    config,
    cors,
    entries,
    errors,
    index,
    metrics,
    probes,
    reference,
    stream,
    tickets,
)
from datasynth.transports.rest.addresses import with_one_spelling
from datasynth.transports.rest.body import asks_first, read_body
from datasynth.transports.rest.request_id import request_id, take_request_id

if TYPE_CHECKING:
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory
    from datasynth.transports.rest.options import RestOptions


_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_BODILESS_PATHS = probes.OPEN | {"/metrics"}


class _Json(DefaultJSONProvider):
    """JSON with keys in the order of the documentation, not of the alphabet."""

    sort_keys = False
    compact = True


def build_app(services: Services, options: RestOptions, new_waker: WakerFactory) -> Flask:
    """Build the application over `services`.

    Parameters
    ----------
    services
        What answers the calls; also at ``app.extensions["datasynth"]``.
    options
        Facts about the surroundings.
    new_waker
        Makes what the thread or greenlet of a request can wait on.
    """
    app = Flask("datasynth", static_folder=None, template_folder=None)
    app.json = _Json(app)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # A redirect is no answer in our one shape.
    app.wsgi_app = with_one_spelling(app.wsgi_app)  # type: ignore[assignment,method-assign]  # Flask's way
    app.extensions["datasynth"] = services
    _add_hooks(app, services, options)
    errors.register(app)
    for blueprint in (
        config.blueprint(services),
        stream.blueprint(services, new_waker),
        entries.blueprint(services, new_waker),
        reference.blueprint(services, new_waker),
        index.blueprint(services),
        probes.blueprint(services),
        metrics.blueprint(services),
        tickets.blueprint(services),
    ):
        app.register_blueprint(blueprint)
    return app


def _wants_body(asked: Request) -> bool:
    """Tell whether a body means anything; an answer waits for no other one."""
    if asks_first(asked) and asked.routing_exception is not None:
        return False
    return asked.method not in _BODILESS and asked.path not in _BODILESS_PATHS


def _add_hooks(app: Flask, services: Services, options: RestOptions) -> None:
    origins = OriginGuard(options.allowed_hosts, options.allowed_origins, options.listens_at)

    @app.before_request
    def enter() -> Response | None:
        take_request_id(options.new_request_id)
        check_head(request.environ)
        origins.check(request.environ)
        if answer := cors.preflight(request):
            return answer
        if request.path not in probes.OPEN:
            g.client = guard(request, services, options.trusted_proxies, request_id()).client
        g.body = read_body(request) if _wants_body(request) else b""
        return None

    @app.after_request
    def leave(answer: Response) -> Response:
        status = f"{answer.status_code // 100}xx"
        services.counters.add(Count.REQUESTS, labels=(("transport", "http"), ("status", status)))
        answer.headers[HEADER] = request_id()
        answer.headers.update(EVERY_ANSWER)
        answer.headers.update(rate_headers(request.environ))
        cors.share(request, answer)
        return answer
