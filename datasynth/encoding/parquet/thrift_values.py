"""Thrift's compact protocol, in which Parquet has its footer and the heads of its pages.

A row group that was encoded by itself says where its columns begin as if it were the only one of its
file.  These numbers, and no others, change when the groups of many threads become one file.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP = b"\x00"
"""Ends a structure."""


class ThriftType(IntEnum):
    """What a value is; a truth has no octets of its own."""

    STOP = 0
    TRUE = 1
    FALSE = 2
    BYTE = 3
    INT16 = 4
    INT32 = 5
    INT64 = 6
    DOUBLE = 7
    BINARY = 8
    LIST = 9
    SET = 10
    STRUCTURE = 12


_INTEGERS = frozenset({ThriftType.INT16, ThriftType.INT32, ThriftType.INT64})
_LONG_LIST = 15
_SEVEN_BITS, _MORE_FOLLOW = 127, 128


class Value(NamedTuple):
    """A value of a structure.

    Attributes
    ----------
    path
        Numbers of the fields that lead to it; elements of a list have the path of the list.
    begin, end
        Its bytes, without the head of its field; those of a list have its head.
    """

    path: tuple[int, ...]
    begin: int
    end: int


def values(data: memoryview, at: int = 0, path: tuple[int, ...] = ()) -> Iterator[Value]:
    """Yield every integer, text and list of a structure, a list after its elements.

    The structure itself comes last, with `path`.
    """
    begin, number = at, 0
    while True:
        head = data[at]
        at += 1
        if head == ThriftType.STOP:
            yield Value(path, begin, at)
            return
        if head >> 4:
            number += head >> 4
        else:
            number, at = read_integer(data, at)
        for value in _values_of(data, at, head & 15, (*path, number)):
            yield value
            at = value.end


def read_integer(data: memoryview, at: int) -> tuple[int, int]:
    """Read a signed integer; return it, and where the next value begins."""
    number, at = _read_varint(data, at)
    return (number >> 1) ^ -(number & 1), at


def write_integer(number: int) -> bytes:
    """Write a signed integer that is not negative."""
    return _write_varint(number << 1)


def write_binary(text: bytes) -> bytes:
    """Write a text behind its length."""
    return _write_varint(len(text)) + text


def list_head(count: int, kind: ThriftType = ThriftType.STRUCTURE) -> bytes:
    """Write the head of a list of values of a kind."""
    if count < _LONG_LIST:
        return bytes([count << 4 | kind])
    return bytes([_LONG_LIST << 4 | kind]) + _write_varint(count)


class ThriftWriter:
    """Writes a structure, and remembers the places in a file that it says.

    Attributes
    ----------
    offsets
        The places, in the order in which they were written.
    """

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self._pieces = [bytearray()]
        self._last = 0
        self._outer: list[int] = []

    def pieces(self) -> tuple[bytes, ...]:
        """Return the octets before, between and after the offsets."""
        return tuple(map(bytes, self._pieces))

    def octets(self, octets: bytes) -> None:
        """Write what stands there as it is, such as the head of a list."""
        self._pieces[-1] += octets

    def field(self, number: int, kind: ThriftType, octets: bytes) -> None:
        """Write a field; the numbers of fields grow, by 15 at most."""
        self._pieces[-1].append((number - self._last) << 4 | kind)
        self._pieces[-1] += octets
        self._last = number

    def integer(self, number: int, value: int, kind: ThriftType = ThriftType.INT64) -> None:
        """Write a field that is an integer, not below 0."""
        self.field(number, kind, write_integer(value))

    def offset(self, number: int, place: int) -> None:
        """Leave a gap for a field that is a place in the file."""
        self.field(number, ThriftType.INT64, b"")
        self.offsets.append(place)
        self._pieces.append(bytearray())

    def begin(self, number: int | None = None) -> None:
        """Begin a structure, as a field or as an element of a list."""
        if number is not None:
            self.field(number, ThriftType.STRUCTURE, b"")
        self._outer.append(self._last)
        self._last = 0

    def end(self) -> None:
        """End the structure that was begun last."""
        self.octets(STOP)
        self._last = self._outer.pop()


def _values_of(data: memoryview, at: int, kind: int, path: tuple[int, ...]) -> Iterator[Value]:
    """Yield the values of a field; the last one is the field's own."""
    if kind == ThriftType.STRUCTURE:
        yield from values(data, at, path)
    elif kind in {ThriftType.LIST, ThriftType.SET}:
        begin, (count, element, at) = at, _read_list_head(data, at)
        for _ in range(count):
            for value in _values_of(data, at, element, path):
                yield value
                at = value.end
        yield Value(path, begin, at)
    elif kind in _INTEGERS:
        yield Value(path, at, _read_varint(data, at)[1])
    elif kind == ThriftType.BINARY:
        length, text = _read_varint(data, at)
        yield Value(path, at, text + length)
    elif kind == ThriftType.DOUBLE:
        yield Value(path, at, at + 8)
    elif kind == ThriftType.BYTE:
        yield Value(path, at, at + 1)
    elif kind not in {ThriftType.TRUE, ThriftType.FALSE}:
        raise ValueError(f"a Parquet footer has no values of the type {kind}")


def _read_list_head(data: memoryview, at: int) -> tuple[int, int, int]:
    head = data[at]
    count, at = head >> 4, at + 1
    if count == _LONG_LIST:
        count, at = _read_varint(data, at)
    return count, head & 15, at


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        octet = data[at]
        at += 1
        number |= (octet & _SEVEN_BITS) << shift
        if octet <= _SEVEN_BITS:
            return number, at
        shift += 7


def _write_varint(number: int) -> bytes:
    octets = bytearray()
    while number > _SEVEN_BITS:
        octets.append(number & _SEVEN_BITS | _MORE_FOLLOW)
        number >>= 7
    octets.append(number)
    return bytes(octets)
