"""How much memory a thing holds: the arrays under it, each counted once, and the objects around them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Tables of the ledger are the same for all journals, and there whether there is one or not.
_OUR_OWN = "datasynth.generation"
_LONG = 256
"""Sequences of plain values that are longer than this are judged by so many of them."""

_PLAIN = (str, bytes, int, float, bool, type(None))


def memory_bytes(*things: object) -> int:
    """Add up what some things hold.

    Parameters
    ----------
    things
        Of this package's classes, or containers of such; nothing is changed or computed in them.

    Returns
    -------
    int
        Buffers of arrays, those that several share once, and Python objects as the
        interpreter sizes them; of long runs of plain values an estimate. [bytes]
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
    """Return the array whose buffer a view shows."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _values(thing: Mapping[object, object] | Sequence[object] | AbstractSet[object]) -> list[object]:
    if isinstance(thing, Mapping):
        return [*thing.keys(), *thing.values()]
    return list(thing)


def _is_plain(value: object) -> bool:
    """Tell whether a value is one that long lists consist of: a number, a word, or a few of them."""
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
