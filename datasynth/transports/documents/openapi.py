"""The OpenAPI document: every operation of REST, from the schemas that read requests."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from datasynth.service.streams.start_request import BodyKey
from datasynth.transports.errors import error_header_meanings
from datasynth.transports.guard import TICKET
from datasynth.transports.operations import JSON, component
from datasynth.transports.query_schema import QueryKey
from datasynth.transports.rest.components import components
from datasynth.transports.rest.index import DESCRIPTION, NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from http import HTTPStatus

    from apispec.ext.marshmallow.openapi import OpenAPIConverter
    from marshmallow import Schema

    from datasynth.errors import DatasynthError
    from datasynth.transports.operations import JsonSchema, Operation, SuccessSpec

OPENAPI = "3.1.0"

SECURITY_SCHEMES = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key of the server.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same key as a bearer token."},
    "ticket": {
        "type": "apiKey",
        "in": "query",
        "name": TICKET,
        "description": "A ticket of `POST /api/ws/ticket`, for browsers. It is valid for one connection.",
    },
}
"""How a caller can show its key."""

SUBJECTS = {
    "Streams": "A stream is one run of generation. These calls start, control and follow it.",
    "Configuration": "The description of the data for the next stream or download.",
    "Downloads": "Any range of entries as a file.",
    "Reference data": "Accounts, parties and users that entries refer to, and sums of entries.",
    "Tickets": "For browsers, which cannot send a key with every connection.",
    "Probes and metrics": "For operators of the server.",
    "What this is": "Information about the server.",
}
"""What operations are about, in the order of the page."""

_TEXT: JsonSchema = {"type": "string"}


def openapi_document(operations: Iterable[Operation], version: str, *, keys_required: bool) -> dict[str, Any]:
    """Describe the operations in OpenAPI 3.1.

    Parameters
    ----------
    operations
        Of every route.
    version
        Of the server.
    keys_required
        Whether the server wants a key; else one may be left out.
    """
    marshmallow = MarshmallowPlugin()
    spec = APISpec(
        NAME,
        version,
        OPENAPI,
        plugins=[marshmallow],
        info={
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": ".", "description": "This server."}],
    )
    if marshmallow.converter is None:
        raise LookupError("apispec has not set up its plugin")
    marshmallow.converter.add_attribute_function(_own_schema)  # type: ignore[no-untyped-call]  # it has no types
    marshmallow.converter.add_parameter_attribute_function(_own_style)
    for name, schema in components().items():
        spec.components.schema(name, schema)
    for name, description in SUBJECTS.items():
        spec.tag({"name": name, "description": description})
    for name, scheme in SECURITY_SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    writer = _Writer(spec, marshmallow.converter, keys_required=keys_required)
    by_path: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in operations:
        by_path[operation.template][operation.method.lower()] = writer.operation(operation)
    for path, described in by_path.items():
        spec.path(path, operations=described)
    return spec.to_dict()


def _own_schema(_: OpenAPIConverter, field: object, **__: object) -> dict[str, Any]:
    """Let our fields say of themselves what JSON Schema can say."""
    return field.json_schema() if isinstance(field, QueryKey | BodyKey) else {}


def _own_style(_: OpenAPIConverter, field: object, **__: object) -> dict[str, Any]:
    return {"style": "form", "explode": False} if isinstance(field, QueryKey) and field.is_list else {}


class _Writer:
    """Writes operations, and what they share into the document's components."""

    def __init__(self, spec: APISpec, converter: OpenAPIConverter, *, keys_required: bool) -> None:
        self._spec = spec
        self._converter = converter
        self._keys_required = keys_required
        self._written: set[str] = set()

    def operation(self, operation: Operation) -> dict[str, Any]:
        written: dict[str, Any] = {
            "operationId": operation.name,
            "tags": [operation.subject],
            "summary": f"{operation.summary}.",
            "security": self._security(operation),
            "parameters": self._parameters(operation),
            "responses": {
                **{str(one.status.value): _success(one) for one in operation.successes},
                **self._failures(operation.all_failures),
            },
        }
        if operation.body is not None:
            schema = operation.body.schema
            shown = schema if isinstance(schema, dict) else self._resolved(schema)
            examples = {name: {"value": value} for name, value in operation.body.examples.items()}
            written["requestBody"] = {
                "required": False,
                "content": {
                    kind: {"schema": shown, "examples": examples} for kind in operation.body.media_types
                },
            }
        return written

    def _resolved(self, schema: type[Schema]) -> dict[str, Any]:
        reference: dict[str, Any] = self._converter.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]  # it has no types
        return reference

    def _security(self, operation: Operation) -> list[dict[str, list[str]]]:
        if operation.is_open:
            return []
        ways = [name for name in SECURITY_SCHEMES if name != "ticket" or operation.tickets]
        nothing: list[dict[str, list[str]]] = [] if self._keys_required else [{}]
        return [*nothing, *[dict[str, list[str]]({name: []}) for name in ways]]

    def _parameters(self, operation: Operation) -> list[dict[str, Any]]:
        in_query = (
            []
            if operation.query is None
            else self._converter.schema2parameters(operation.query(), location="query")
        )
        return [
            *(_parameter("path", name, schema) for name, schema in operation.parameters.items()),
            *in_query,
            *(_parameter("header", name, schema) for name, schema in operation.headers.items()),
        ]

    def _failures(self, failures: Sequence[type[DatasynthError]]) -> dict[str, Any]:
        by_status: dict[HTTPStatus, dict[str, type[DatasynthError]]] = defaultdict(dict)
        for kind in failures:
            by_status[kind.status][kind.code] = kind
        return {
            str(status.value): {"$ref": f"#/components/responses/{self._failure(kinds)}"}
            for status, kinds in sorted(by_status.items())
        }

    def _failure(self, kinds: Mapping[str, type[DatasynthError]]) -> str:
        name = ".".join(sorted(kinds))
        if name not in self._written:
            self._written.add(name)
            described = [f"`{code}`: {_first_line(kind)}" for code, kind in sorted(kinds.items())]
            only = {"properties": {"error": {"enum": sorted(kinds)}}}
            self._spec.components.response(
                name,
                {
                    "description": "\n\n".join(described),
                    "headers": _headers(error_header_meanings(kinds.values())),
                    "content": {JSON: {"schema": {"allOf": [component("Error"), only]}}},
                },
            )
        return name


def _parameter(place: str, name: str, schema: JsonSchema) -> dict[str, Any]:
    return {
        "in": place,
        "name": name,
        "required": place == "path",
        "description": schema["description"],
        "schema": {key: value for key, value in schema.items() if key != "description"},
    }


def _success(one: SuccessSpec) -> dict[str, Any]:
    written: dict[str, Any] = {"description": one.meaning}
    if one.content:
        written["content"] = {kind: {"schema": schema} for kind, schema in one.content.items()}
    if one.headers:
        written["headers"] = _headers(one.headers)
    return written


def _headers(meanings: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": meaning, "schema": _TEXT} for name, meaning in meanings.items()}


def _first_line(kind: type[DatasynthError]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
