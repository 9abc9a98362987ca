"""Schedules."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.schedule.day_weights import LEAD_DAYS, day_weights
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.schedule.plan import Schedule, make_schedule
from datasynth.ledger.processes import SINGLE_KINDS
from tests.generation.configs import make_config

WEIGHTS = st.fixed_dictionaries(
    {name: st.integers(0, 5) for name in ("o2c", "p2p", "r2r", "h2r", "a2r")}
).filter(lambda parts: any(parts.values()))


def process_of(schedule: Schedule, at: int) -> str:
    """Return the process of a leaf's documents; closes count as record to report."""
    leaf = schedule.leaves[at]
    return "R2R" if leaf.kind is LeafKind.CLOSE else leaf.chain_kind.process


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 3_000),
    months=st.integers(1, 14),
    companies=st.integers(1, 5),
    parts=WEIGHTS,
    seed=st.integers(0, 2**63 - 1),
)
def test_every_schedule_is_exact(
    count: int, months: int, companies: int, parts: dict[str, int], seed: int
) -> None:
    """There are exactly as many entries as asked for, and no day has fewer than none."""
    whole = sum(parts.values())
    weights = {name: part / whole for name, part in parts.items()}
    schedule = make_schedule(
        make_config(count, months=months, companies=companies, weights=weights, seed=seed)
    )

    assert count == schedule.total
    assert np.diff(schedule.before, axis=0).min() >= 0
    assert not schedule.before[0].any()


@pytest.mark.parametrize("count", [10**9, 10**10])
def test_the_largest_counts_are_exact(count: int) -> None:
    """Counts beyond 32 bits are exact too."""
    assert count == make_schedule(make_config(count, months=2)).total


@pytest.mark.parametrize("process", ["o2c", "p2p", "r2r", "h2r", "a2r"])
def test_a_process_alone_makes_the_whole_stream(process: str) -> None:
    """With all other weights 0, every entry belongs to the one process left."""
    schedule = make_schedule(make_config(20_000, weights={process: 1.0}))
    used = {
        process_of(schedule, at)
        for at, leaf in enumerate(schedule.leaves)
        if schedule.before[-1, at] and leaf.kind is not LeafKind.CLOSE
    }

    assert {process.upper()} == used


def test_processes_have_their_configured_shares() -> None:
    """Shares of the processes are the weights, within what closes of other processes take."""
    weights = {"o2c": 0.4, "p2p": 0.2, "r2r": 0.2, "h2r": 0.1, "a2r": 0.1}
    schedule = make_schedule(make_config(100_000, weights=weights))
    found = dict.fromkeys(("O2C", "P2P", "R2R", "H2R", "A2R"), 0)
    for at in range(len(schedule.leaves)):
        found[process_of(schedule, at)] += int(schedule.before[-1, at])

    for process, weight in weights.items():
        assert found[process.upper()] / 100_000 == pytest.approx(weight, abs=0.005)


def test_companies_have_their_configured_shares() -> None:
    """Equal weights give equal numbers, within one."""
    schedule = make_schedule(make_config(10_001, companies=5))
    found = [0] * 5
    for at, leaf in enumerate(schedule.leaves):
        found[leaf.company] += int(schedule.before[-1, at])

    assert max(found) - min(found) <= 1


def test_day_volumes_follow_the_weights() -> None:
    """Chains and fillers together fall on days as configured."""
    config = make_config(100_000)
    schedule = make_schedule(config)
    wanted = day_weights(config, "US")[LEAD_DAYS:-LEAD_DAYS]

    assert np.corrcoef(np.diff(schedule.entries_before), wanted)[0, 1] > 0.99


def test_steps_of_a_chain_follow_one_another() -> None:
    """A later step of a chain is at least a day after an earlier one."""
    schedule = make_schedule(make_config(2_000, start_date=date(2024, 2, 1).isoformat()))
    windows = {
        (leaf.chain, leaf.step): schedule.windows[schedule.leaf_window[at]].astype(int)
        for at, leaf in enumerate(schedule.leaves)
        if leaf.kind is LeafKind.CHAIN
    }
    for (chain, step), window in windows.items():
        if (chain, step + 1) in windows:
            later = windows[chain, step + 1]

            assert (later[1:] <= window[:-1]).all()


def test_every_kind_of_single_document_occurs() -> None:
    """The default has all single documents."""
    schedule = make_schedule(make_config(20_000))
    used = {
        leaf.chain
        for at, leaf in enumerate(schedule.leaves)
        if leaf.kind is LeafKind.SINGLE and schedule.before[-1, at]
    }

    assert set(range(len(SINGLE_KINDS))) == used
