"""`/` and `/version`: what this is, and what can be asked.

Programs get JSON.  Browsers, which name ``text/html``, get one small page: no
scripts, nothing from elsewhere, and a policy that allows neither.
"""

from __future__ import annotations

import platform
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Response, current_app, jsonify, request
from markupsafe import Markup

from datasynth.transports.operations import JSON, Operation, OperationBlueprint, SuccessSpec, record, succeed
from datasynth.transports.rest.schemas import TEXT, every

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.datastructures import MIMEAccept

    from datasynth.service.services import Services

NAME = "datasynth"
DESCRIPTION = "Streams balanced synthetic journal entries over REST, WebSocket and gRPC."
HTML = "text/html"

_STYLE = Markup(
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;"
    "color-scheme:light dark}code{font-size:.95em}li{margin:.2rem 0}"
)
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} {version}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{name} {version}</h1>
<p>{description}</p>
<p>Start a stream with <code>POST /api/stream/start</code> and follow it at <code>/ws/events</code>,
or look at <a href="api/entries?count=3&amp;view=document">three entries</a> now.</p>
<h2>Calls</h2>
<ul>
{calls}
</ul>
</main>
</body>
</html>
""")
_LINK = Markup('<li><code>{method} <a href="{target}">{path}</a></code></li>')
_ITEM = Markup("<li><code>{method} {path}</code></li>")


_SUBJECT = "What this is"

INDEX = Operation(
    name="index",
    method="GET",
    path="/",
    subject=_SUBJECT,
    summary="List every call; a browser gets a page",
    successes=(
        SuccessSpec(
            "What this is, and its calls.",
            {JSON: record(name=TEXT, version=TEXT, description=TEXT, calls=every(TEXT)), HTML: TEXT},
        ),
    ),
)

VERSION = Operation(
    name="version",
    method="GET",
    path="/version",
    subject=_SUBJECT,
    summary="Tell the versions of the server and of Python",
    successes=succeed("The versions.", record(name=TEXT, version=TEXT, python=TEXT)),
)


def blueprint(services: Services) -> OperationBlueprint:
    """Build the two calls."""
    calls = OperationBlueprint("index")

    @calls.call(INDEX)
    def index() -> Response:
        known = known_calls(current_app)
        if names_html(request.accept_mimetypes):
            answer = Response(page(services.version, known), content_type=f"{HTML}; charset=utf-8")
            answer.headers["Content-Security-Policy"] = POLICY
        else:
            told = [f"{method} {path}" for method, path in known]
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


def page(version: str, known: Iterable[tuple[str, str]]) -> str:
    """Return the page that lists the calls; what a browser can open is a link."""
    items = [
        (_LINK if method == "GET" and "<" not in path else _ITEM).format(
            method=method, path=path, target=path.removeprefix("/") or "."
        )
        for method, path in known
    ]
    return _PAGE.format(
        name=NAME,
        version=version,
        description=DESCRIPTION,
        style=_STYLE,
        calls=Markup("\n").join(items),
    )
