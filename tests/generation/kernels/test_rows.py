"""Rows of located entries, against dealing by hand and valuing in fractions."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation
from tests.naive.dealing import card_and_shift

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located
    from tests.naive.headers import Headers


def test_rows_are_those_dealt_by_hand(ground: Ground, located: Located, headers: Headers) -> None:
    """Chains and single documents take a card of their step, closes a row of their own."""
    for entry in range(len(located.row)):
        at, number = int(located.leaf[entry]), int(located.number[entry])
        if ground.schedule.leaves[at].kind is LeafKind.CLOSE:
            expected = (ground.first_close + int(ground.closes.leaf_first[at]) + number, 0)
        elif headers.valuer.valuation(at) is Valuation.SETTLES:
            continue
        else:
            card, shift = card_and_shift(ground, at, number)
            expected = (int(ground.sheet.leaf_row[at]) + card, shift)

        assert expected == (located.row[entry], located.shift[entry])


def test_settlements_take_the_row_that_their_difference_asks_for(
    ground: Ground, located: Located, headers: Headers
) -> None:
    """A receipt of more than was booked gains, a payment of more than was booked loses."""
    seen = {"even": 0, "loss": 0, "gain": 0}
    for entry in range(len(located.row)):
        at, number = int(located.leaf[entry]), int(located.number[entry])
        if headers.valuer.valuation(at) is not Valuation.SETTLES:
            continue
        booked, paid = headers.valuer.settled(at, number, int(located.day[entry]))
        receives = ground.schedule.leaves[at].chain_kind.partner == "customer"
        gained = paid - booked if receives else booked - paid
        kind = "gain" if gained > 0 else "loss" if gained < 0 else "even"
        variant = ["even", "loss", "gain"].index(kind)
        card, _ = card_and_shift(ground, at, number)
        cards = CLASSES << int(ground.sheet.leaf_bits[at])

        assert (booked, paid) == (located.booked[entry], located.paid[entry])
        assert int(ground.sheet.leaf_row[at]) + variant * cards + card == located.row[entry]
        seen[kind] += 1
    assert min(seen["loss"], seen["gain"]) > 50


def test_lines_follow_one_another(ground: Ground, located: Located) -> None:
    """An entry's lines begin where those of the entry before it end."""
    lines = np.diff(ground.rows.offsets)[located.row]

    assert [0, *accumulate(lines.tolist())] == located.first_line.tolist()
