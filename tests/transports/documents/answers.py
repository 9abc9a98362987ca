"""Answers held against what a document says of them, to the key."""

from __future__ import annotations

import re
from copy import deepcopy
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

JSON = "application/json"


def problems(document: dict[str, Any], method: str, path: str, answer: TestResponse) -> list[str]:
    """Tell what an answer has that its operation does not say, or lacks that it does.

    Parameters
    ----------
    document
        OpenAPI.
    method, path
        Of the request; the path without its query.
    answer
        To that request.
    """
    operation = operation_at(document, method, path)
    described = resolved(document, operation["responses"].get(str(answer.status_code)))
    if described is None:
        return [f"{method} {path}: nothing is said of {answer.status_code}"]
    missing = [name for name in described.get("headers", {}) if name not in answer.headers]
    found = [f"{method} {path}: {name} is missing" for name in missing if not name.startswith("X-Next")]
    content = described.get("content", {})
    if answer.mimetype not in content:
        return [*found, f"{method} {path}: {answer.mimetype} is not one of {list(content)}"]
    # A part of an object is no object.
    if answer.mimetype == JSON and answer.status_code != HTTPStatus.PARTIAL_CONTENT:
        schema = {**closed(content[JSON]["schema"]), "components": closed(document["components"])}
        judge = Draft202012Validator(schema, format_checker=FormatChecker())
        found += [f"{method} {path}: {fault.message[:300]}" for fault in judge.iter_errors(answer.json)]
    return found


def operation_at(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """Find the operation of an address."""
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    message = f"no operation for {method} {path}"
    raise LookupError(message)


def resolved(document: dict[str, Any], described: dict[str, Any] | None) -> dict[str, Any] | None:
    """Follow a reference into the components."""
    if described is None or "$ref" not in described:
        return described
    found = document
    for step in described["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def closed(schema: Any) -> Any:
    """Let objects have no other properties than those that are described, so that none is forgotten."""
    schema = deepcopy(schema)
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and schema.get("properties"):
        schema.setdefault("additionalProperties", False)
    return schema
