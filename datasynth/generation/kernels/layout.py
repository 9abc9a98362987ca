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
_OF_RING = np.uint64(0)
_OF_TEMPLATE = np.uint64(1)
_HUNDRED = np.uint64(100)
_MANTISSA = np.uint64(12)
_PARTS = float(1 << 52)


class TemplateLineColumns(NamedTuple):
    """Columns of the lines of templates, see `DocumentLines`."""

    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]
    parts: NDArray[np.int32]
    split: NDArray[np.int16]


class PostingNumbers(NamedTuple):
    """Numbers of the posting of a step, and of the split of its first line; see `DocumentLines`."""

    posting: int
    split: int


class PostingAmounts(NamedTuple):
    """Amounts of a posting.

    Attributes
    ----------
    total, jitter_unit : (templates,) int64
        Sum of its lines, and what a jitter step adds to the first one. [minor units]
    least : int
        Least amount of every line of a document; above 0. [minor units]
    """

    total: NDArray[np.int64]
    jitter_unit: NDArray[np.int64]
    least: int


class CombinationGroups(NamedTuple):
    """Combinations in an order in which those of a group stand together.

    Attributes
    ----------
    member : (combinations,) int64
        Which combination stands at each place.
    begin, end : (combinations,) int64
        First place of the group of each, and the one after the last.
    reached : (combinations,) float64
        Cumulative chances in this order; the last is 1.
    """

    member: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    reached: NDArray[np.float64]


class CombinationTable(NamedTuple):
    """Account combinations of a posting: (combinations,) lengths, (combinations, longest) accounts.

    The accounts of a combination differ.
    """

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
def choose_alike(
    key: np.uint64,
    rings: NDArray[np.int64],
    chances: NDArray[np.float64],
    groups: CombinationGroups,
    found: NDArray[np.int64],
) -> None:
    """Draw the combination of each template, for a ring all of one group; one turn is one template.

    The ring draws a combination, and each of its templates draws another one of the same
    group.  So a template has every combination as often as if it drew alone.

    Parameters
    ----------
    rings : (templates,) int64
        Number of the ring of each template.
    chances : (combinations,) float64
        Cumulative chances of the combinations.
    """
    reached = groups.reached
    for template in range(len(found)):
        place = find_rank(chances, draw(key, np.uint64(rings[template]), _OF_RING))
        low, high = groups.begin[place], groups.end[place]
        before = reached[low - 1] if low > 0 else 0.0
        bits = draw(key, np.uint64(template), _OF_TEMPLATE)
        share = (np.float64(bits >> _MANTISSA) + 0.5) / _PARTS
        wanted = before + share * (reached[high - 1] - before)
        # The last one takes what rounding may leave.
        high -= 1
        while low < high:
            middle = (low + high) >> 1
            if reached[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        found[template] = groups.member[low]


@kernel
def fill_combinations(
    key: np.uint64,
    members: NDArray[np.int16],
    reached: NDArray[np.float64],
    lengths: NDArray[np.int64],
    combinations: CombinationTable,
) -> None:
    """Choose the accounts of a posting's combinations, each once; one turn is one account combination.

    Parameters
    ----------
    members : (accounts,) int16
        Accounts to choose from.
    reached : (accounts,) float64
        Cumulative chances.
    lengths : (longest - 1,) int64
        Of 100 combinations, how many draw at most one account, two, and so on.
    """
    longest = combinations.account.shape[1]
    for number in range(len(combinations.length)):
        length = 1
        if len(members) > 1:
            drawn = np.int64(below(draw(key, np.uint64(number), LENGTH), _HUNDRED))
            for bound in range(len(lengths)):
                if lengths[bound] <= drawn:
                    length += 1
        different = 0
        chosen = combinations.account[number]
        for place in range(length):
            at = 0
            if len(members) > 1:
                at = find_rank(reached, draw(key, np.uint64(number * longest + place), MEMBER))
            # An account that is drawn again makes the list shorter.
            known = False
            for earlier in range(different):
                known = known or chosen[earlier] == members[at]
            if not known:
                chosen[different] = members[at]
                different += 1
        combinations.length[number] = different
        for place in range(different, longest):
            chosen[place] = chosen[0]


@kernel
def line_share(key: np.uint64, drawn: int, nth: int) -> np.int64:
    """Return a line's share of what its posting comes to."""
    share = np.int64(1) + np.int64(below(draw(key, np.uint64(drawn), np.uint64(0)), SHARES))
    return share + FIRST_LINE_BONUS if nth == 0 else share


@kernel
def write_posting(
    begin: NDArray[np.int64],
    counts: NDArray[np.int64],
    used: NDArray[np.int64],
    numbers: PostingNumbers,
    amounts: PostingAmounts,
    key: np.uint64,
    combination: NDArray[np.int64],
    combinations: CombinationTable,
    lines: TemplateLineColumns,
) -> None:
    """Write the template lines of one posting of all templates; one turn is one template.

    The lines of a document go through the used accounts in turn, so an account has the
    sum of the shares of its lines.  An amount is the least that its lines have plus a
    difference of rounded cumulative shares.

    Parameters
    ----------
    begin : (templates,) int64
        First template line of the posting in each template; moved behind its last.
    counts, used : (templates,) int64
        Number of a document's lines of the posting, and of the accounts that share them.
    key
        Of the shares.
    combination : (templates,) int64
        Account combination of each template.
    """
    total, jitter_unit, least = amounts
    drawn = 0
    for template in range(len(begin)):
        count, accounts = counts[template], used[template]
        if count == 0:
            continue
        chosen = combination[template]
        length = combinations.length[chosen]
        first = begin[template]
        all_shares = np.int64(0)
        for nth in range(accounts):
            members = count // accounts + (1 if nth < count % accounts else 0)
            # Until they are used the shares stand where the amounts will.
            shares = np.int64(0)
            for member in range(members if accounts > 1 else 0):
                shares += line_share(key, drawn + member * accounts + nth, nth + member)
            lines.amount[first + nth] = shares
            lines.parts[first + nth] = members
            all_shares += shares
        spare = total[template] - least * count
        reached = np.int64(0)
        before = np.int64(0)
        for nth in range(accounts):
            upto = spare
            if nth + 1 < accounts:
                reached += lines.amount[first + nth]
                # spare * reached // all_shares, in two parts since the product may exceed 64 bits.
                upto = spare // all_shares * reached + spare % all_shares * reached // all_shares
            lines.amount[first + nth] = upto - before + least * lines.parts[first + nth]
            lines.posting[first + nth] = numbers.posting
            lines.split[first + nth] = numbers.split + nth
            lines.jitter_unit[first + nth] = jitter_unit[template] if nth == 0 else 0
            lines.account[first + nth] = combinations.account[chosen, nth % length]
            before = upto
        drawn += count
        begin[template] += accounts


@kernel
def bound_steps(
    offsets: NDArray[np.int64],
    amount: NDArray[np.int64],
    jitter_unit: NDArray[np.int32],
    parts: NDArray[np.int32],
    bounds: tuple[int, int],
    least: NDArray[np.int64],
) -> None:
    """Bound the jitter steps of templates, so that lines keep their least amount; one turn is one row.

    Rows are all variants of the templates, one after the other.  `bounds` are the part
    of its amount by which a template line changes at most, and the least amount of a
    document's line.  `least` is lowered to what the lines of each template bear.
    """
    varied, smallest = bounds
    for row in range(len(offsets) - 1):
        template = row % len(least)
        for line in range(offsets[row], offsets[row + 1]):
            # A line keeps (varied - 1) / varied of its amount at least.
            if jitter_unit[line] != 0:
                borne = min(amount[line] // varied, amount[line] - smallest * parts[line])
                least[template] = min(least[template], borne // jitter_unit[line])


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
