"""Where documents of different manners usually come from."""

from __future__ import annotations

import pytest

from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, SOURCES
from datasynth.ledger.sources import MANNERS

COMMONEST = {
    "interface": "automated",
    "hand": "manual",
    "run": "automated",
    "standing": "recurring",
    "journal": "manual",
}


@pytest.mark.parametrize("manner", MANNERS)
def test_every_source_is_possible(manner: str) -> None:
    """One number for each source but reversals, none nil: any shares can be met from any documents."""
    assert len(SOURCES) - 1 == len(MANNERS[manner])
    assert min(MANNERS[manner]) > 0


@pytest.mark.parametrize(("manner", "source"), COMMONEST.items())
def test_manners_have_their_commonest_source(manner: str, source: str) -> None:
    """What comes by interface is automated, what people enter is manual, standing orders recur."""
    usual = dict(zip(SOURCES, MANNERS[manner], strict=False))

    assert source == max(usual, key=usual.__getitem__)
    assert sum(usual.values()) == pytest.approx(1_000, abs=10)


def test_journals_are_where_adjustments_come_from() -> None:
    """No other manner adjusts as often as a journal does."""
    adjusting = {manner: usual[SOURCES.index("adjustment")] for manner, usual in MANNERS.items()}

    assert "journal" == max(adjusting, key=adjusting.__getitem__)


def test_every_manner_is_used() -> None:
    """Each of them is the manner of some document."""
    used = {step.manner for kind in (*CASE_KINDS, *SINGLE_KINDS) for step in kind.steps}

    assert set(MANNERS) == used
