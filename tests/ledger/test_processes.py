"""Business processes as tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.lags import scaled_lag
from datasynth.ledger.chart import chart_of
from datasynth.ledger.processes import (
    CASE_KINDS,
    ENTRY_MODES,
    FOREIGN_CURRENCIES,
    NUMBER_RANGES,
    NUMBERED_BY,
    PARTNER_TYPES,
    PROCESSES,
    SINGLE_KINDS,
    SOURCES,
    CaseKind,
    DayPart,
    ExtraLines,
    Valuation,
    number_range,
    numbered_by_partner,
    prefix_of,
)
from datasynth.ledger.roles import ROLES, is_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.ledger.processes import Posting, Step

KINDS = (*CASE_KINDS, *SINGLE_KINDS)
LOOKS = ("entry_mode", "hand", "program", "day_part", "extra_lines", "age", "named", "numbered_by")
"""Fields of a step that its documents show."""
FLOWS = config_from_mapping({}).document_flows
CHART = chart_of("small")
CONTROLS = {
    pool: {CHART.accounts[index].control for index in members} - {""} for pool, members in CHART.pools.items()
}
"""Whose items the accounts of a pool sum up."""


def names(kind: CaseKind) -> str:
    """Return what a kind is called in the report of tests."""
    return kind.name


def postings(step: Step) -> tuple[Posting, ...]:
    """Return all postings of a step."""
    return (*step.debit, *step.credit)


def steps() -> Iterator[tuple[CaseKind, Step]]:
    """Yield all steps with their kinds."""
    for kind in KINDS:
        for step in kind.steps:
            yield kind, step


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_kinds_speak_the_words_of_the_ledger(kind: CaseKind) -> None:
    """Processes, partners, entry modes, roles, parts of the day and pools are known."""
    assert kind.process in PROCESSES
    assert kind.partner in {"", *PARTNER_TYPES}
    assert kind.taxed in {"", "output", "input"}
    for step in kind.steps:
        assert step.entry_mode in ENTRY_MODES
        assert step.hand in ROLES
        assert not is_program(step.hand)
        assert is_program(step.program)
        assert step.day_part in {DayPart.NIGHT, DayPart.DAY}
        assert step.debit
        assert step.credit
        assert step.text
        assert step.pays in {"", "o2c", "p2p"}
        for posting in postings(step):
            assert posting.text
            assert posting.amount
            assert posting.pool in CHART.pools


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_lines_of_control_accounts_carry_items(kind: CaseKind) -> None:
    """Receivables, payables and goods received carry an item of the kind's partner, no other account does."""
    for step in kind.steps:
        for posting in postings(step):
            control = CONTROLS[posting.pool]
            assert bool(posting.item) == bool(control)
            if control & set(PARTNER_TYPES):
                assert {kind.partner} == control
            if "company" in control:
                assert kind.intercompany


@pytest.mark.parametrize("kind", CASE_KINDS, ids=names)
def test_items_are_opened_before_they_are_cleared(kind: CaseKind) -> None:
    """The first step that names an item opens it, on the side on which the account usually stands."""
    opened: dict[tuple[str, str], int] = {}
    for step in kind.steps:
        for side, found in enumerate((step.debit, step.credit)):
            for posting in found:
                # Seller and buyer keep what one owes the other on accounts of their own.
                item = (posting.item, posting.pool)
                if posting.item and item not in opened:
                    account = CHART.accounts[CHART.only(posting.pool)]
                    assert account.normal_side == ("debit", "credit")[side]
                    opened[item] = side
                elif posting.item:
                    assert opened[item] != side
    assert {name for name, _ in opened} <= set(kind.items)


@pytest.mark.parametrize("kind", CASE_KINDS, ids=names)
def test_later_steps_are_days_after_earlier_ones(kind: CaseKind) -> None:
    """A case starts with its first step; even the slowest is done before the fastest next one."""
    first, *later = kind.steps

    assert (0, 0, 0) == first.lag
    assert bool(later) == (kind.corrects < 0)
    for days in (5, 33, 60):
        flows = replace(
            FLOWS, o2c=replace(FLOWS.o2c, payment_days=days), p2p=replace(FLOWS.p2p, payment_days=days)
        )
        reached = 0
        for step in later:
            fewest, likeliest, most = scaled_lag(step, flows)
            assert reached < fewest <= likeliest <= most < LEAD_DAYS
            reached = most


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_documents_refer_to_what_they_are_about(kind: CaseKind) -> None:
    """Every document names an item or a paper of its case; one that clears one item of trade names that."""
    for step in kind.steps:
        items = {posting.item for posting in postings(step) if posting.item}
        assert step.reference in kind.items
        if len(items) == 1 and step.document_type in {"DZ", "KZ", "ZA", "ZR", "ZC"}:
            assert {step.reference} == items


def test_items_are_listed_in_the_order_of_their_use() -> None:
    """Numbers of items hold their places in this list, so each kind has each of them once."""
    for kind in KINDS:
        assert len(kind.items) == len(set(kind.items))
    by_name = {kind.name: kind.items for kind in KINDS}

    assert ("DN", "INV") == by_name["order"]
    assert ("DN", "INV1", "INV2", "INV3", "RA") == by_name["order_bundled"]
    assert ("GRN", "PO", "VIN") == by_name["purchase"]


def issued(kind: CaseKind) -> list[str]:
    """Return the item or paper that each document of a case refers to as the first, or an empty text."""
    return [
        step.reference if kind.issuer(step.reference) == number else ""
        for number, step in enumerate(kind.steps)
    ]


def test_items_are_issued_by_the_first_document_that_names_them() -> None:
    """In its header or on one of its lines; an order is first named by the receipt, on a line."""
    by_name = {kind.name: kind for kind in KINDS}

    assert [0, 1] == [by_name["order"].issuer(item) for item in ("DN", "INV")]
    assert [0, 0, 1] == [by_name["purchase"].issuer(item) for item in ("PO", "GRN", "VIN")]
    assert ["DN", "INV", "CN", ""] == issued(by_name["order_returned"])
    assert ["KIN1", "KIN2", "KIN3", "RUN"] == issued(by_name["invoice_run"])
    for missing in ("VIN", ""):
        with pytest.raises(ValueError, match=f"'order' names '{missing}'"):
            by_name["order"].issuer(missing)


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_documents_refer_to_what_they_issue_or_to_what_is_there(kind: CaseKind) -> None:
    """No two documents issue the same, and whatever is named has an issuer."""
    papers = [item for item in issued(kind) if item]

    assert len(papers) == len(set(papers))
    assert set(papers) <= set(kind.items) == {item for step in kind.steps for item in step.items}
    assert all(kind.issuer(step.reference) <= number for number, step in enumerate(kind.steps))


def test_vendors_number_their_invoices_and_credit_memos() -> None:
    """What a vendor sends has the vendor's number; what a company makes out has its own."""
    theirs = {prefix_of(item) for kind in KINDS for item in kind.items if numbered_by_partner(item)}
    own = {prefix_of(item) for kind in KINDS for item in kind.items if not numbered_by_partner(item)}

    assert {"VIN", "KIN", "VCM", "IMI", "AIN", "LVA"} == theirs
    assert not theirs & own
    for kind in KINDS:
        for number, step in enumerate(kind.steps):
            assert step.numbered_by in NUMBERED_BY
            if step.numbered_by == "partner":
                assert ("vendor", step.reference) == (kind.partner, issued(kind)[number])


def test_documents_tell_nothing_of_what_will_become_of_them() -> None:
    """Whether a document is reversed, paid in parts or with others shows later, not in itself."""
    looks: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    texts: dict[str, set[str]] = {}
    for kind in KINDS:
        for number, step in enumerate(kind.steps):
            if not issued(kind)[number] or kind.abroad >= 0:
                continue
            look = [getattr(step, name) for name in LOOKS]
            lines = {posting.text for posting in (*step.debit, *step.credit) if posting.item}
            looks.setdefault((step.document_type, step.text), set()).add((*look, prefix_of(step.reference)))
            texts.setdefault(f"{step.document_type} {step.text}", set()).update(lines)

    assert [] == [key for key, found in looks.items() if len(found) > 1]
    assert {"RV Customer invoice"} == {key for key in texts if key[:2] == "RV"}
    assert {"KR Vendor invoice"} == {key for key in texts if key[:2] == "KR"}
    assert {"SA Reclassification"} == {key for key in texts if key[:2] == "SA"}
    assert {"Trade receivable"} == texts["RV Customer invoice"]
    assert {"Trade payable"} == texts["KR Vendor invoice"]


def test_prefixes_are_the_letters_of_items() -> None:
    """What distinguishes the items of one kind is not printed: their numbers differ."""
    assert ["INV", "INV", "PO"] == [prefix_of(item) for item in ("INV", "INV2", "PO")]


def test_corrected_documents_are_those_of_single_ones() -> None:
    """Each kind of single document has one of cases of the same document, which nothing else counts."""
    corrected = [kind for kind in CASE_KINDS if kind.corrects >= 0]

    assert list(range(len(SINGLE_KINDS))) == [kind.corrects for kind in corrected]
    for single, kind in zip(SINGLE_KINDS, corrected, strict=True):
        assert single.steps == kind.steps
        assert (single.process, single.partner, single.abroad) == (kind.process, kind.partner, kind.abroad)
        assert 0 == kind.share == kind.foreign


def test_ranges_number_what_documents_are_the_first_to_refer_to() -> None:
    """Invoices of all outcomes share a range, payments have none but that of several invoices."""
    prefixes = {(known.document_type, known.prefix) for known in NUMBER_RANGES}

    assert {"INV"} == {prefix for kind, prefix in prefixes if kind == "RV"}
    assert {"", "RA"} == {prefix for kind, prefix in prefixes if kind == "DZ"}
    assert len(NUMBER_RANGES) == len(set(NUMBER_RANGES))
    for kind in CASE_KINDS:
        assert all(number_range(kind, step) in NUMBER_RANGES for step in range(len(kind.steps)))


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_settlements_follow_one_document_in_foreign_currency(kind: CaseKind) -> None:
    """A settlement posts both main lines and room for a loss and a gain, of the amount that was booked."""
    foreign = [step for step in kind.steps if step.currency is Valuation.FOREIGN]
    settling = [step for step in kind.steps if step.currency is Valuation.SETTLES]

    assert len(settling) <= len(foreign) <= 1
    for step in settling:
        assert kind.steps.index(foreign[0]) < kind.steps.index(step)
        assert {"gross"} == {posting.amount for posting in (*postings(step), *postings(foreign[0]))}
        assert "exchange_loss" == step.debit[1].pool
        assert "exchange_gain" == step.credit[1].pool
        assert [2, 2] == [len(step.debit), len(step.credit)]
        assert foreign[0].of_buyer == step.of_buyer
        assert bool(step.debit[0].item) != bool(step.credit[0].item)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.valued], ids=names)
def test_documents_of_drawn_amounts_have_a_line_for_each_posting(kind: CaseKind) -> None:
    """Those in foreign currency have one a side, so that the value of a line is rounded by itself."""
    for step in kind.steps:
        assert ExtraLines.NONE is step.extra_lines
        assert {posting.amount for posting in postings(step)} <= {"gross", "cost"}
        if step.currency is Valuation.FOREIGN:
            assert [1, 1] == [len(step.debit), len(step.credit)]
        assert {"gross"} >= {posting.amount for posting in postings(step) if posting.item}


def test_trade_abroad_is_in_each_of_the_foreign_currencies() -> None:
    """Kinds abroad come once for each of a company's foreign currencies, alike but for that, and untaxed."""
    abroad: dict[str, list[CaseKind]] = {}
    for kind in KINDS:
        if kind.corrects >= 0:
            continue
        assert (kind.abroad >= 0) == (kind.foreign > 0)
        if kind.abroad >= 0:
            abroad.setdefault(kind.name.rpartition("_")[0], []).append(kind)
    for found in abroad.values():
        assert list(range(FOREIGN_CURRENCIES)) == [kind.abroad for kind in found]
        assert 1 == len({(kind.steps, kind.foreign) for kind in found})
        assert {""} == {kind.taxed for kind in found}

    assert {"sale_abroad", "purchase_abroad", "card_abroad"} == set(abroad)


def test_tax_is_posted_where_it_is_due() -> None:
    """Only taxed kinds post tax, and those do: on sales to one account, on purchases to the other."""
    pools = {"output": {"output_tax"}, "input": {"input_tax"}, "": set[str]()}
    for kind in KINDS:
        posted = {posting.pool for step in kind.steps for posting in postings(step)}
        assert pools[kind.taxed] == posted & {"output_tax", "input_tax"}


def test_sides_that_grow_carry_no_items() -> None:
    """Lines are added to the first posting of a side; an item stays one line."""
    for _, step in steps():
        grows = {
            ExtraLines.NONE: (),
            ExtraLines.CREDITS: (step.credit[0],),
            ExtraLines.DEBITS: (step.debit[0],),
            ExtraLines.EQUAL: (step.debit[0],),
            ExtraLines.BOTH: (step.debit[0], step.credit[0]),
        }[step.extra_lines]
        assert not any(posting.item for posting in grows)
        if step.extra_lines is ExtraLines.EQUAL:
            assert [1, 1] == [len(step.debit), len(step.credit)]
            assert step.debit[0].amount == step.credit[0].amount


def test_items_and_differences_have_one_account() -> None:
    """What items and settlements are posted to does not depend on a choice, in any chart."""
    for complexity in ("small", "medium", "large"):
        chart = chart_of(complexity)
        for _, step in steps():
            for posting in postings(step):
                if posting.item or step.currency is Valuation.SETTLES:
                    assert chart.only(posting.pool) >= 0


def test_every_process_can_stand_alone() -> None:
    """Each process has documents of one step to fill days with; their shares sum to one."""
    shares: Counter[str] = Counter()
    for kind in SINGLE_KINDS:
        assert 1 == len(kind.steps)
        shares[kind.process] += 0 if kind.foreign else round(kind.share * 1_000)

    assert dict.fromkeys(PROCESSES, 1_000) == dict(shares)


def test_rates_are_keys_of_the_configuration() -> None:
    """A kind whose share the configuration decides names a section and a key that exist."""
    named = set()
    for kind in KINDS:
        if kind.rate:
            section, key = kind.rate.split(".")
            assert key in {field.name for field in fields(getattr(FLOWS, section))}
            assert 0.0 == kind.share
            named.add(kind.rate)

    assert {
        "o2c.partial_payment_rate",
        "o2c.bundled_payment_rate",
        "o2c.return_rate",
        "p2p.partial_payment_rate",
        "p2p.payment_run_rate",
    } == named


def test_parts_belong_to_a_kind_that_is_none() -> None:
    """What is a part of another kind's invoices names one of its process with a share of its own."""
    by_name = {kind.name: kind for kind in CASE_KINDS}
    for kind in KINDS:
        assert bool(kind.of) >= bool(kind.rate)
        if kind.of:
            main = by_name[kind.of]
            assert (kind.process, kind.partner, kind.amount_profile) == (
                main.process,
                main.partner,
                main.amount_profile,
            )
            assert main.share > 0
            assert not main.of


def test_kinds_have_one_way_to_their_number() -> None:
    """A share, a rate, the foreign documents' or the single ones': each kind has exactly one of them."""
    for kind in KINDS:
        assert 1 == sum((kind.share > 0, bool(kind.rate), kind.corrects >= 0, kind.foreign > 0))


def test_pairs_are_the_intercompany_chains() -> None:
    """A pair is posted by a seller and by a buyer, and only there."""
    for kind in KINDS:
        assert kind.intercompany == any(step.of_buyer for step in kind.steps)
        if kind.intercompany:
            assert "IC" == kind.process
            assert not kind.steps[0].of_buyer


def test_kinds_are_told_apart() -> None:
    """Kinds have names of their own, and there are many types of document."""
    types = {step.document_type for _, step in steps()}

    assert len(KINDS) == len({kind.name for kind in KINDS})
    assert len(types) > 35


def test_a_type_reads_alike_wherever_it_is_posted() -> None:
    """All documents of a type belong to one process."""
    processes: dict[str, set[str]] = {}
    for case, step in steps():
        processes.setdefault(step.document_type, set()).add(case.process)

    assert not {kind for kind, found in processes.items() if len(found) > 1}


def test_parts_of_the_day_follow_one_another() -> None:
    """A day runs from its night jobs over day and evening to the close."""
    assert [DayPart.NIGHT, DayPart.DAY, DayPart.EVENING, DayPart.CLOSE] == sorted(DayPart)


def test_reversal_is_the_last_source() -> None:
    """Chances of sources are cumulated without it: what is none of the others is a reversal."""
    assert "reversal" == SOURCES[-1]
