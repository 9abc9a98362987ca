"""Document profiles: what all documents of a kind have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.valued import BOOKED, DIFFERENCE, PAID
from datasynth.generation.profiles.document_profiles import (
    TAX_CODES,
    DocumentProfiles,
    make_document_profiles,
)
from datasynth.generation.profiles.entry_sources import fixed_source
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, ON_DEMAND_TYPES, TRUE_UPS
from datasynth.ledger.processes import (
    CASE_KINDS,
    PROCESSES,
    SINGLE_KINDS,
    SOURCES,
    WRONG_REVERSED,
    DayPart,
    Valuation,
    numbered_by_partner,
    prefix_of,
)
from datasynth.ledger.references import VENDOR_STYLES, own_kind
from datasynth.ledger.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.profiles.entry_sources import StepKey
    from datasynth.ledger.processes import CaseKind, Step
    from datasynth.ledger.references import ReferenceKind

STEPS: dict[StepKey, tuple[CaseKind, Step]] = {
    (kind, number, place): (case, step)
    for kind, cases in ((SeriesKind.CASE, CASE_KINDS), (SeriesKind.SINGLE, SINGLE_KINDS))
    for number, case in enumerate(cases)
    for place, step in enumerate(case.steps)
}


@pytest.fixture(scope="module")
def profiles() -> DocumentProfiles:
    """Document profiles of two companies that are called alike."""
    return make_document_profiles(
        ["Twin, Inc.", "Twin, Inc."], dict.fromkeys(STEPS, fixed_source("automated"))
    )


def type_and_text(profiles: DocumentProfiles, profile: int) -> tuple[str, str]:
    """Return document type and header text of a profile, of the first company if it names one."""
    profile_table, words = profiles.tables.profiles, profiles.words
    return (
        words["document_types"][profile_table.document_type[profile]],
        words["header_texts"][profile_table.text[profile]],
    )


def kind_of(item: str) -> ReferenceKind:
    """Return how a reference is printed: the first of the styles of vendors stands for all of them."""
    return VENDOR_STYLES[0] if numbered_by_partner(item) else own_kind(prefix_of(item))


def looks(profiles: DocumentProfiles) -> Iterator[tuple[CaseKind, Step, int]]:
    """Yield all kinds of cases, their steps and the document profiles of those."""
    for key, (case, step) in STEPS.items():
        yield case, step, profiles.of_step[key]


def test_steps_have_the_profile_of_their_table(profiles: DocumentProfiles) -> None:
    """A profile says what the table of processes says of its step."""
    profile_table, kinds = profiles.tables.profiles, profiles.reference_kinds
    for case, step, profile in looks(profiles):
        assert step.document_type == type_and_text(profiles, profile)[0]
        assert f"{step.text}{', Twin, Inc.' * step.named}" == type_and_text(profiles, profile)[1]
        assert case.process == PROCESSES[profile_table.process[profile]]
        assert (step.hand, step.program) == tuple(
            list(ROLES)[role] for role in (profile_table.hand[profile], profile_table.program[profile])
        )
        assert kind_of(step.reference) == kinds[profile_table.reference[profile]]
        assert step.reference == step.items[0]
        assert (step.day_part, step.age, 0) == (
            profile_table.day_part[profile],
            profile_table.age[profile],
            profile_table.period[profile],
        )
        assert (step.entry_mode in {"run", "standing"}) == bool(profile_table.batch[profile])


def test_postings_have_the_words_of_their_table(profiles: DocumentProfiles) -> None:
    """Line text, item and tax code follow from each posting; tax codes from the accounts of taxes."""
    profile_table, words = profiles.tables.profiles, profiles.words
    for _, step, profile in looks(profiles):
        for place, posting in enumerate((*step.debit, *step.credit)):
            at = int(profile_table.first_posting[profile]) + place
            assert posting.text == words["line_texts"][profiles.tables.postings.text[at]]
            assert (ABSENT == profiles.tables.postings.item_kind[at]) == (not posting.item)
            if posting.item:
                kind = profiles.reference_kinds[profiles.tables.postings.item_kind[at]]
                assert kind_of(posting.item) == kind
                assert posting.item == step.items[profiles.tables.postings.item_index[at]]
            tax = {"output_tax": "A1", "input_tax": "V1"}.get(posting.pool)
            assert (ABSENT if tax is None else TAX_CODES.index(tax)) == profiles.tables.postings.tax[at]
            assert 0 == profiles.tables.postings.spread[at]


def test_styles_of_vendors_come_before_a_company_s_own_kinds(profiles: DocumentProfiles) -> None:
    """No kind occurs twice, so that a printed reference has one kind."""
    count = len(VENDOR_STYLES)
    own = profiles.reference_kinds[count:]

    assert VENDOR_STYLES == profiles.reference_kinds[:count]
    assert len(profiles.reference_kinds) == len(set(profiles.reference_kinds))
    assert set(own) == {
        own_kind(prefix_of(item))
        for case, _, _ in looks(profiles)
        for item in case.items
        if not numbered_by_partner(item)
    }


def test_settlements_say_which_line_is_what(profiles: DocumentProfiles) -> None:
    """Of a document that settles a foreign one: what was booked, what is paid, and the difference."""
    found = set()
    for _, step, profile in looks(profiles):
        for place, posting in enumerate((*step.debit, *step.credit)):
            value = int(
                profiles.tables.postings.value[int(profiles.tables.profiles.first_posting[profile]) + place]
            )
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


def test_closing_items_have_their_profiles(profiles: DocumentProfiles) -> None:
    """By the calendar and called for, an item and its reversal have types of their own."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        called = "XR" if item is CARRY_FORWARD else "XC"
        for key, document_type, text in (
            ((item.name, False, False), item.document_type, item.text),
            ((item.name, True, False), "SU", f"Reversal: {item.text}"),
            ((item.name, False, True), called, item.text),
            ((item.name, True, True), "XR", f"Reversal: {item.text}"),
        ):
            found = type_and_text(profiles, profiles.of_item[key])
            assert document_type == found[0]
            assert found[1].startswith(text)
    for item in TRUE_UPS:
        assert item.document_type == type_and_text(profiles, profiles.of_item[item.name, False, True])[0]
        assert item.document_type in ON_DEMAND_TYPES


@pytest.mark.parametrize("called", [False, True])
def test_closing_entries_have_their_item_s_source(profiles: DocumentProfiles, called: bool) -> None:
    """Whatever the day, an item has one source, and what takes it back is a reversal."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        for back, source in ((False, item.source), (True, "reversal")):
            chances = profiles.tables.sources[profiles.of_item[item.name, back, called]]
            assert np.array_equal(fixed_source(source), chances)


def test_closing_entries_of_the_last_day_are_in_period_13(profiles: DocumentProfiles) -> None:
    """Period 13 has what waits for the last day; what the next day brings has its own period."""
    for item in (*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS):
        next_day = item.document_type in {"CF", "XF"}
        for called in {item in TRUE_UPS, True}:
            profile = profiles.of_item[item.name, False, called]

            assert (13 if item.last_day and not next_day else 0) == profiles.tables.profiles.period[profile]
            assert (DayPart.NIGHT if next_day else item.day_part) == profiles.tables.profiles.day_part[
                profile
            ]


def test_allocations_are_spread_over_cost_centres(profiles: DocumentProfiles) -> None:
    """Every line of an allocation has a cost centre of its own, lines of other closes share one."""
    profile_table = profiles.tables.profiles
    spread = {
        item.name: int(profile_table.first_posting[profiles.of_item[item.name, False, False]])
        for item in CLOSING_ITEMS
    }

    assert ["allocation"] == [name for name, at in spread.items() if profiles.tables.postings.spread[at]]


def test_series_find_their_profile(plan: JournalPlan) -> None:
    """A series of a step has the profile of the step, and one for reversals of its wrong documents.

    A series of closes leaves both to each row, one of wrong documents to the series of the right ones.
    """
    for series in plan.schedule.document_series:
        profile, back = plan.profiles.of_series(series), plan.profiles.of_reversals(series)
        if not series.in_cases:
            assert (ABSENT, ABSENT) == (profile, back)
            continue
        document_type, text = type_and_text(plan.profiles, profile)

        assert series.document_type == document_type
        assert (WRONG_REVERSED, f"Reversal: {text}") == type_and_text(plan.profiles, back)


def test_names_stand_in_texts_even_if_they_are_equal(profiles: DocumentProfiles) -> None:
    """Where texts name the company each has one of its own, whatever the companies are called."""
    named = np.flatnonzero(profiles.tables.profiles.named)

    assert {"AB", "HR", "CL", "CF"} == {type_and_text(profiles, int(profile))[0] for profile in named}
    for profile in named:
        first = int(profiles.tables.profiles.text[profile])
        both = profiles.words["header_texts"][first : first + 2]
        assert both[0] == both[1]
        assert both[0].endswith(", Twin, Inc.")


def test_words_are_told_once(plan: JournalPlan) -> None:
    """No word occurs twice, and none is a mark of how it was found."""
    for told in plan.profiles.words.values():
        assert len(told) == len(set(told))
        assert not any("\0" in word or not word for word in told)
    assert set(SOURCES) == set(plan.vocabulary.sources)
    assert len(plan.vocabulary.document_types) >= 40
