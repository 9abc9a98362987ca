"""Parquet's encodings of whole numbers, read by the letter of its text: one bit after the other."""

from __future__ import annotations


def read_hybrid(data: bytes, width: int) -> list[int]:
    """Read runs and packed runs; zeros that fill up the last group are read as well."""
    found: list[int] = []
    at = 0
    while at < len(data):
        head = shift = 0
        while True:
            octet = data[at]
            at += 1
            head |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                break
        if head & 1:
            size = (head >> 1) * width
            bits = [data[at + bit // 8] >> bit % 8 & 1 for bit in range(8 * size)]
            groups = [bits[first : first + width] for first in range(0, len(bits), width)]
            found += [sum(bit << place for place, bit in enumerate(group)) for group in groups]
        else:
            size = -(-width // 8)
            found += [int.from_bytes(data[at : at + size], "little")] * (head >> 1)
        at += size
    return found


def numbered(values: list[object]) -> tuple[list[int | None], list[object]]:
    """Number values in the order of their first places; return the numbers and the values, None has none."""
    different: list[object] = []
    numbers: list[int | None] = []
    for value in values:
        if value is None:
            numbers.append(None)
            continue
        if value not in different:
            different.append(value)
        numbers.append(different.index(value))
    return numbers, different
