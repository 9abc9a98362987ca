"""Styles and the words behind codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.generation.block import ABSENT
from datasynth.generation.closes.items import CARRY_FORWARD, CLOSING_ITEMS, ON_DEMAND_TYPES, SQUARES
from datasynth.generation.kernels.lines import PLAIN, TO_EACH_CENTER, WITH_PARTNER
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.styles import PARTNERS, StyleBook, make_style_book
from datasynth.ledger.chart import standard_chart
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Band
from datasynth.ledger.roles import ROLES, users_of
from tests.generation.configs import COMPANIES, make_config

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground


def type_and_text(book: StyleBook, style: int) -> tuple[str, str]:
    """Return document type and header text of a style, of the first company if it names one."""
    words = book.vocabulary
    return (
        words.document_types[book.styles.document_type[style]],
        words.header_texts[book.styles.text[style]],
    )


def test_steps_have_the_style_of_their_table(ground: Ground) -> None:
    """A style says what the table of processes says of its step."""
    book, words = ground.book, ground.book.vocabulary
    styles = book.styles
    for (kind, number, place), style in book.of_step.items():
        chain = (CHAIN_KINDS if kind is LeafKind.CHAIN else SINGLE_KINDS)[number]
        step = chain.steps[place]
        postings = (*step.debit, *step.credit)
        first = int(styles.posting[style])
        texts = styles.posting_text[first : first + len(postings)]
        kinds = styles.posting_kind[first : first + len(postings)]

        assert step.document_type == type_and_text(book, style)[0]
        assert type_and_text(book, style)[1].startswith(step.text)
        assert step.source == words.sources[styles.source[style]]
        assert step.process == words.processes[styles.process[style]]
        assert step.role == list(ROLES)[styles.role[style]]
        assert step.reference == words.reference_kinds[styles.reference[style]]
        assert step.band == styles.band[style]
        assert [posting.text for posting in postings] == [words.line_texts[code] for code in texts]
        assert [WITH_PARTNER if posting.partner else PLAIN for posting in postings] == kinds.tolist()
        assert (step.source == "manual") == bool(styles.by_hand[style])


def test_closing_items_have_their_styles(ground: Ground) -> None:
    """By the calendar and called for, an item and its reversal have types of their own."""
    book = ground.book
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


def test_closing_entries_of_the_last_day_are_in_period_13(ground: Ground) -> None:
    """Period 13 has what waits for the last day; what the next day brings has its own period."""
    book = ground.book
    for item in (*CLOSING_ITEMS, CARRY_FORWARD, *SQUARES):
        style = book.of_item[item.name, False, item in SQUARES]
        next_day = item.document_type in {"CF", "XF"}

        assert (13 if item.last_day and not next_day else 0) == book.styles.period[style]
        assert (Band.NIGHT if next_day else item.band) == book.styles.band[style]
    allocation = int(book.styles.posting[book.of_item["allocation", False, False]])
    assert TO_EACH_CENTER == book.styles.posting_kind[allocation]


def test_leaves_find_their_style(ground: Ground) -> None:
    """A leaf of a step has the style of the step; a leaf of closes leaves it to each row."""
    for leaf in ground.schedule.leaves:
        style = ground.book.of_leaf(leaf)
        if leaf.kind is LeafKind.CLOSE:
            assert ABSENT == style
        else:
            assert leaf.document_type == type_and_text(ground.book, style)[0]


def test_names_stand_in_texts_even_if_they_are_equal() -> None:
    """Where texts name the company each has one of its own, whatever the companies are called."""
    companies = [{**COMPANIES[0], "code": code, "name": "Twin, Inc."} for code in ("A", "B")]
    book = make_style_book(config_from_mapping({"companies": companies}), standard_chart())
    named = np.flatnonzero(book.styles.named)

    assert {"PY", "CL", "CF"} == {type_and_text(book, int(style))[0] for style in named}
    for style in named:
        first = int(book.styles.text[style])
        both = book.vocabulary.header_texts[first : first + 2]
        assert both[0] == both[1]
        assert both[0].endswith(", Twin, Inc.")


def test_the_vocabulary_has_everybody() -> None:
    """Companies, currencies, users and partners are listed company by company."""
    words = make_style_book(make_config(companies=4), standard_chart()).vocabulary

    assert ("1000", "2000", "2100", "3000") == words.companies
    assert (("USD", "EUR", "JPY"), (2, 2, 0)) == (words.currencies, words.currency_decimals)
    assert (0, 1, 1, 2) == words.company_currencies
    assert tuple(user for code in words.companies for user in users_of(code)) == words.users
    assert len(words.partners) == len(set(words.partners)) == 4 * sum(PARTNERS.values())
    for kind, count in PARTNERS.items():
        assert 4 * count == words.partner_types.count(kind)
    assert (96, 12) == (len(words.cost_centers), len(words.profit_centers))


def test_words_are_told_once() -> None:
    """No word but a named text occurs twice, and none is a mark of how it was found."""
    words = make_style_book(make_config(companies=5), standard_chart()).vocabulary
    for told in (words.document_types, words.line_texts, words.reference_kinds, words.header_texts):
        assert len(told) == len(set(told))
        assert not any("\0" in word or not word for word in told)
    assert len(words.document_types) >= 20
