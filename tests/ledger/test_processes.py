"""Business processes as tables."""

from __future__ import annotations

from collections import Counter

import pytest

from datasynth.generation.schedule.day_weights import LEAD_DAYS
from datasynth.ledger.processes import (
    CHAIN_KINDS,
    PARTNER_TYPES,
    PROCESSES,
    SINGLE_KINDS,
    SOURCES,
    Band,
    ChainKind,
)
from datasynth.ledger.roles import ROLES

KINDS = (*CHAIN_KINDS, *SINGLE_KINDS)


def names(kind: ChainKind) -> str:
    """Return what a kind is called in the report of tests."""
    return kind.name


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_kinds_speak_the_words_of_the_ledger(kind: ChainKind) -> None:
    """Processes, partners, sources, roles and bands are known; steps belong to the kind's process."""
    assert kind.process in PROCESSES
    assert kind.partner in {"", *PARTNER_TYPES}
    for step in kind.steps:
        assert kind.process == step.process
        assert step.source in SOURCES
        assert step.role in ROLES
        assert step.band in {Band.NIGHT, Band.DAY}
        assert step.debit
        assert step.credit
        assert step.text
        assert all(posting.text for posting in (*step.debit, *step.credit))


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_partners_stand_on_control_accounts(kind: ChainKind) -> None:
    """Receivables and payables carry the chain's partner, and no other account does."""
    for step in kind.steps:
        for posting in (*step.debit, *step.credit):
            control = posting.pool in {"receivables", "payables", "asset_payables"}

            assert control == posting.partner
            assert kind.partner or not posting.partner


@pytest.mark.parametrize("kind", CHAIN_KINDS, ids=names)
def test_later_steps_are_days_after_earlier_ones(kind: ChainKind) -> None:
    """A chain starts with its first step; even the slowest is done before the fastest next one."""
    first, *later = kind.steps
    reached = 0

    assert (0, 0, 0) == first.lag
    assert later
    for step in later:
        fewest, likeliest, most = step.lag
        assert reached < fewest <= likeliest <= most < LEAD_DAYS
        reached = most


@pytest.mark.parametrize("kind", CHAIN_KINDS, ids=names)
def test_payments_carry_the_reference_of_what_they_clear(kind: ChainKind) -> None:
    """A chain's last document shares its reference prefix with the one before it."""
    *_, invoice, payment = kind.steps

    assert invoice.reference == payment.reference != ""


def test_every_process_can_stand_alone() -> None:
    """Each process has documents of one step to fill days with; their shares sum to one."""
    shares: Counter[str] = Counter()
    for kind in SINGLE_KINDS:
        assert 1 == len(kind.steps)
        shares[kind.process] += round(kind.share * 1_000)

    assert dict.fromkeys(PROCESSES, 1_000) == dict(shares)


def test_kinds_and_types_are_told_apart() -> None:
    """Kinds have names of their own, and every step posts a document type of its own."""
    types = [step.document_type for kind in KINDS for step in kind.steps]

    assert len(KINDS) == len({kind.name for kind in KINDS})
    assert len(types) == len(set(types))


def test_bands_follow_one_another() -> None:
    """A day runs from its night jobs over day and evening to the close."""
    assert [Band.NIGHT, Band.DAY, Band.EVENING, Band.CLOSE] == sorted(Band)
