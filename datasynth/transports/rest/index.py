"""`/` and `/version`: what this is, and what can be asked.

Programs get JSON.  Browsers, which name ``text/html``, get the page.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from flask import Response, current_app, jsonify, request

from datasynth.transports.operations import JSON, Operation, OperationBlueprint, SuccessSpec, record, succeed
from datasynth.transports.rest.packaged_files import FAILURES, HAS_IT, answer_file
from datasynth.transports.rest.pages.page_files import POLICY
from datasynth.transports.rest.schemas import TEXT, every

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.datastructures import MIMEAccept

    from datasynth.service.services import Services
    from datasynth.transports.rest.packaged_files import PackagedFile

NAME = "datasynth"
DESCRIPTION = "Streams balanced synthetic journal entries over REST, WebSocket and gRPC."
HTML = "text/html"

_SUBJECT = "What this is"

INDEX = Operation(
    name="index",
    method="GET",
    path="/",
    subject=_SUBJECT,
    summary="List every call; a browser gets a page",
    successes=(
        SuccessSpec(
            "Name, version and calls of the server.",
            {JSON: record(name=TEXT, version=TEXT, description=TEXT, calls=every(TEXT)), HTML: TEXT},
        ),
        HAS_IT,
    ),
    failures=FAILURES,
)

VERSION = Operation(
    name="version",
    method="GET",
    path="/version",
    subject=_SUBJECT,
    summary="Show the versions of the server and of Python",
    successes=succeed("The versions.", record(name=TEXT, version=TEXT, python=TEXT)),
)


def blueprint(services: Services, page: PackagedFile) -> OperationBlueprint:
    """Build the two calls.

    Parameters
    ----------
    page
        What browsers get.
    """
    calls = OperationBlueprint("index")

    @calls.call(INDEX)
    def index() -> Response:
        if names_html(request.accept_mimetypes):
            answer = answer_file(page, POLICY)
        else:
            told = [f"{method} {path}" for method, path in known_calls(current_app)]
            answer = jsonify(
                {"name": NAME, "version": services.version, "description": DESCRIPTION, "calls": told}
            )
        answer.headers["Vary"] = "Accept"
        return answer

    @calls.call(VERSION)
    def version() -> dict[str, str]:
        return {"name": NAME, "version": services.version, "python": platform.python_version()}

    return calls


def names_html(accepted: MIMEAccept) -> bool:
    """Tell whether a client names HTML and would not rather have JSON; a wildcard names nothing."""
    html = accepted.quality(HTML) if HTML in accepted.values() else 0
    json = accepted.quality("application/json") if "application/json" in accepted.values() else 0
    return html > 0 and html >= json


def known_calls(app: Flask) -> list[tuple[str, str]]:
    """Return every call by its address: its method, `WebSocket` among them, and path."""
    return sorted(
        (
            ("WebSocket" if rule.websocket else method, rule.rule.replace("<path:", "<"))
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=lambda call: (call[1], call[0]),
    )
