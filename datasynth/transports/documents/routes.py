"""`/openapi.json`, `/asyncapi.json`, `/docs` and the files of that page."""

from __future__ import annotations

from importlib import resources
from pathlib import PurePosixPath
from string import Template
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, current_app, request

from datasynth.encoding import View
from datasynth.encoding.json_schema import DIALECT, entry_json_schema
from datasynth.errors import NotFound
from datasynth.transports.documents.asyncapi import asyncapi_document, servers
from datasynth.transports.documents.openapi import openapi_document
from datasynth.transports.operations import JSON, Operation, OperationBlueprint, SuccessSpec, succeed
from datasynth.transports.rest.packaged_files import FAILURES, HAS_IT, answer_file, read_packaged_files
from datasynth.transports.rest.schemas import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory

PATIENCE = 30.0
"""How long a caller waits for a document to be written. [s]"""

HTML = "text/html"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: its own files, and calls of its own server."""

FILES = read_packaged_files(resources.files("datasynth.transports.documents") / "pages")
"""The files of the page, and the licences of those that are not ours, by name."""

SCHEMAS = {"entry-line.schema.json": View.LINE, "entry-document.schema.json": View.DOCUMENT}
"""The JSON Schemas of entries, by view."""

_SUBJECT = "What this is"
_OBJECT = {"type": "object"}

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>datasynth: the calls</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}docs/swagger-ui.css">
<link rel="stylesheet" href="${up}docs/docs.css">
</head>
<body>
<header>
<a href="${up}openapi.json">OpenAPI</a>
<a href="${up}asyncapi.json">AsyncAPI</a>
<a href="${up}docs/entry-line.schema.json">Schema of a line</a>
<a href="${up}docs/entry-document.schema.json">Schema of an entry</a>
</header>
<main id="swagger-ui" data-document="${up}openapi.json"></main>
<noscript><p>This page needs JavaScript. <a href="${up}openapi.json">openapi.json</a> does not.</p></noscript>
<script src="${up}docs/swagger-ui-bundle.js"></script>
<script src="${up}docs/docs.js"></script>
</body>
</html>
""")

OPENAPI = Operation(
    name="openapi",
    method="GET",
    path="/openapi.json",
    subject=_SUBJECT,
    summary="Describe these calls in OpenAPI 3.1",
    successes=succeed("The document.", _OBJECT),
)

ASYNCAPI = Operation(
    name="asyncapi",
    method="GET",
    path="/asyncapi.json",
    subject=_SUBJECT,
    summary="Describe the WebSockets and the event stream in AsyncAPI 3.0",
    successes=succeed("The document.", _OBJECT),
)

PAGE = Operation(
    name="docs",
    method="GET",
    path="/docs",
    subject=_SUBJECT,
    summary="Show these calls as a page",
    successes=(SuccessSpec("The page.", {HTML: TEXT}),),
)

FILE = Operation(
    name="docs_file",
    method="GET",
    path="/docs/<name>",
    subject=_SUBJECT,
    summary="Send a file of that page, or the JSON Schema of entries",
    parameters={"name": {"type": "string", "enum": [*FILES, *SCHEMAS], "description": "Its name."}},
    successes=(
        SuccessSpec("The file.", {JSON: _OBJECT, **{file.media_type: TEXT for file in FILES.values()}}),
        HAS_IT,
    ),
    failures=(NotFound, *FAILURES),
)


class Documents:
    """The documents about an application; each is written once, at its first request."""

    def __init__(self, services: Services, new_waker: WakerFactory) -> None:
        self._services = services
        self._new_waker = new_waker
        self._written: dict[str, dict[str, Any]] = {}

    def get(self, name: str, write: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return a document, written on a native thread if it has not been written yet.

        Raises
        ------
        Overloaded
            If that takes too long, or the server is shutting down.
        """
        if name not in self._written:
            # The first one reads tables for some tenths of a second, which would hold up every connection.
            self._written[name] = self._services.request_threads.run_in_thread(
                write, self._new_waker(), PATIENCE
            )
        return self._written[name]


def operations_of(app: Flask) -> list[Operation]:
    """Return the operations of every route of an application, in the order of their addresses."""
    blueprints = [one for one in app.blueprints.values() if isinstance(one, OperationBlueprint)]
    found = [operation for blueprint in blueprints for operation in blueprint.operations]
    return sorted(found, key=lambda operation: (operation.path, operation.method))


def register(app: Flask, services: Services, new_waker: WakerFactory) -> None:
    """Add the documents to an application that has all of its other routes."""
    calls = OperationBlueprint("documents")
    documents = Documents(services, new_waker)

    @calls.call(OPENAPI)
    def openapi() -> Response:
        operations = operations_of(current_app)
        keys_required = services.access.required

        def write() -> dict[str, Any]:
            return openapi_document(operations, services.version, keys_required=keys_required)

        return _json(documents.get("openapi", write))

    @calls.call(ASYNCAPI)
    def asyncapi() -> Response:
        document = documents.get("asyncapi", lambda: asyncapi_document(services.version))
        where = servers(request.host, secure=request.is_secure, keys_required=services.access.required)
        return _json({**document, "servers": where})

    @calls.call(PAGE)
    def page() -> Response:
        # Addresses in the page are relative, so that it also works below a folder of a proxy.
        up = "../" if str(request.environ.get("RAW_URI", "")).partition("?")[0].endswith("/") else ""
        answer = Response(_PAGE.substitute(up=up), content_type=f"{HTML}; charset=utf-8")
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @calls.call(FILE)
    def file(name: str) -> Response:
        if name in SCHEMAS:
            schema = {"$schema": DIALECT, **entry_json_schema(SCHEMAS[name])}
            return _json(schema)
        if name not in FILES:
            raise NotFound(f"Unknown file {PurePosixPath(name).name[:100]!a}.")
        return answer_file(FILES[name])

    app.register_blueprint(calls)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), content_type=JSON)
