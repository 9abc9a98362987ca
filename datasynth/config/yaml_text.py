"""YAML as a second spelling of JSON: no aliases, no tags beyond JSON's, no surprises.

PyYAML follows YAML 1.1, where ``NO`` (Norway) is false, ``010`` is eight and
``12:30`` is a number.  Reader and writer here share the scalars of YAML 1.2's
core schema instead, and a date stays text, as in JSON.  The writer quotes
words that either version would misread.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import AliasEvent, CollectionStartEvent, NodeEvent
from yaml.resolver import BaseResolver

from datasynth.config.spelling import spelt
from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CHARACTERS = 128 * 1024
"""PyYAML reads about half a megabyte a second; this keeps a document under 0.3 s."""

MAX_VALUES = 5_000
"""Keys and values in one document; fifty companies and a thousand numbers of lines need three thousand."""

_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"(?:[-+]?[0-9]+(?:_[0-9]+)*|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NO_NUMBER = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")


class _CoreScalars(BaseResolver):
    """Which plain words are not text."""


class _Reader(_CoreScalars, yaml.SafeLoader):
    """Composes nodes while counting them, so that no document outgrows its limits."""

    def __init__(self, text: str, max_depth: int) -> None:
        super().__init__(text)
        self._max_depth = max_depth
        self._depth = 0
        self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
            raise _refused(event, "Anchors (&) and aliases (*) are not supported; write the value itself")
        self._values += 1
        if self._values > MAX_VALUES:
            raise _refused(event, f"The document has more than {MAX_VALUES:,} keys and values")
        nested = isinstance(event, CollectionStartEvent)
        self._depth += nested
        if self._depth > self._max_depth:
            raise _refused(event, f"The document is nested deeper than {self._max_depth} levels")
        node = super().compose_node(parent, index)
        self._depth -= nested
        return node


class _Writer(yaml.SafeDumper):
    """Quotes every word that `_Reader`, or a reader of YAML 1.1, would not take for text."""


_KINDS = (("null", _NULL), ("bool", _BOOL), ("int", _INT), ("float", _FLOAT), ("float", _NO_NUMBER))
for _name, _pattern in _KINDS:
    _CoreScalars.add_implicit_resolver(_TAG + _name, _pattern, None)
    _Writer.add_implicit_resolver(_TAG + _name, _pattern, None)


def read_yaml(text: str, max_depth: int, max_digits: int) -> object:
    """Value of the only document in `text`, in JSON types; numbers remember an unusual spelling.

    Parameters
    ----------
    text
        YAML 1.2, core scalars; underscores may group digits.
    max_depth
        Objects and lists that may lie inside one another.
    max_digits
        Characters that a number may have.

    Raises
    ------
    InvalidRequest
        If it is not such a document, naming line and column where known.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidRequest(f"A YAML document may have at most {MAX_CHARACTERS:,} characters.")
    try:
        node = _Reader(text, max_depth).get_single_node()
    except yaml.MarkedYAMLError as error:
        problem = error.problem or error.context or "unreadable"
        raise _at(error.problem_mark, f"The document is not valid YAML: {problem}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InvalidRequest(f"The document is not valid YAML: {str(error).splitlines()[0]}.") from error
    return None if node is None else _plain(node, max_digits)


def write_yaml(document: Mapping[str, object]) -> str:
    """YAML text of a document in plain JSON types; `read_yaml` gives it back equal."""
    text: str = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True)
    return text


def _plain(node: yaml.Node, max_digits: int) -> object:
    """Value of a node; the reader has limited its depth."""
    if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
        return _object(node, max_digits)
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_plain(item, max_digits) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, max_digits)
    raise _refused(node, f"The tag {node.tag[:100]!r} is not supported")


def _object(node: yaml.MappingNode, max_digits: int) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TAG + "str":
            raise _refused(key, "A key must be text; put it in quotes")
        if key.value in result:
            raise _refused(key, f"The key {key.value[:100]!r} appears twice in one object")
        result[key.value] = _plain(value, max_digits)
    return result


def _scalar(node: yaml.ScalarNode, max_digits: int) -> object:
    word: str = node.value
    kind = node.tag.removeprefix(_TAG)
    if kind == "str":
        return word
    if kind == "null" and _NULL.match(word):
        return None
    if kind == "bool" and _BOOL.match(word):
        return word.lower() == "true"
    if kind in {"int", "float"} and len(word) > max_digits:
        raise _refused(node, f"A number may have at most {max_digits} digits")
    if kind == "int" and _INT.match(word):
        # Leading zeros are decimal here; in base 0 Python would refuse them.
        return spelt(int(word, 0 if word[:2] in {"0x", "0o"} else 10), word)
    if kind == "float" and _FLOAT.match(word) and math.isfinite(float(word)):
        return spelt(float(word), word)
    if kind in {"int", "float"}:
        raise _refused(node, f"{word[:40]!r} is not allowed as a number")
    raise _refused(node, f"{word[:40]!r} is not a value of the type {kind[:40]!r}")


def _refused(place: yaml.Event | yaml.Node, problem: str) -> InvalidRequest:
    return _at(place.start_mark, problem)


def _at(mark: Any, problem: str) -> InvalidRequest:
    if mark is None:
        return InvalidRequest(f"{problem}.")
    line, column = mark.line + 1, mark.column + 1
    return InvalidRequest(f"{problem} (line {line}, column {column}).", {"line": line, "column": column})
