"""Styles: what all documents of a kind have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.valued import BOOKED, DIFFERENCE, PAID
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.styles.origins import fixed_source
from datasynth.generation.styles.style_book import TAX_CODES, StyleBook, make_style_book
from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, ON_DEMAND_TYPES, SQUARES
from datasynth.ledger.processes import (
    CHAIN_KINDS,
    PROCESSES,
    SINGLE_KINDS,
    SOURCES,
    Band,
    Valuation,
    prefix_of,
)
from datasynth.ledger.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.generation.ground import Ground
    from datasynth.generation.styles.origins import StepKey
    from datasynth.ledger.processes import ChainKind, Step

STEPS: dict[StepKey, tuple[ChainKind, Step]] = {
    (kind, number, place): (chain, step)
    for kind, chains in ((LeafKind.CHAIN, CHAIN_KINDS), (LeafKind.SINGLE, SINGLE_KINDS))
    for number, chain in enumerate(chains)
    for place, step in enumerate(chain.steps)
}


@pytest.fixture(scope="module")
def book() -> StyleBook:
    """Styles of two companies that are called alike."""
    return make_style_book(["Twin, Inc.", "Twin, Inc."], dict.fromkeys(STEPS, fixed_source("automated")))


def type_and_text(book: StyleBook, style: int) -> tuple[str, str]:
    """Return document type and header text of a style, of the first company if it names one."""
    styles, words = book.styles, book.words
    return (
        words["document_types"][styles.document_type[style]],
        words["header_texts"][styles.text[style]],
    )


def looks(book: StyleBook) -> Iterator[tuple[ChainKind, Step, int]]:
    """Yield all kinds of chains, their steps and the styles of those."""
    for key, (chain, step) in STEPS.items():
        yield chain, step, book.of_step[key]


def test_steps_have_the_style_of_their_table(book: StyleBook) -> None:
    """A style says what the table of processes says of its step."""
    styles, words = book.styles, book.words
    for chain, step, style in looks(book):
        assert step.document_type == type_and_text(book, style)[0]
        assert f"{step.text}{', Twin, Inc.' * step.named}" == type_and_text(book, style)[1]
        assert step.process == PROCESSES[styles.process[style]]
        assert (step.hand, step.program) == tuple(
            list(ROLES)[role] for role in (styles.hand[style], styles.program[style])
        )
        assert prefix_of(step.reference) == words["reference_kinds"][styles.reference[style]]
        assert step.reference == chain.items[styles.slot[style]]
        assert (step.band, step.age, 0) == (styles.band[style], styles.age[style], styles.period[style])
        assert (step.manner in {"run", "standing"}) == bool(styles.batch[style])


def test_postings_have_the_words_of_their_table(book: StyleBook) -> None:
    """Line text, item and tax code follow from each posting; tax codes from the accounts of taxes."""
    styles, words = book.styles, book.words
    for chain, step, style in looks(book):
        for place, posting in enumerate((*step.debit, *step.credit)):
            at = int(styles.posting[style]) + place
            assert posting.text == words["line_texts"][styles.posting_text[at]]
            assert (ABSENT == styles.posting_item[at]) == (not posting.item)
            if posting.item:
                assert prefix_of(posting.item) == words["reference_kinds"][styles.posting_item[at]]
                assert posting.item == chain.items[styles.posting_slot[at]]
            tax = {"output_tax": "A1", "input_tax": "V1"}.get(posting.pool)
            assert (ABSENT if tax is None else TAX_CODES.index(tax)) == styles.posting_tax[at]
            assert 0 == styles.posting_spread[at]


def test_settlements_say_which_line_is_what(book: StyleBook) -> None:
    """Of a document that settles a foreign one: what was booked, what is paid, and the difference."""
    found = set()
    for _, step, style in looks(book):
        for place, posting in enumerate((*step.debit, *step.credit)):
            value = int(book.styles.posting_value[int(book.styles.posting[style]) + place])
            if step.currency is Valuation.SETTLES:
                found.add((posting.pool, value))
            else:
                assert 0 == value

    assert {
        ("bank", PAID),
        ("receivables", BOOKED),
        ("payables", BOOKED),
        ("intercompany_payable", BOOKED),
        ("exchange_gain", DIFFERENCE),
        ("exchange_loss", DIFFERENCE),
    } == found


def test_closing_items_have_their_styles(book: StyleBook) -> None:
    """By the calendar and called for, an item and its reversal have types of their own."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        called = "XR" if item is CARRY_FORWARD else "XC"
        for key, document_type, text in (
            ((item.name, False, False), item.document_type, item.text),
            ((item.name, True, False), "SU", f"Reversal: {item.text}"),
            ((item.name, False, True), called, item.text),
            ((item.name, True, True), "XR", f"Reversal: {item.text}"),
        ):
            found = type_and_text(book, book.of_item[key])
            assert document_type == found[0]
            assert found[1].startswith(text)
    for item in SQUARES:
        assert item.document_type == type_and_text(book, book.of_item[item.name, False, True])[0]
        assert item.document_type in ON_DEMAND_TYPES


@pytest.mark.parametrize("called", [False, True])
def test_closing_entries_have_their_item_s_source(book: StyleBook, called: bool) -> None:
    """Whatever the day, an item has one source, and what takes it back is a reversal."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        for back, source in ((False, item.source), (True, "reversal")):
            chances = book.styles.sources[book.of_item[item.name, back, called]]
            assert np.array_equal(fixed_source(source), chances)


def test_closing_entries_of_the_last_day_are_in_period_13(book: StyleBook) -> None:
    """Period 13 has what waits for the last day; what the next day brings has its own period."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD, *SQUARES):
        next_day = item.document_type in {"CF", "XF"}
        for called in {item in SQUARES, True}:
            style = book.of_item[item.name, False, called]

            assert (13 if item.last_day and not next_day else 0) == book.styles.period[style]
            assert (Band.NIGHT if next_day else item.band) == book.styles.band[style]


def test_allocations_are_spread_over_cost_centres(book: StyleBook) -> None:
    """Every line of an allocation has a cost centre of its own, lines of other closes share one."""
    styles = book.styles
    spread = {item.name: int(styles.posting[book.of_item[item.name, False, False]]) for item in CLOSING_ITEMS}

    assert ["allocation"] == [name for name, at in spread.items() if styles.posting_spread[at]]


def test_leaves_find_their_style(ground: Ground) -> None:
    """A leaf of a step has the style of the step; a leaf of closes leaves it to each row."""
    for leaf in ground.schedule.leaves:
        style = ground.book.of_leaf(leaf)
        if leaf.kind is LeafKind.CLOSE:
            assert ABSENT == style
        else:
            assert leaf.document_type == type_and_text(ground.book, style)[0]


def test_names_stand_in_texts_even_if_they_are_equal(book: StyleBook) -> None:
    """Where texts name the company each has one of its own, whatever the companies are called."""
    named = np.flatnonzero(book.styles.named)

    assert {"HR", "CL", "CF"} == {type_and_text(book, int(style))[0] for style in named}
    for style in named:
        first = int(book.styles.text[style])
        both = book.words["header_texts"][first : first + 2]
        assert both[0] == both[1]
        assert both[0].endswith(", Twin, Inc.")


def test_words_are_told_once(ground: Ground) -> None:
    """No word occurs twice, and none is a mark of how it was found."""
    for told in ground.book.words.values():
        assert len(told) == len(set(told))
        assert not any("\0" in word or not word for word in told)
    assert set(SOURCES) == set(ground.vocabulary.sources)
    assert len(ground.vocabulary.document_types) >= 40
