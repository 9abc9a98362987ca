"""How documents are entered: every source is possible, and each mode has its usual one."""

from __future__ import annotations

import pytest

from datasynth.ledger.processes import CASE_KINDS, ENTRY_MODES, SINGLE_KINDS, SOURCES

COMMONEST = {
    "interface": "automated",
    "hand": "manual",
    "run": "automated",
    "standing": "recurring",
    "journal": "manual",
}


@pytest.mark.parametrize("mode", ENTRY_MODES)
def test_every_source_is_possible(mode: str) -> None:
    """One number for each source but reversals, none nil: any shares can be met from any documents."""
    assert len(SOURCES) - 1 == len(ENTRY_MODES[mode])
    assert min(ENTRY_MODES[mode]) > 0


@pytest.mark.parametrize(("mode", "source"), COMMONEST.items())
def test_entry_modes_have_their_commonest_source(mode: str, source: str) -> None:
    """What comes by interface is automated, what people enter is manual, standing orders recur."""
    usual = dict(zip(SOURCES, ENTRY_MODES[mode], strict=False))

    assert source == max(usual, key=usual.__getitem__)
    assert sum(usual.values()) == pytest.approx(1_000, abs=10)


def test_journals_are_where_adjustments_come_from() -> None:
    """No other entry mode adjusts as often as a journal does."""
    adjusting = {mode: usual[SOURCES.index("adjustment")] for mode, usual in ENTRY_MODES.items()}

    assert "journal" == max(adjusting, key=adjusting.__getitem__)


def test_every_entry_mode_is_used() -> None:
    """Each of them is the entry mode of some document."""
    used = {step.entry_mode for kind in (*CASE_KINDS, *SINGLE_KINDS) for step in kind.steps}

    assert set(ENTRY_MODES) == used
