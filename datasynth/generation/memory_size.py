"""Counts the memory of an object: its arrays, each once, and the Python objects around them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The ledger's tables are not counted: they exist once, whether there are journals or not.
_OUR_OWN = "datasynth.generation"
_LONG = 256
"""Longer sequences of plain values are estimated from a sample of about this size."""

_PLAIN = (str, bytes, int, float, bool, type(None))


def memory_bytes(*things: object) -> int:
    """Return the memory of objects of this package's classes, or containers of such. [bytes]

    The sum counts shared buffers of arrays once, Python objects by `sys.getsizeof`, and
    long sequences of plain values by an estimate.  It computes no properties.
    """
    seen: set[int] = set()
    pending: list[object] = list(things)
    total = 0
    while pending:
        thing = pending.pop()
        if isinstance(thing, np.ndarray):
            thing = _owner(thing)
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            total += thing.nbytes
        elif isinstance(thing, _PLAIN):
            total += sys.getsizeof(thing)
        elif isinstance(thing, Mapping | Sequence | AbstractSet) and type(thing).__module__ == "builtins":
            total += sys.getsizeof(thing)
            values = _values(thing)
            if len(values) > _LONG and _is_plain(values[0]):
                total += _sampled(values)
            else:
                pending += values
        elif type(thing).__module__.startswith(_OUR_OWN):
            total += sys.getsizeof(thing)
            pending += _attributes(thing)
    return total


def _owner(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> object:
    """Return the array that owns the buffer of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _values(thing: Mapping[object, object] | Sequence[object] | AbstractSet[object]) -> list[object]:
    if isinstance(thing, Mapping):
        return [*thing.keys(), *thing.values()]
    return list(thing)


def _is_plain(value: object) -> bool:
    """Tell whether a value is a number, a word, or a tuple of them."""
    if isinstance(value, tuple):
        return bool(value) and all(isinstance(part, _PLAIN) for part in value)
    return isinstance(value, _PLAIN)


def _sampled(values: Sequence[object]) -> int:
    chosen = values[:: len(values) // _LONG]
    return sum(_plain_bytes(value) for value in chosen) * len(values) // len(chosen)


def _plain_bytes(value: object) -> int:
    parts = sum(map(sys.getsizeof, value)) if isinstance(value, tuple) else 0
    return sys.getsizeof(value) + parts


def _attributes(thing: object) -> Iterable[object]:
    """Yield the values of an object's attributes, wherever they are kept."""
    if isinstance(thing, tuple):
        yield from thing
    yield from getattr(thing, "__dict__", {}).values()
    for name in _slots(type(thing)):
        if hasattr(thing, name):
            yield getattr(thing, name)


def _slots(kind: type) -> Iterator[str]:
    for parent in kind.__mro__:
        slots = parent.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots
