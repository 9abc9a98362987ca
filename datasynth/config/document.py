"""Text to plain values, without trusting the text.

JSON and YAML are two spellings of one document, so both readers give the same
few types (``dict`` with text keys, ``list``, ``str``, ``int``, ``float``,
``bool``, ``None``) and refuse the same things: nesting that would exhaust a
stack, keys that appear twice, numbers that are none, text that is not Unicode.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Literal

from datasynth.config.spelling import spelt
from datasynth.config.yaml_text import read_yaml
from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

MediaType = Literal["json", "yaml"]

MAX_DEPTH = 50
"""Objects and lists inside one another."""

MAX_DIGITS = 100
"""Digits of a number; reading takes time that grows with their square."""

_BRACKETS_OUTSIDE_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def parse_document(text: bytes, media_type: MediaType) -> dict[str, object]:
    """Read a JSON or YAML document whose top level is an object.

    Parameters
    ----------
    text
        UTF-8, with or without a byte order mark.
    media_type
        Spelling of the document.

    Returns
    -------
    dict
        JSON types only: a YAML date stays text (``"2024-01-01"``).  Numbers in an
        unusual spelling remember it (`spelling`).

    Raises
    ------
    InvalidRequest
        If the text is not such a document, or exceeds a limit.
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The document is not UTF-8 text: invalid byte at position {error.start}."
        raise InvalidRequest(message) from error
    if not decoded.strip():
        raise InvalidRequest("The document is empty; it must be an object of keys and values.")
    value = _read_json(decoded) if media_type == "json" else read_yaml(decoded, MAX_DEPTH, MAX_DIGITS)
    if not isinstance(value, dict):
        raise InvalidRequest("The document must be an object of keys and values at its top level.")
    if "\\" in decoded:
        _refuse_lone_surrogates(value)
    return value


def _read_json(text: str) -> object:
    _refuse_deep_nesting(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            f"The document is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}.",
            {"line": error.lineno, "column": error.colno},
        ) from error


def _refuse_deep_nesting(text: str) -> None:
    """Count brackets before the recursive reader runs."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS_OUTSIDE_TEXT.finditer(text):
        token = match[0]
        if token in {"[", "{"}:
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidRequest(f"The document is nested deeper than {MAX_DEPTH} levels.")
        elif token in {"]", "}"}:
            depth -= 1


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in pairs:
        if key in result:
            raise InvalidRequest(f"The key {key[:100]!r} appears twice in one object.")
        result[key] = value
    return result


def _integer(literal: str) -> float:
    if len(literal) > MAX_DIGITS:
        raise InvalidRequest(f"The document contains a number with more than {MAX_DIGITS} digits.")
    return spelt(int(literal), literal)


def _number(literal: str) -> float:
    value = float(literal)
    if math.isinf(value):
        raise InvalidRequest(f"The number {literal[:40]} is too large.")
    return spelt(value, literal)


def _refuse_constant(literal: str) -> float:
    raise InvalidRequest(f"{literal} is not allowed as a number.")


def _refuse_lone_surrogates(value: object) -> None:
    """Refuse half a character, which cannot be written back as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "The document contains an escape for only half of a Unicode character."
        ) from error
