"""Lines of cards: how amounts are split over them, and which accounts they are posted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_LINE_BONUS = 1_500
SHARES = np.uint64(1_000)
"""A line's share of an amount is drawn from so many; the first one's has the bonus added."""

LENGTH = np.uint64(0)
MEMBER = np.uint64(1)
_HUNDRED = np.uint64(100)
_MANTISSA = np.uint64(12)
_PARTS = float(1 << 52)


class Lines(NamedTuple):
    """Columns of lines, see `Rows`."""

    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    scale: NDArray[np.int32]


class Templates(NamedTuple):
    """Accounts of a posting by template.

    Attributes
    ----------
    length : (templates,) int64
        How many accounts a template has.
    account : (templates, longest) int16
        Its accounts.
    """

    length: NDArray[np.int64]
    account: NDArray[np.int16]


@kernel
def find_rank(reached: NDArray[np.float64], bits: np.uint64) -> int:
    """Return which of some things is drawn, by binary search in their cumulated chances."""
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
    """Draw one of some things for each place; one turn is one draw.

    Parameters
    ----------
    key, field
        Of the draws.
    reached : (things,) float64
        Cumulated chances; the last is 1.
    found : (n,) int64
        Output.
    """
    for place in range(len(found)):
        found[place] = find_rank(reached, draw(key, np.uint64(place), field))


@kernel
def fill_templates(
    key: np.uint64,
    members: NDArray[np.int16],
    reached: NDArray[np.float64],
    lengths: NDArray[np.int64],
    templates: Templates,
) -> None:
    """Choose the accounts of a posting's templates; one turn is one template.

    Parameters
    ----------
    key
        Of the posting.
    members : (accounts,) int16
        To choose from.
    reached : (accounts,) float64
        Cumulated chances.
    lengths : (longest - 1,) int64
        Of 100 templates, how many have at most one account, two, and so on.
    templates
        Output.
    """
    longest = templates.account.shape[1]
    for number in range(len(templates.length)):
        length = 1
        if len(members) > 1:
            drawn = np.int64(below(draw(key, np.uint64(number), LENGTH), _HUNDRED))
            for bound in range(len(lengths)):
                if lengths[bound] <= drawn:
                    length += 1
        templates.length[number] = length
        for place in range(longest):
            at = 0
            if len(members) > 1 and place < length:
                at = find_rank(reached, draw(key, np.uint64(number * longest + place), MEMBER))
            templates.account[number, place] = members[at]


@kernel
def share_of(key: np.uint64, drawn: int, nth: int) -> np.int64:
    """Return the share of a line of what its posting comes to."""
    share = np.int64(1) + np.int64(below(draw(key, np.uint64(drawn), np.uint64(0)), SHARES))
    return share + FIRST_LINE_BONUS if nth == 0 else share


@kernel
def write_posting(
    begin: NDArray[np.int64],
    table: NDArray[np.int64],
    number: int,
    totals: NDArray[np.int64],
    scales: NDArray[np.int64],
    least: int,
    key: np.uint64,
    template: NDArray[np.int64],
    templates: Templates,
    lines: Lines,
) -> None:
    """Write the lines of one posting of all cards; one turn is one card.

    Amounts are differences of rounded cumulative shares, and the least that a line has.

    Parameters
    ----------
    begin : (cards,) int64
        First line of the posting on each card; moved behind its last.
    table : (cards, postings) int64
        How many lines each posting has.
    number
        Which posting.
    totals, scales : (cards,) int64
        What to split, and what a step of variation adds to the first line. [minor units]
    least
        What every line has; above 0. [minor units]
    key
        Of the shares.
    template : (cards,) int64
        Of each card.
    templates
        Accounts of the posting.
    lines
        Output.
    """
    drawn = 0
    for card in range(len(begin)):
        count = table[card, number]
        if count == 0:
            continue
        used = template[card]
        length = templates.length[used]
        first = begin[card]
        whole = np.int64(0)
        if count > 1:
            # Until they are used the shares stand where the amounts will.
            for nth in range(count):
                share = share_of(key, drawn + nth, nth)
                lines.amount[first + nth] = share
                whole += share
        spare = totals[card] - least * count
        reached = np.int64(0)
        before = np.int64(0)
        for nth in range(count):
            upto = spare
            if nth + 1 < count:
                reached += lines.amount[first + nth]
                # Whole ones apart, since an amount times all shares may not fit.
                upto = spare // whole * reached + spare % whole * reached // whole
            lines.amount[first + nth] = upto - before + least
            lines.posting[first + nth] = number
            lines.scale[first + nth] = scales[card] if nth == 0 else 0
            lines.account[first + nth] = templates.account[used, nth % length]
            before = upto
        drawn += count
        begin[card] += count


@kernel
def bound_steps(
    offsets: NDArray[np.int64],
    amount: NDArray[np.int64],
    scale: NDArray[np.int32],
    varied: int,
    least: NDArray[np.int64],
) -> None:
    """Bound the steps of variation of cards, so that lines stay above zero; one turn is one row.

    Parameters
    ----------
    offsets, amount, scale
        See `Rows`; of all variants of the cards, one after the other.
    varied
        A line changes by at most one part in so many.
    least : (cards,) int64
        Lowered to what the card's lines bear.
    """
    for row in range(len(offsets) - 1):
        card = row % len(least)
        for line in range(offsets[row], offsets[row + 1]):
            if scale[line] != 0:
                least[card] = min(least[card], amount[line] // (np.int64(scale[line]) * varied))


@kernel
def number_slots(
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    account: NDArray[np.int16],
    first_row: int,
    cards: int,
    places: NDArray[np.int16],
    slot: NDArray[np.int16],
) -> None:
    """Number the accounts and sides of a step, ascending, and say which each line has; a turn is a row.

    Parameters
    ----------
    offsets, debits, account
        Lines of all rows.
    first_row, cards
        First row of the step, and how many it has.
    places : (2 * accounts,) int16
        Output: number of each side of an account, debits first, or -1.
    slot : (lines,) int16
        Output, for the lines of the step.
    """
    for side in range(len(places)):
        places[side] = -1
    for row in range(first_row, first_row + cards):
        for line in range(offsets[row], offsets[row + 1]):
            side = 1 if line >= offsets[row] + debits[row] else 0
            places[2 * account[line] + side] = 0
    known = 0
    for side in range(len(places)):
        if places[side] == 0:
            places[side] = known
            known += 1
    for row in range(first_row, first_row + cards):
        for line in range(offsets[row], offsets[row + 1]):
            side = 1 if line >= offsets[row] + debits[row] else 0
            slot[line] = places[2 * account[line] + side]


@kernel
def sum_debits(
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    amount: NDArray[np.int64],
    scale: NDArray[np.int32],
    totals: NDArray[np.int64],
    scales: NDArray[np.int64],
) -> None:
    """Sum the debit lines of each row; one turn is one row.

    Parameters
    ----------
    offsets, debits, amount, scale
        See `Rows`.
    totals, scales : (rows,) int64
        Outputs: sum of the amounts, and what a step of variation adds to it. [minor units]
    """
    for row in range(len(totals)):
        whole = np.int64(0)
        step = np.int64(0)
        for line in range(offsets[row], offsets[row] + debits[row]):
            whole += amount[line]
            step += scale[line]
        totals[row] = whole
        scales[row] = step
