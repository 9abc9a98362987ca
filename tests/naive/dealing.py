"""Cards and shifts of chains, dealt by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.draws import draw

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

CLASSES = 64


def dealt(key: int, chain: int, class_cards: int) -> int:
    """Deal a card by hand: a class's own cards, turned by a drawn even number in each cycle."""
    nth, number = divmod(chain, CLASSES)
    cycle, place = divmod(nth, class_cards)
    bits = draw(key, cycle * CLASSES + number, 0)
    turn = 2 * ((bits >> 32) * (class_cards // 2) >> 32)
    return number * class_cards + (place + turn) % class_cards


def shifted(key: int, chain: int, largest: int) -> int:
    """Shift by hand: the two of a pair by as many steps up and down."""
    nth, number = divmod(chain, CLASSES)
    bits = draw(key, nth // 2 * CLASSES + number, 1)
    amount = ((bits >> 32) * (2 * largest + 1) >> 32) - largest
    return -amount if nth % 2 else amount


def card_and_shift(ground: Ground, at: int, number: int) -> tuple[int, int]:
    """Return the card of a leaf's chain or single document, and its steps of variation."""
    sheet = ground.sheet
    key = int(sheet.leaf_key[at])
    card = dealt(key, number, 1 << int(sheet.leaf_bits[at]))
    return card, shifted(key, number, int(sheet.shifts[int(sheet.leaf_shift[at]) + card]))


def posted(ground: Ground, at: int, number: int) -> list[tuple[int, int]]:
    """Return the postings and amounts of the lines of a leaf's document, as its card and shift have it.

    A document that settles one in foreign currency has amounts of that one's currency.
    """
    card, shift = card_and_shift(ground, at, number)
    rows = ground.sheet.rows
    row = int(ground.sheet.leaf_row[at]) + card
    return [
        (int(rows.posting[line]), int(rows.amount[line]) + shift * int(rows.scale[line]))
        for line in range(int(rows.offsets[row]), int(rows.offsets[row + 1]))
    ]
