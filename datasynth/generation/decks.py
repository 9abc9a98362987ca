"""Decks: transactions drawn once, dealt to chains for ever.

A card is a whole transaction in minor units: its amounts, and the lines of each
of its documents.  A chain takes a card by its number alone, and sums over any
run of chains come from prefix sums over the deck, which is what lets a close
know its totals without walking through the entries before it.

Cards lie class by class (`CLASSES` of them), because chains of one class that
are posted on one day are consecutive within their class.  Neighbours 2q and
2q + 1 have similar amounts and the same first accounts; dealing adds +δ to one
and -δ to the other, so that amounts do not repeat while sums of pairs stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws, make_key, uniform
from datasynth.generation.elementary import exp, log, normal_quantile
from datasynth.generation.line_shapes import draw_line_counts
from datasynth.ledger.currencies import minor_units_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.ledger.chart import Chart
    from datasynth.ledger.industries import Industry
    from datasynth.ledger.processes import ChainKind, Posting, Step

FEWEST_CARDS = 1 << 10
MOST_CARDS = 1 << 14

_ZIPF_EXPONENT = 1.2
_SMALLEST_LINE = 25
_FIRST_LINE_BONUS = 1_500
_LARGEST_SHIFT = 8

# Payroll splits, in permille of the salary: employer's contributions, tax and
# contributions withheld; typical of developed countries' payrolls.
_SOCIAL = 210
_WAGE_TAX = (140, 260)
_EMPLOYEE = 90


@dataclass(frozen=True, slots=True)
class StepRows:
    """The lines of one step's document, a row a card.

    Attributes
    ----------
    offsets : (cards + 1,) int64
        Lines of row ``i`` are ``offsets[i] … offsets[i + 1] - 1``, debits first.
    debits : (cards,) int32
        How many of them are debits.
    account : (lines,) int16
        Index in the chart.
    posting : (lines,) int16
        Which posting of the step, debits first.
    amount : (lines,) int64
        [minor units]
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Deck:
    """The cards of one kind of chain.

    Attributes
    ----------
    cards
        Number of cards; a power of two, a multiple of `CLASSES`.
    gross : (cards,) int64
        The transactions' amounts. [minor units]
    shift : (cards,) int64
        Largest δ of the card's pair. [minor units]
    steps
        Rows of each step.
    """

    cards: int
    gross: NDArray[np.int64]
    shift: NDArray[np.int64]
    steps: tuple[StepRows, ...]


def deck_size(chains: int) -> int:
    """Return the number of cards for that many chains: few chains need no big deck."""
    wanted = 1 << max(chains - 1, 1).bit_length()
    return min(max(wanted, FEWEST_CARDS), MOST_CARDS)


def build_deck(
    kind: ChainKind,
    industry: Industry,
    chart: Chart,
    seed: int,
    cards: int,
    decimals: int,
    max_lines: int,
) -> Deck:
    """Draw the cards of a kind of chain.

    Parameters
    ----------
    kind
        Whose transactions.
    industry
        Whose amounts.
    chart
        Whose accounts.
    seed
        Of the configuration.
    cards
        How many; see `deck_size`.
    decimals
        Of the currency's minor unit.
    max_lines
        Most lines of a document.
    """
    key = make_key(seed, "deck", kind.name, decimals)
    amounts = _amounts(kind, industry, key, cards, decimals)
    steps = tuple(
        _step_rows(step, amounts, chart, make_key(key, number), max_lines)
        for number, step in enumerate(kind.steps)
    )
    return Deck(cards, amounts["gross"], _shifts(kind, steps, cards), steps)


def _amounts(
    kind: ChainKind, industry: Industry, key: int, cards: int, decimals: int
) -> Mapping[str, NDArray[np.int64]]:
    pairs = np.arange(cards // 2, dtype=np.int64)
    shuffled = np.argsort(draws(key, pairs, 0), kind="stable")
    rank = np.repeat(shuffled, 2) * 2 + np.tile(np.array([0, 1]), cards // 2)
    profile = industry.profiles[kind.name]
    level = profile.mean + profile.deviation * normal_quantile((rank + 0.5) / cards)
    gross = np.floor(exp(level) * float(minor_units_of(decimals))).astype(np.int64) + 2
    numbers = np.arange(cards, dtype=np.int64)
    low, high = industry.cost
    cost = gross * (low + below(draws(key, numbers, 1), high - low + 1)) // 1_000 + 1
    social = gross * _SOCIAL // 1_000 + 1
    wage_tax = gross * (_WAGE_TAX[0] + below(draws(key, numbers, 2), _WAGE_TAX[1])) // 1_000 + 1
    contributions = social + gross * _EMPLOYEE // 1_000
    return {
        "gross": gross,
        "cost": cost,
        "salary": gross + 4,
        "social": social,
        "wage_tax": wage_tax,
        "contributions": contributions,
        "net_pay": gross + 4 + social - wage_tax - contributions,
        "remitted": wage_tax + contributions,
    }


def _step_rows(
    step: Step,
    amounts: Mapping[str, NDArray[np.int64]],
    chart: Chart,
    key: int,
    max_lines: int,
) -> StepRows:
    cards = len(amounts["gross"])
    numbers = np.arange(cards, dtype=np.int64)
    sides = (step.debit, step.credit)
    wanted = (
        draw_line_counts(make_key(key, "shape"), numbers, max_lines)
        if step.rich
        else (np.ones(cards, dtype=np.int64), np.ones(cards, dtype=np.int64))
    )
    counts = []
    postings = []
    for side, lines in zip(sides, wanted, strict=True):
        affordable = np.maximum(amounts[side[0].amount] // _SMALLEST_LINE, 1)
        first = np.minimum(np.maximum(lines - (len(side) - 1), 1), affordable)
        counts += [first] + [np.ones(cards, dtype=np.int64)] * (len(side) - 1)
        postings += list(side)
    debits = sum(counts[: len(step.debit)], np.zeros(cards, dtype=np.int64))
    return _lay_out(postings, counts, debits, amounts, chart, key)


def _lay_out(
    postings: list[Posting],
    counts: list[NDArray[np.int64]],
    debits: NDArray[np.int64],
    amounts: Mapping[str, NDArray[np.int64]],
    chart: Chart,
    key: int,
) -> StepRows:
    """Write every posting's lines to their places, row by row."""
    table = np.stack(counts)
    offsets = np.concatenate([[0], np.add.accumulate(np.add.accumulate(table, axis=0)[-1])])
    account = np.empty(offsets[-1], dtype=np.int16)
    posting = np.empty(offsets[-1], dtype=np.int16)
    amount = np.empty(offsets[-1], dtype=np.int64)
    begin = offsets[:-1].copy()
    for number, (what, lines) in enumerate(zip(postings, counts, strict=True)):
        row = np.repeat(np.arange(len(lines)), lines)
        ends = np.add.accumulate(lines)
        nth = np.arange(len(row)) - np.repeat(ends - lines, lines)
        place = begin[row] + nth
        posting[place] = number
        amount[place] = _split(amounts[what.amount], lines, row, nth, make_key(key, number, 1))
        account[place] = _choose(chart.pools[what.pool], row, nth, make_key(key, number, 2))
        begin += lines
    return StepRows(offsets.astype(np.int64), debits.astype(np.int32), account, posting, amount)


def _split(
    totals: NDArray[np.int64],
    lines: NDArray[np.int64],
    row: NDArray[np.int64],
    nth: NDArray[np.int64],
    key: int,
) -> NDArray[np.int64]:
    """Split totals into lines: differences of rounded cumulative shares, each above zero."""
    share = 1 + below(draws(key, np.arange(len(row)), 0), 1_000)
    share += np.where(nth == 0, _FIRST_LINE_BONUS, 0)
    reached = np.add.accumulate(share)
    ends = np.add.accumulate(lines) - 1
    before = np.concatenate([[0], reached[ends]])[row]
    whole = (reached[ends] - np.concatenate([[0], reached[ends][:-1]]))[row]
    spare = (totals - lines)[row]
    upto = spare * (reached - before) // whole
    previous = np.where(nth == 0, 0, np.concatenate([[0], upto[:-1]]))
    split: NDArray[np.int64] = upto - previous + 1
    return split


def zipf_choice(size: int, bits: NDArray[np.uint64], exponent: float) -> NDArray[np.int64]:
    """Choose among `size` things, the k-th with a weight of ``k ** -exponent``.

    Parameters
    ----------
    size
        How many things.
    bits : (n,) uint64
        Draws.
    exponent
        Concentration (Zipf 1949).

    Returns
    -------
    (n,) int64
        0 … size - 1.
    """
    ranks = np.arange(1, size + 1, dtype=np.float64)
    reached = np.add.accumulate(exp(-exponent * log(ranks)))
    return np.searchsorted(reached / reached[-1], uniform(bits)).astype(np.int64)


def _choose(
    pool: tuple[int, ...], row: NDArray[np.int64], nth: NDArray[np.int64], key: int
) -> NDArray[np.int16]:
    members = np.array(pool, dtype=np.int16)
    if len(pool) == 1:
        return np.full(len(row), members[0], dtype=np.int16)
    # Both cards of a pair share their first account, so that ±δ cancels on it.
    bits = np.where(nth == 0, draws(key, row // 2, 0), draws(key, np.arange(len(row), dtype=np.int64), 1))
    return members[zipf_choice(len(pool), bits, _ZIPF_EXPONENT)]


def _shifts(kind: ChainKind, steps: tuple[StepRows, ...], cards: int) -> NDArray[np.int64]:
    least = np.full(cards, np.iinfo(np.int64).max)
    for step, rows in zip(kind.steps, steps, strict=True):
        if step.varies:
            least = np.minimum(least, rows.amount[rows.offsets[:-1]])
            least = np.minimum(least, rows.amount[rows.offsets[:-1] + rows.debits])
    pair = np.minimum(least[0::2], least[1::2]) // _LARGEST_SHIFT
    return np.repeat(pair, 2)
