"""The AsyncAPI document: both WebSockets, and the event stream, with the messages that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.transports.documents.openapi import SECURITY_SCHEMES
from datasynth.transports.events.messages import METRICS, message_schemas, metrics_schema
from datasynth.transports.events.query import EventSchema
from datasynth.transports.guard import EVENT_STREAM_PATH, EVENTS_PATH, METRICS_PATH, TICKET
from datasynth.transports.query_schema import QueryKey
from datasynth.transports.rest.components import components
from datasynth.transports.rest.index import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.transports.operations import JsonSchema
    from datasynth.transports.query_schema import QuerySchema

ASYNCAPI = "3.0.0"

DESCRIPTION = "Live messages of the server: the entries and events of streams, and its counters."

_SHARED = ("EntryDocument",)
"""The components that messages refer to; they are those of OpenAPI."""


def asyncapi_document(version: str) -> dict[str, Any]:
    """Describe the channels of a server of this version in AsyncAPI 3.0; `servers` are left to the caller."""
    events = message_schemas()
    stream = [*events]
    shared = components()
    return {
        "asyncapi": ASYNCAPI,
        "info": {
            "title": NAME,
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": _channel(
                EVENTS_PATH, "websocket", "The entries and events of streams.", stream, EventSchema
            ),
            "event_stream": _channel(
                EVENT_STREAM_PATH, "http", "The same messages as Server-Sent Events.", stream, EventSchema
            ),
            "metrics": _channel(
                METRICS_PATH, "websocket", "The server's counters, once a second.", [METRICS]
            ),
        },
        "operations": {
            "follow_events": _operation("events", stream),
            "follow_event_stream": _operation("event_stream", stream),
            "follow_metrics": _operation("metrics", [METRICS]),
        },
        "components": {
            "schemas": {name: shared[name] for name in _SHARED},
            "messages": {
                kind: {"name": kind, "payload": schema}
                for kind, schema in {**events, METRICS: metrics_schema()}.items()
            },
            "securitySchemes": {name: _scheme(name) for name in SECURITY_SCHEMES},
        },
    }


def servers(host: str, *, secure: bool, keys_required: bool) -> dict[str, Any]:
    """Return where the channels are.

    Parameters
    ----------
    host
        By which the server was called, with its port.
    secure
        Whether it was called with TLS.
    keys_required
        Whether it wants a key.
    """
    tls = "s" * secure
    return {
        "websocket": _server(host, f"ws{tls}", keys_required=keys_required),
        "http": _server(host, f"http{tls}", keys_required=keys_required),
    }


def _server(host: str, protocol: str, *, keys_required: bool) -> dict[str, Any]:
    server: dict[str, Any] = {"host": host, "protocol": protocol}
    if keys_required:
        server["security"] = [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY_SCHEMES]
    return server


def _scheme(name: str) -> dict[str, Any]:
    """Spell a security scheme of OpenAPI as AsyncAPI does, which has another word for a key in a header."""
    scheme = SECURITY_SCHEMES[name]
    return {**scheme, "type": "httpApiKey"} if scheme["type"] == "apiKey" else dict(scheme)


def _channel(
    path: str,
    server: str,
    description: str,
    kinds: Iterable[str],
    query: type[QuerySchema] | None = None,
) -> dict[str, Any]:
    keys = {TICKET: {"type": "string"}} if query is None else _properties(query)
    binding: dict[str, Any] = {"method": "GET", "query": {"type": "object", "properties": keys}}
    return {
        "address": path,
        "description": description,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds},
        "bindings": {"ws": {**binding, "bindingVersion": "0.1.0"}} if server == "websocket" else {},
    }


def _properties(query: type[QuerySchema]) -> dict[str, JsonSchema]:
    return {
        key: {"description": field.metadata["description"], **field.json_schema()}
        for key, field in query().fields.items()
        if isinstance(field, QueryKey)
    }


def _operation(channel: str, kinds: Iterable[str]) -> dict[str, Any]:
    return {
        # Seen from the application that the document describes: the server.
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"} for kind in kinds],
    }
