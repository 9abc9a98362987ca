"""Places of values in a Parquet footer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.encoding.parquet.thrift_values import (
    STOP,
    ThriftType,
    ThriftWriter,
    list_head,
    read_integer,
    values,
    write_binary,
    write_integer,
)


@given(number=st.integers(0, 2**63 - 1), before=st.binary(max_size=3))
def test_integers_are_read_as_they_are_written(number: int, before: bytes) -> None:
    """A number takes as many octets as it needs, and the next value begins behind them."""
    written = write_integer(number)

    assert (number, len(before) + len(written)) == read_integer(
        memoryview(before + written + b"x"), len(before)
    )


@pytest.mark.parametrize(
    ("octets", "number"), [(b"\x00", 0), (b"\x01", -1), (b"\x02", 1), (b"\xac\x02", 150)]
)
def test_signs(octets: bytes, number: int) -> None:
    """The lowest bit is the sign; see "ZigZag encoding" of the compact protocol."""
    assert number == read_integer(memoryview(octets), 0)[0]


def test_every_kind_of_value() -> None:
    """Fields are numbered by steps, or in full where a step is too large; lists come after their elements."""
    inner = b"\x15\x02" + STOP  # field 1: the integer 1
    data = b"".join(
        [
            b"\x15\x06",  # field 1: the integer 3
            b"\x18\x02ab",  # field 2: a text of two octets
            b"\x21",  # field 4: true, without a value
            b"\x19" + list_head(2) + inner + inner,  # field 5: two structures
            b"\x1c" + inner,  # field 6: a structure
            b"\x17" + bytes(8),  # field 7: a double
            b"\x13\x07",  # field 8: an octet
            b"\x06\xac\x02\x04",  # field 150: the integer 2
            STOP,
        ]
    )
    found = [(value.path, data[value.begin : value.end]) for value in values(memoryview(data))]

    assert [
        ((1,), b"\x06"),
        ((2,), b"\x02ab"),
        ((5, 1), b"\x02"),
        ((5,), inner),
        ((5, 1), b"\x02"),
        ((5,), inner),
        ((5,), list_head(2) + inner + inner),
        ((6, 1), b"\x02"),
        ((6,), inner),
        ((7,), bytes(8)),
        ((8,), b"\x07"),
        ((150,), b"\x04"),
        ((), data),
    ] == found


@pytest.mark.parametrize(
    ("count", "head"), [(0, b"\x0c"), (14, b"\xec"), (15, b"\xfc\x0f"), (300, b"\xfc\xac\x02")]
)
def test_heads_of_lists(count: int, head: bytes) -> None:
    """A count below 15 stands beside the type, a larger one behind it."""
    assert head == list_head(count)


def test_a_structure_is_read_as_it_is_written() -> None:
    """Fields, structures and lists come back, and the bytes are cut where a place in the file stands."""
    out = ThriftWriter()
    out.integer(1, 300, ThriftType.INT32)
    out.begin(2)
    out.integer(4, 7)
    out.field(5, ThriftType.BINARY, write_binary(b"ab"))
    out.end()
    out.field(3, ThriftType.LIST, list_head(2))
    for place in (11, 12):
        out.begin()
        out.offset(9, place)
        out.end()
    out.integer(18, 1)
    out.octets(STOP)
    first, second, third = out.pieces()
    data = first + write_integer(5) + second + write_integer(6) + third
    found = [(value.path, data[value.begin : value.end]) for value in values(memoryview(data))]

    assert [11, 12] == out.offsets
    assert [
        ((1,), write_integer(300)),
        ((2, 4), write_integer(7)),
        ((2, 5), b"\x02ab"),
        ((2,), b"\x46\x0e\x18\x02ab" + STOP),
        ((3, 9), write_integer(5)),
        ((3,), b"\x96\x0a" + STOP),
        ((3, 9), write_integer(6)),
        ((3,), b"\x96\x0c" + STOP),
        ((3,), list_head(2) + b"\x96\x0a" + STOP + b"\x96\x0c" + STOP),
        ((18,), write_integer(1)),
        ((), data),
    ] == found


def test_a_kind_that_footers_do_not_have() -> None:
    """What cannot be read is not skipped."""
    with pytest.raises(ValueError, match="type 11"):
        list(values(memoryview(b"\x1b\x00\x00")))
