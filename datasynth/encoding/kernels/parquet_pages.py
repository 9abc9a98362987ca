"""What stands in the pages of a Parquet column: numbers of dictionary values in runs, and the values.

Names follow Parquet's own text, "Encodings": a *run* is one value and how often it comes; a *packed* run is
some groups of eight values in so many bits each; a *hybrid* has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP = 8
"""Values of a packed group."""

MOST_GROUPS = 63
"""Groups of a packed run, so that its head is one octet."""

LENGTH = 4
"""Octets before a text, which say its length."""

NOBODY = -1
"""A slot of a hash table that holds no value yet; the number of a value that is absent."""

NO_WORD = -2
"""The number of a word that is absent."""

# The golden ratio's first 64 bits, and those of another irrational number; both odd.
_MIX_HIGH = np.uint64(0x9E3779B97F4A7C15)
_MIX_LOW = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_SEVEN = np.uint64(7)
_SEVEN_BITS = np.uint64(127)
_MORE_FOLLOW = np.uint64(128)
_OCTET = np.uint64(255)
_EIGHT = np.uint64(8)
_ONE, _TWO, _THREE, _FOUR, _SIXTEEN, _SIXTY_FOUR = (np.uint64(number) for number in (1, 2, 3, 4, 16, 64))
_NIL = np.uint64(0)


@inlined
def put_run(out: NDArray[np.uint8], at: np.uint64, count: int, value: int, width: int) -> np.uint64:
    """Write a run of one value."""
    head = np.uint64(count) << _ONE
    while head > _SEVEN_BITS:
        out[at] = (head & _SEVEN_BITS) | _MORE_FOLLOW
        at += _ONE
        head >>= _SEVEN
    out[at] = head
    at += _ONE
    rest = np.uint64(value)
    for _ in range((width + 7) // 8):
        out[at] = rest & _OCTET
        at += _ONE
        rest >>= _EIGHT
    return at


@inlined
def put_octets(out: NDArray[np.uint8], at: np.uint64, bits: np.uint64, count: np.uint64) -> np.uint64:
    """Write the lowest octets of some bits, the lowest first."""
    for _ in range(count):
        out[at] = bits & _OCTET
        at += _ONE
        bits >>= _EIGHT
    return at


@inlined
def four_in_a_row(numbers: NDArray[np.int32], begin: np.uint64, width: np.uint64) -> np.uint64:
    """Four values in `width` bits each, up to 16."""
    bits = np.uint64(numbers[begin]) | np.uint64(numbers[begin + _ONE]) << width
    other = np.uint64(numbers[begin + _TWO]) | np.uint64(numbers[begin + _THREE]) << width
    return bits | other << (width + width)


@inlined
def put_group(
    out: NDArray[np.uint8], at: np.uint64, numbers: NDArray[np.int32], begin: int, width: np.uint64
) -> np.uint64:
    """Write eight values in `width` bits each; those after the last one are 0."""
    if begin + GROUP <= len(numbers) and width <= _SIXTEEN:
        first = np.uint64(begin)
        half = _FOUR * width
        low, high = four_in_a_row(numbers, first, width), four_in_a_row(numbers, first + _FOUR, width)
        if width <= _EIGHT:
            return put_octets(out, at, low | high << half, width)
        # Shifted by all of its bits a number would be undefined.
        at = put_octets(out, at, low | high << half if half < _SIXTY_FOUR else low, _EIGHT)
        return put_octets(out, at, high >> (_SIXTY_FOUR - half), width - _EIGHT)
    bits, filled = _NIL, _NIL
    for place in range(begin, begin + GROUP):
        if place < len(numbers):
            bits |= np.uint64(numbers[place]) << filled
        filled += width
        while filled >= _EIGHT:
            at = put_octets(out, at, bits, _ONE)
            bits >>= _EIGHT
            filled -= _EIGHT
    return at


@inlined
def run_length(numbers: NDArray[np.int32], begin: int) -> int:
    """How often the value at a place comes in a row."""
    end = begin + 1
    while end < len(numbers) and numbers[end] == numbers[begin]:
        end += 1
    return end - begin


@inlined
def one_value(numbers: NDArray[np.int32], begin: int) -> bool:
    """Whether the eight values from a place on are there and alike."""
    if begin + GROUP > len(numbers):
        return False
    # Without a branch for the processor to guess.
    difference = np.int32(0)
    for place in range(begin + 1, begin + GROUP):
        difference |= numbers[place] ^ numbers[begin]
    return bool(difference == 0)


@kernel
def keep_present(kept: NDArray[np.int32], numbers: NDArray[np.int32]) -> int:
    """Copy the numbers that are not below 0; return how many they are.

    Parameters
    ----------
    kept : (k + 1,) int32
        Written.
    numbers : (k,) int32
    """
    count = 0
    for number in numbers:
        # Overwritten by the next one where it does not count.
        kept[count] = number
        count += int(number >= 0)
    return count


@kernel
def put_hybrid(out: NDArray[np.uint8], numbers: NDArray[np.int32], width: int) -> int:
    """Write numbers as runs where eight or more are alike, else packed.

    Parameters
    ----------
    out : uint8
        Room for `most_octets` of them.
    numbers : (k,) int32
        None below 0.
    width
        Bits of a number.

    Returns
    -------
    int
        Octets written.
    """
    at, place = _NIL, 0
    while place < len(numbers):
        count = run_length(numbers, place)
        if count >= GROUP or place + count == len(numbers):
            at = put_run(out, at, count, numbers[place], width)
            place += count
            continue
        head, groups = at, 0
        at += _ONE
        while place < len(numbers) and groups < MOST_GROUPS and not one_value(numbers, place):
            at = put_group(out, at, numbers, place, np.uint64(width))
            place += GROUP
            groups += 1
        out[head] = 2 * groups + 1
    return int(at)


@kernel
def put_runs(
    out: NDArray[np.uint8], numbers: NDArray[np.int32], first_line: NDArray[np.int64], width: int
) -> int:
    """Write numbers of entries, each as often as its entry has lines; those below 0 are left out.

    Parameters
    ----------
    out : uint8
        Room for `most_octets` of them.
    numbers : (n,) int32
        Those next to each other may be alike.
    first_line : (n + 1,) int64
        Entry ``i`` has the lines ``first_line[i] … first_line[i + 1] - 1``.
    width
        Bits of a number.

    Returns
    -------
    int
        Octets written.
    """
    at, count, value = _NIL, 0, NOBODY
    for entry in range(len(numbers)):
        number = numbers[entry]
        if number < 0:
            continue
        if number != value:
            if count > 0:
                at = put_run(out, at, count, value, width)
            count, value = 0, number
        count += first_line[entry + 1] - first_line[entry]
    if count > 0:
        at = put_run(out, at, count, value, width)
    return int(at)


@kernel
def number_words(
    numbers: NDArray[np.int32],
    used: NDArray[np.int32],
    number_of_word: NDArray[np.int32],
    words: NDArray[np.int32],
) -> int:
    """Number the words of a column in the order of their first places.

    Parameters
    ----------
    numbers : (k,) int32
        Written: the number of each place's word, below 0 where there is none.
    used : (k,) int32
        Written as far as there are words: the word of each number.
    number_of_word : (w + 1,) int32
        Overwritten.
    words : (k,) int32
        Below `w`, and `NOBODY` where there is none.

    Returns
    -------
    int
        How many words there are.
    """
    number_of_word[:] = NOBODY
    # That no word is there is a word, too, so that there is no branch for the processor to guess.
    number_of_word[0] = NO_WORD
    count = 0
    for place in range(len(words)):
        word = words[place] + 1
        number = number_of_word[word]
        if number == NOBODY:
            number = count
            number_of_word[word] = number
            used[count] = word - 1
            count += 1
        numbers[place] = number
    return count


@kernel
def number_values(
    numbers: NDArray[np.int32],
    first_places: NDArray[np.int32],
    table: NDArray[np.int32],
    high: NDArray[np.int64],
    low: NDArray[np.int64],
) -> int:
    """Number the pairs of a column in the order of their first places.

    Parameters
    ----------
    numbers : (k,) int32
        Below 0 where a pair is absent, and left so; else overwritten with the pair's number.
    first_places : (k,) int32
        Written as far as there are pairs: where the pair of each number comes first.
    table : (2^b,) int32
        All `NOBODY`, at least twice as many as pairs; overwritten.
    high, low : (k,) int64
        The two halves of each pair.

    Returns
    -------
    int
        How many pairs there are.
    """
    count, last = 0, NOBODY
    mask = np.uint64(len(table) - 1)
    for place in range(len(numbers)):
        if numbers[place] < 0:
            continue
        # Neighbours are often alike.
        if last >= 0 and high[last] == high[place] and low[last] == low[place]:
            numbers[place] = numbers[last]
            continue
        last = place
        mixed = (np.uint64(high[place]) ^ (np.uint64(low[place]) * _MIX_HIGH)) * _MIX_LOW
        slot = (mixed ^ (mixed >> _HALF)) & mask
        while True:
            number = table[slot]
            if number < 0:
                table[slot] = count
                first_places[count] = place
                numbers[place] = count
                count += 1
                break
            first = first_places[number]
            if high[first] == high[place] and low[first] == low[place]:
                numbers[place] = number
                break
            slot = (slot + _ONE) & mask
    return count


@kernel
def put_texts(
    out: NDArray[np.uint8], text: NDArray[np.uint8], starts: NDArray[np.int32], places: NDArray[np.int32]
) -> int:
    """Write texts, each behind its length.

    Parameters
    ----------
    out : uint8
        Room for all of them.
    text : uint8
        Text ``i`` is ``text[starts[i]:starts[i + 1]]``.
    starts : int32
        Where each begins, and where the last one ends.
    places : (k,) int32
        Which of them are written.

    Returns
    -------
    int
        Octets written.
    """
    at = _NIL
    for place in places:
        begin, end = np.uint64(starts[place]), np.uint64(starts[place + 1])
        rest = end - begin
        for _ in range(LENGTH):
            out[at] = rest & _OCTET
            at += _ONE
            rest >>= _EIGHT
        for source in range(begin, end):
            out[at + source - begin] = text[source]
        at += end - begin
    return int(at)


@kernel
def put_decimals(out: NDArray[np.uint8], halves: NDArray[np.int64]) -> None:
    """Write numbers of 128 bits as signed ones of fewer octets, the highest octet first.

    Parameters
    ----------
    out : (k, width) uint8
        Written; the numbers fit, and take more than 8 octets.
    halves : (k, 2) int64
        Low and high half of each number.
    """
    width = np.uint64(out.shape[1])
    for place in range(len(halves)):
        low, high = np.uint64(halves[place, 0]), np.uint64(halves[place, 1])
        for octet in range(_EIGHT):
            out[place, width - _ONE - octet] = (low >> (octet * _EIGHT)) & _OCTET
        for octet in range(width - _EIGHT):
            out[place, width - _ONE - _EIGHT - octet] = (high >> (octet * _EIGHT)) & _OCTET
