"""Where numbers stand in a Parquet footer, which is written in Thrift's compact protocol.

A row group that was encoded by itself says where its columns begin as if it were the only one of its
file.  These numbers, and no others, change when the groups of many threads become one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

STOP = b"\x00"
"""Ends a structure."""

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS = frozenset({4, 5, 6})
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
        if head == _STOP:
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


def list_head(count: int) -> bytes:
    """Write the head of a list of structures."""
    if count < _LONG_LIST:
        return bytes([count << 4 | _STRUCT])
    return bytes([_LONG_LIST << 4 | _STRUCT]) + _write_varint(count)


def _values_of(data: memoryview, at: int, kind: int, path: tuple[int, ...]) -> Iterator[Value]:
    """Yield the values of a field; the last one is the field's own."""
    if kind == _STRUCT:
        yield from values(data, at, path)
    elif kind in {_LIST, _SET}:
        begin, (count, element, at) = at, _read_list_head(data, at)
        for _ in range(count):
            for value in _values_of(data, at, element, path):
                yield value
                at = value.end
        yield Value(path, begin, at)
    elif kind in _INTEGERS:
        yield Value(path, at, _read_varint(data, at)[1])
    elif kind == _BINARY:
        length, text = _read_varint(data, at)
        yield Value(path, at, text + length)
    elif kind == _DOUBLE:
        yield Value(path, at, at + 8)
    elif kind == _BYTE:
        yield Value(path, at, at + 1)
    elif kind not in {_TRUE, _FALSE}:
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
