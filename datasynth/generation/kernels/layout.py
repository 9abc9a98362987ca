"""Lines of templates: how amounts are split over them, and which accounts they are posted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_LINE_BONUS = 1_500
SHARES = np.uint64(1_000)
"""A line's share of an amount is 1 … `SHARES`; the first line's has the bonus added."""

LENGTH = np.uint64(0)
MEMBER = np.uint64(1)
_HUNDRED = np.uint64(100)
_MANTISSA = np.uint64(12)
_PARTS = float(1 << 52)


class TemplateLineColumns(NamedTuple):
    """Columns of the lines of templates, see `DocumentLines`."""

    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]


class PostingAmounts(NamedTuple):
    """Amounts of a posting.

    Attributes
    ----------
    total, jitter_unit : (templates,) int64
        Sum of its lines, and what a jitter step adds to the first one. [minor units]
    least : int
        Least amount of every line; above 0. [minor units]
    """

    total: NDArray[np.int64]
    jitter_unit: NDArray[np.int64]
    least: int


class CombinationTable(NamedTuple):
    """Account combinations of a posting: (combinations,) lengths, (combinations, longest) accounts."""

    length: NDArray[np.int64]
    account: NDArray[np.int16]


@kernel
def find_rank(reached: NDArray[np.float64], bits: np.uint64) -> int:
    """Return the rank that is drawn, by binary search in the cumulative chances."""
    # The middle of one of 2^52 equal parts of (0, 1), which a float64 holds exactly.
    share = (np.float64(bits >> _MANTISSA) + 0.5) / _PARTS
    low = 0
    high = len(reached)
    while low < high:
        middle = (low + high) >> 1
        if reached[middle] < share:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def choose_ranks(
    key: np.uint64, field: np.uint64, reached: NDArray[np.float64], found: NDArray[np.int64]
) -> None:
    """Draw a rank for each place, see `find_rank`; `reached` ends with 1; one turn is one draw."""
    for place in range(len(found)):
        found[place] = find_rank(reached, draw(key, np.uint64(place), field))


@kernel
def fill_combinations(
    key: np.uint64,
    members: NDArray[np.int16],
    reached: NDArray[np.float64],
    lengths: NDArray[np.int64],
    combinations: CombinationTable,
) -> None:
    """Choose the accounts of a posting's combinations; one turn is one account combination.

    Parameters
    ----------
    members : (accounts,) int16
        Accounts to choose from.
    reached : (accounts,) float64
        Cumulative chances.
    lengths : (longest - 1,) int64
        Of 100 combinations, how many have at most one account, two, and so on.
    """
    longest = combinations.account.shape[1]
    for number in range(len(combinations.length)):
        length = 1
        if len(members) > 1:
            drawn = np.int64(below(draw(key, np.uint64(number), LENGTH), _HUNDRED))
            for bound in range(len(lengths)):
                if lengths[bound] <= drawn:
                    length += 1
        combinations.length[number] = length
        for place in range(longest):
            at = 0
            if len(members) > 1 and place < length:
                at = find_rank(reached, draw(key, np.uint64(number * longest + place), MEMBER))
            combinations.account[number, place] = members[at]


@kernel
def line_share(key: np.uint64, drawn: int, nth: int) -> np.int64:
    """Return a line's share of what its posting comes to."""
    share = np.int64(1) + np.int64(below(draw(key, np.uint64(drawn), np.uint64(0)), SHARES))
    return share + FIRST_LINE_BONUS if nth == 0 else share


@kernel
def write_posting(
    begin: NDArray[np.int64],
    counts: NDArray[np.int64],
    number: int,
    amounts: PostingAmounts,
    key: np.uint64,
    combination: NDArray[np.int64],
    combinations: CombinationTable,
    lines: TemplateLineColumns,
) -> None:
    """Write the lines of one posting of all templates; one turn is one template.

    An amount is the least that a line has plus a difference of rounded cumulative shares.

    Parameters
    ----------
    begin : (templates,) int64
        First line of the posting in each template; moved behind its last.
    counts : (templates,) int64
        Number of lines of the posting.
    number
        Number of the posting.
    key
        Of the shares.
    combination : (templates,) int64
        Account combination of each template.
    """
    total, jitter_unit, least = amounts
    drawn = 0
    for template in range(len(begin)):
        count = counts[template]
        if count == 0:
            continue
        used = combination[template]
        length = combinations.length[used]
        first = begin[template]
        all_shares = np.int64(0)
        if count > 1:
            # Until they are used the shares stand where the amounts will.
            for nth in range(count):
                share = line_share(key, drawn + nth, nth)
                lines.amount[first + nth] = share
                all_shares += share
        spare = total[template] - least * count
        reached = np.int64(0)
        before = np.int64(0)
        for nth in range(count):
            upto = spare
            if nth + 1 < count:
                reached += lines.amount[first + nth]
                # spare * reached // all_shares, in two parts since the product may exceed 64 bits.
                upto = spare // all_shares * reached + spare % all_shares * reached // all_shares
            lines.amount[first + nth] = upto - before + least
            lines.posting[first + nth] = number
            lines.jitter_unit[first + nth] = jitter_unit[template] if nth == 0 else 0
            lines.account[first + nth] = combinations.account[used, nth % length]
            before = upto
        drawn += count
        begin[template] += count


@kernel
def bound_steps(
    offsets: NDArray[np.int64],
    amount: NDArray[np.int64],
    jitter_unit: NDArray[np.int32],
    varied: int,
    least: NDArray[np.int64],
) -> None:
    """Bound the jitter steps of templates, so that lines stay above zero; one turn is one row.

    Rows are all variants of the templates, one after the other; a line changes by at most
    one part in `varied`.  `least` is lowered to what the lines of each template bear.
    """
    for row in range(len(offsets) - 1):
        template = row % len(least)
        for line in range(offsets[row], offsets[row + 1]):
            # A line keeps (varied - 1) / varied of its amount at least.
            if jitter_unit[line] != 0:
                least[template] = min(least[template], amount[line] // (np.int64(jitter_unit[line]) * varied))


@kernel
def number_columns(
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    account: NDArray[np.int16],
    first_row: int,
    templates: int,
    places: NDArray[np.int16],
    column: NDArray[np.int16],
) -> None:
    """Number the columns of a step, accounts and sides in order, for each of its lines; one turn is one row.

    `places` gets the number of each side of an account, debits first, or -1; `column`
    gets that of each line of the step.  The other arrays hold the lines of all steps.
    """
    for side in range(len(places)):
        places[side] = -1
    for row in range(first_row, first_row + templates):
        for line in range(offsets[row], offsets[row + 1]):
            side = 1 if line >= offsets[row] + debits[row] else 0
            places[2 * account[line] + side] = 0
    known = 0
    for side in range(len(places)):
        if places[side] == 0:
            places[side] = known
            known += 1
    for row in range(first_row, first_row + templates):
        for line in range(offsets[row], offsets[row + 1]):
            side = 1 if line >= offsets[row] + debits[row] else 0
            column[line] = places[2 * account[line] + side]


@kernel
def sum_debits(
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    amount: NDArray[np.int64],
    jitter_unit: NDArray[np.int32],
    totals: NDArray[np.int64],
    jitter_units: NDArray[np.int64],
) -> None:
    """Sum the amounts and the jitter units of each row's debits; one turn is one row. [minor units]"""
    for row in range(len(totals)):
        totals[row] = 0
        jitter_units[row] = 0
        for line in range(offsets[row], offsets[row] + debits[row]):
            totals[row] += amount[line]
            jitter_units[row] += jitter_unit[line]
