"""What a call over HTTP is: its address, what it reads, what it answers, and how it fails.

A route is registered from its operation, and so is the page that describes it.
So an address, a key or an answer is written once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from datasynth.errors import (
    DatasynthError,
    Forbidden,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    Overloaded,
    RateLimitExceeded,
    RequestTimeout,
    Unauthorized,
    Unimplemented,
)
from datasynth.transports.open_addresses import is_open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marshmallow import Schema

    from datasynth.transports.query_schema import QuerySchema

JsonSchema = dict[str, Any]

JSON = "application/json"

EVERYWHERE = (
    InvalidRequest,
    Forbidden,
    MethodNotAllowed,
    RequestTimeout,
    InternalError,
    Unimplemented,
    Overloaded,
)
"""How any request can fail, whatever its address."""

COUNTED = (Unauthorized, RateLimitExceeded)
"""How a request can fail that needs a key and counts."""

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class SuccessSpec:
    """One of the answers of an operation that is no failure.

    Attributes
    ----------
    meaning
        One sentence.
    content
        The JSON Schema of the body by media type; empty where there is no body.
    headers
        The meaning of each header that only this operation has.
    status
        Of the answer.
    """

    meaning: str
    content: Mapping[str, JsonSchema] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class BodySpec:
    """What the body of a request may be.

    Attributes
    ----------
    schema
        The marshmallow schema that reads it, or its JSON Schema.
    media_types
        What it may come as.
    examples
        Bodies that work, by name.
    """

    schema: type[Schema] | JsonSchema
    media_types: tuple[str, ...]
    examples: Mapping[str, JsonSchema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call.

    Attributes
    ----------
    name
        Its id, and the end of its Flask endpoint.
    method, path
        Its address; the path is spelt as in Flask's rules.
    subject
        What it is about; the pages list operations by it.
    summary
        What it does, in one sentence without a full stop.
    successes
        Its answers, failures left out.
    query
        The schema that reads its query; None if it reads none.
    body
        What it reads; None if it reads no body.
    parameters
        The JSON Schema, with a description, of each parameter of the path.
    failures
        The errors that it answers besides `EVERYWHERE` and `COUNTED`.
    tickets
        Whether a ticket in the query stands for a key.
    headers
        The JSON Schema, with a description, of each header that it reads besides those of every request.
    """

    name: str
    method: str
    path: str
    subject: str
    summary: str
    successes: tuple[SuccessSpec, ...]
    query: type[QuerySchema] | None = None
    body: BodySpec | None = None
    parameters: Mapping[str, JsonSchema] = field(default_factory=dict)
    failures: tuple[type[DatasynthError], ...] = ()
    tickets: bool = False
    headers: Mapping[str, JsonSchema] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it needs no key and does not count."""
        return is_open(self.path)

    @property
    def template(self) -> str:
        """The path as OpenAPI spells it: ``/api/streams/{stream_id}``."""
        return _PARAMETER.sub(r"{\2}", self.path)

    @property
    def all_failures(self) -> tuple[type[DatasynthError], ...]:
        """Every error that it can answer."""
        return (*EVERYWHERE, *(() if self.is_open else COUNTED), *self.failures)


class OperationBlueprint(Blueprint):
    """A blueprint whose routes are registered from their operations.

    Attributes
    ----------
    operations
        Of the routes, in the order of registration.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, __name__)
        self.operations: list[Operation] = []

    def call(self, operation: Operation) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view for an operation."""

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            self.add_url_rule(operation.path, operation.name, view, methods=[operation.method])
            self.operations.append(operation)
            return view

        return register


def succeed(meaning: str, schema: JsonSchema, **other: JsonSchema) -> tuple[SuccessSpec, ...]:
    """Return the one answer of an operation that answers with JSON.

    Parameters
    ----------
    meaning
        One sentence.
    schema
        Of the body.
    other
        Properties of the body besides those of `schema`, which then is an object.
    """
    if other:
        schema = {"allOf": [schema, record(**other)]}
    return (SuccessSpec(meaning, {JSON: schema}),)


def record(**properties: JsonSchema) -> JsonSchema:
    """Return the schema of an object that has all of these properties, and perhaps others."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def component(name: str) -> JsonSchema:
    """Return a reference to one of the shared schemas."""
    return {"$ref": f"#/components/schemas/{name}"}
