"""marshmallow's tree of messages as a flat answer: dotted path, sentences."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from datasynth.config.fields import by_key
from datasynth.errors import InvalidConfiguration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from marshmallow import Schema

    _Sentences = Callable[[], list[str]]

MAX_PROBLEMS = 1_000
"""Problems that one answer lists; a megabyte of unknown keys would need ten megabytes of sentences."""

SHOWN = 3
"""Problems in the message itself; the details have all of them."""

UNKNOWN_KEY = "Unknown key."
"""How the sentence about an unknown key begins, in documents, bodies and queries."""


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the sentence about an unknown key: the key that was probably meant, and those that there are.

    Parameters
    ----------
    key
        The unknown key, however long.
    known
        The keys that there are, in the order of the reference page.
    """
    close = difflib.get_close_matches(key[:40], known, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"{UNKNOWN_KEY}{meant} Known keys: {', '.join(known)}."


def refusal(messages: Mapping[Any, Any], schema: Schema) -> InvalidConfiguration:
    """Return the error with all problems of a document.

    Parameters
    ----------
    messages
        The messages of `schema`, nested like the document.
    schema
        The schema of the whole document; it knows which keys there are.
    """
    problems = dict(_by_path(messages, schema, ""))
    # Sorted, since marshmallow finds unknown keys in no fixed order.
    listed = {path: problems[path]() for path in sorted(problems)[:MAX_PROBLEMS]}
    shown = [f"{path}: {sentences[0]}" if path else sentences[0] for path, sentences in listed.items()]
    more = f" And {len(problems) - SHOWN:,} more." if len(problems) > SHOWN else ""
    return InvalidConfiguration(f"The configuration is not valid. {' '.join(shown[:SHOWN])}{more}", listed)


def _by_path(messages: Mapping[Any, Any], schema: Schema, prefix: str) -> Iterator[tuple[str, _Sentences]]:
    """Flatten marshmallow's tree of messages into dotted paths.

    Sentences are put together once somebody reads them, since the search for a similar key takes time.
    """
    for key, found in messages.items():
        path = f"{prefix}{_printable(key)}"
        if isinstance(found, Mapping):
            yield from _by_path(found, _schema_below(schema, key), f"{path}.")
            continue
        if UNKNOWN_KEY in found:
            yield path, partial(_unknown, str(key), schema)
        # "_schema" is marshmallow's word for the section itself, but may be a user's key too.
        if sentences := [sentence for sentence in found if sentence != UNKNOWN_KEY]:
            yield prefix.removesuffix(".") if key == "_schema" else path, partial(list, sentences)


def _unknown(key: str, schema: Schema) -> list[str]:
    return [unknown_key(key, list(by_key(schema)))]


def _schema_below(schema: Schema, key: object) -> Schema:
    """Schema of the section `key`; an index, below the key of its list, changes nothing."""
    below: Schema = getattr(by_key(schema).get(str(key)), "schema", schema)
    return below


def _printable(key: object) -> str:
    """A key as it can be sent back: short, on one line, and encodable whatever came in."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in str(key)[:100]
    )
