"""Numbers, dates and ids as ASCII, written at a position of a byte buffer.

Every ``put_…`` takes the buffer and the position, and gives back the position
after what it wrote.  Positions and all arithmetic are unsigned: a signed index
could count from the end and a signed division rounds down, and the instructions
for both cost five times as much as the work itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.kernel import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINT = 46
HYPHEN = 45
LETTER_T = 84
COLON = 58
LETTER_Z = 90

DIGIT_PAIRS = np.frombuffer("".join(f"{pair:02d}" for pair in range(100)).encode(), dtype=np.uint8)
HEX_PAIRS = np.frombuffer("".join(f"{pair:02x}" for pair in range(256)).encode(), dtype=np.uint8)

# numba takes a bare literal beside an unsigned number for a signed one, and compiles a function anew for each
# literal that it is called with.
ZERO = np.uint64(0)
ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT = (np.uint64(number) for number in range(1, 9))
NINE, TEN, ELEVEN, TWELVE, THIRTEEN, FOURTEEN, FIFTEEN, SIXTEEN = (
    np.uint64(number) for number in range(9, 17)
)
HUNDRED = np.uint64(100)
E_3, E_4, E_5, E_6, E_7, E_8, E_16 = (np.uint64(10**exponent) for exponent in (3, 4, 5, 6, 7, 8, 16))

SLACK = 15
"""Bytes that `put_bytes` may touch behind what it copies."""

# Most bytes of each: `YYYY-MM-DD`, that with `THH:MM:SSZ`, and 32 hexadecimals with four hyphens.
DATE_SIZE = 10
MOMENT_SIZE = 20
UUID_SIZE = 36
# An int64 has a sign and up to 19 digits; with a point and a leading zero before decimals it has two more.
DIGITS_SIZE = 20
AMOUNT_SIZE = 22

# Days from 0000-03-01, where `put_march_day` counts from, to 1970-01-01.
EPOCH = 719468


class WordTable(NamedTuple):
    """Words end to end: word ``i`` is ``text[starts[i]:starts[i + 1]]``.

    Attributes
    ----------
    text : uint8
        With `SLACK` bytes behind the last word.
    starts : (count + 1,) int64
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]


@inlined
def put_bytes(
    out: NDArray[np.uint8],
    at: np.uint64,
    source: NDArray[np.uint8],
    start: np.uint64,
    stop: np.uint64,
) -> np.uint64:
    """Copy ``source[start:stop]``, sixteen bytes a turn; the last may go up to `SLACK` bytes too far.

    What is written too far is overwritten by what comes next, so both arrays
    need that much room at their end.  All are read before any is
    written, so that the compiler makes one move of them.
    """
    end = at + stop - start
    while at < end:
        byte_0 = source[start]
        byte_1 = source[start + ONE]
        byte_2 = source[start + TWO]
        byte_3 = source[start + THREE]
        byte_4 = source[start + FOUR]
        byte_5 = source[start + FIVE]
        byte_6 = source[start + SIX]
        byte_7 = source[start + SEVEN]
        byte_8 = source[start + EIGHT]
        byte_9 = source[start + NINE]
        byte_10 = source[start + TEN]
        byte_11 = source[start + ELEVEN]
        byte_12 = source[start + TWELVE]
        byte_13 = source[start + THIRTEEN]
        byte_14 = source[start + FOURTEEN]
        byte_15 = source[start + FIFTEEN]
        out[at] = byte_0
        out[at + ONE] = byte_1
        out[at + TWO] = byte_2
        out[at + THREE] = byte_3
        out[at + FOUR] = byte_4
        out[at + FIVE] = byte_5
        out[at + SIX] = byte_6
        out[at + SEVEN] = byte_7
        out[at + EIGHT] = byte_8
        out[at + NINE] = byte_9
        out[at + TEN] = byte_10
        out[at + ELEVEN] = byte_11
        out[at + TWELVE] = byte_12
        out[at + THIRTEEN] = byte_13
        out[at + FOURTEEN] = byte_14
        out[at + FIFTEEN] = byte_15
        at += SIXTEEN
        start += SIXTEEN
    return end


@inlined
def put_word(out: NDArray[np.uint8], at: np.uint64, words: WordTable, word: np.uint64) -> np.uint64:
    """Copy a word of a table."""
    return put_bytes(out, at, words.text, np.uint64(words.starts[word]), np.uint64(words.starts[word + ONE]))


@inlined
def move_up(out: NDArray[np.uint8], at: np.uint64, start: np.uint64, stop: np.uint64) -> np.uint64:
    """Move ``out[start:stop]`` to the higher position `at`, from the last byte to the first."""
    end = at + stop - start
    place = end
    while place > at:
        place -= ONE
        stop -= ONE
        out[place] = out[stop]
    return end


@inlined
def put_pair(out: NDArray[np.uint8], at: np.uint64, number: np.uint64) -> np.uint64:
    """Write a number below 100 over two digits."""
    out[at] = DIGIT_PAIRS[TWO * number]
    out[at + ONE] = DIGIT_PAIRS[TWO * number + ONE]
    return at + TWO


@inlined
def put_eight(out: NDArray[np.uint8], at: np.uint64, number: np.uint64, width: np.uint64) -> np.uint64:
    """Write a number below 10^8 with at least `width` digits, 1 to 8.

    Always writes eight digits; a leading zero that nobody wants is overwritten
    by the next digit.  So there is no branch for the processor to guess.
    """
    high = number // E_4
    low = number - high * E_4
    pair_0 = high // HUNDRED
    pair_1 = high - pair_0 * HUNDRED
    pair_2 = low // HUNDRED
    pair_3 = low - pair_2 * HUNDRED
    out[at] = DIGIT_PAIRS[TWO * pair_0]
    at += np.uint64(number >= E_7 or width >= EIGHT)
    out[at] = DIGIT_PAIRS[TWO * pair_0 + ONE]
    at += np.uint64(number >= E_6 or width >= SEVEN)
    out[at] = DIGIT_PAIRS[TWO * pair_1]
    at += np.uint64(number >= E_5 or width >= SIX)
    out[at] = DIGIT_PAIRS[TWO * pair_1 + ONE]
    at += np.uint64(number >= E_4 or width >= FIVE)
    out[at] = DIGIT_PAIRS[TWO * pair_2]
    at += np.uint64(number >= E_3 or width >= FOUR)
    out[at] = DIGIT_PAIRS[TWO * pair_2 + ONE]
    at += np.uint64(number >= HUNDRED or width >= THREE)
    out[at] = DIGIT_PAIRS[TWO * pair_3]
    at += np.uint64(number >= TEN or width >= TWO)
    out[at] = DIGIT_PAIRS[TWO * pair_3 + ONE]
    return at + ONE


@inlined
def put_long(out: NDArray[np.uint8], at: np.uint64, number: np.uint64, width: np.uint64) -> np.uint64:
    """Write any number with at least `width` digits, 1 to 16."""
    if number >= E_16:
        upper = number // E_16
        at = put_eight(out, at, upper, ONE)
        number -= upper * E_16
        width = SIXTEEN
    upper = number // E_8
    if upper > ZERO or width > EIGHT:
        at = put_eight(out, at, upper, width - EIGHT if width > EIGHT else ONE)
        number -= upper * E_8
        width = EIGHT
    return put_eight(out, at, number, width)


@inlined
def put_number(out: NDArray[np.uint8], at: np.uint64, number: np.uint64, width: np.uint64) -> np.uint64:
    """Write a number with at least `width` digits, 1 to 16; nearly all are short, and take no detour."""
    if number < E_8 and width <= EIGHT:
        return put_eight(out, at, number, width)
    return put_long(out, at, number, width)


@inlined
def put_sign(out: NDArray[np.uint8], at: np.uint64, value: int) -> np.uint64:
    """Write a hyphen for a negative value, else nothing."""
    out[at] = HYPHEN
    return at + np.uint64(value < 0)


@inlined
def magnitude(value: int) -> np.uint64:
    """Absolute value of an int64, the lowest one included."""
    if value < 0:
        # -(-2^63) is no int64, but -(-2^63 + 1) is.
        return np.uint64(-(value + 1)) + ONE
    return np.uint64(value)


@inlined
def put_digits(out: NDArray[np.uint8], at: np.uint64, value: int, width: np.uint64) -> np.uint64:
    """Write an integer with at least `width` digits, a hyphen in front of a negative one."""
    return put_number(out, put_sign(out, at, value), magnitude(value), width)


@inlined
def put_amount(out: NDArray[np.uint8], at: np.uint64, value: int, decimals: int) -> np.uint64:
    """Write `value` shifted right by `decimals`, with a point only if there are any."""
    at = put_sign(out, at, value)
    number = magnitude(value)
    if decimals == 2:
        whole, width = number // HUNDRED, ONE
    else:
        whole, width = number, np.uint64(decimals) + ONE
    at = put_number(out, at, whole, width)
    if decimals == 2:
        out[at] = POINT
        return put_pair(out, at + ONE, number - whole * HUNDRED)
    if decimals == 0:
        return at
    # The digits stand there; the last ones move a place to the right, and the point goes into the gap.
    end = at
    for _ in range(decimals):
        out[at] = out[at - ONE]
        at -= ONE
    out[at] = POINT
    return end + ONE


@inlined
def put_uuid(out: NDArray[np.uint8], at: np.uint64, high: int, low: int) -> np.uint64:
    """Write a UUID's two halves, bit patterns of 64 each, as 8-4-4-4-12 lower-case hexadecimals."""
    for byte in range(16):
        half = high if byte < 8 else low
        pair = np.uint64((half >> (56 - 8 * (byte & 7))) & 255)
        out[at] = HEX_PAIRS[TWO * pair]
        out[at + ONE] = HEX_PAIRS[TWO * pair + ONE]
        at += TWO
        out[at] = HYPHEN
        # Hyphens follow the bytes 3, 5, 7 and 9; one that does not count is overwritten.
        at += np.uint64((byte & 1) == 1 and 3 <= byte <= 9)
    return at


@inlined
def put_march_day(out: NDArray[np.uint8], at: np.uint64, day: np.uint64) -> np.uint64:
    """Write days since 0000-03-01, up to the year 9999, as ``YYYY-MM-DD``.

    A year that begins in March has its leap day at its end, and the lengths of
    its months are a fixed pattern of 153 days in five.  The algorithm is
    ``civil_from_days`` of Howard Hinnant, "chrono-Compatible Low-Level Date
    Algorithms".
    """
    # The calendar repeats after 400 years, which have 146,097 days.
    era = day // np.uint64(146097)
    of_era = day - era * np.uint64(146097)
    # Days before this one that make a year longer than 365: one in four years, none in a hundred, one in 400.
    leaps = of_era // np.uint64(1460) + of_era // np.uint64(146096) - of_era // np.uint64(36524)
    year_of_era = (of_era - leaps) // np.uint64(365)
    of_year = of_era + year_of_era // HUNDRED - np.uint64(365) * year_of_era - year_of_era // FOUR
    march_month = (FIVE * of_year + TWO) // np.uint64(153)
    # From March on, so months 10 and 11 are January and February of the next year.
    january = np.uint64(march_month >= TEN)
    year = year_of_era + era * np.uint64(400) + january
    century = year // HUNDRED
    at = put_pair(out, at, century)
    at = put_pair(out, at, year - century * HUNDRED)
    out[at] = HYPHEN
    at = put_pair(out, at + ONE, march_month + THREE - january * TWELVE)
    out[at] = HYPHEN
    return put_pair(out, at + ONE, of_year - (np.uint64(153) * march_month + TWO) // FIVE + ONE)


@inlined
def put_date(out: NDArray[np.uint8], at: np.uint64, day: int) -> np.uint64:
    """Write days since 1970-01-01, years 1 to 9999, as ``YYYY-MM-DD``."""
    return put_march_day(out, at, np.uint64(day + EPOCH))


@inlined
def put_moment(out: NDArray[np.uint8], at: np.uint64, second: int) -> np.uint64:
    """Write seconds since 1970-01-01 UTC, years 1 to 9999, as ``YYYY-MM-DDTHH:MM:SSZ``."""
    shifted = np.uint64(second + EPOCH * 86400)
    day = shifted // np.uint64(86400)
    of_day = shifted - day * np.uint64(86400)
    hour = of_day // np.uint64(3600)
    minute = of_day // np.uint64(60)
    at = put_march_day(out, at, day)
    out[at] = LETTER_T
    at = put_pair(out, at + ONE, hour)
    out[at] = COLON
    at = put_pair(out, at + ONE, minute - hour * np.uint64(60))
    out[at] = COLON
    at = put_pair(out, at + ONE, of_day - minute * np.uint64(60))
    out[at] = LETTER_Z
    return at + ONE
