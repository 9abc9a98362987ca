"""The simulation of many nodes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.simulation import Cluster, simulate

NEVER = 1e18


def test_equal_nodes_without_failures_take_the_ideal_time() -> None:
    """With nothing to start and nothing that fails, all nodes end at once."""
    found = simulate(Cluster(10, 40, 100.0, 0.0, 0.0, NEVER, 0.0))

    assert (400.0, 400.0, 0, 0.0) == (found.seconds, found.ideal, found.failures, found.redone)


def test_starts_are_paid_by_every_part() -> None:
    """Four parts a node have four starts."""
    found = simulate(Cluster(10, 40, 90.0, 10.0, 0.0, NEVER, 0.0))

    assert 400.0 == found.seconds
    assert pytest.approx(0.1) == found.starting


def test_the_work_of_nodes_that_fail_is_done_again() -> None:
    """Failures cost time, and smaller parts lose less of it."""
    often = Cluster(100, 100, 3_600.0, 10.0, 0.0, 20_000.0, 60.0)
    coarse, fine = simulate(often), simulate(replace(often, parts=1_600, part_seconds=225.0))

    assert coarse.failures > 0
    assert coarse.seconds > 1.5 * coarse.ideal
    assert fine.seconds < coarse.seconds
    assert fine.redone < coarse.redone / 4


def test_slow_nodes_hold_up_all_less_if_parts_are_small() -> None:
    """A node that is slow takes fewer parts."""
    uneven = Cluster(200, 200, 3_600.0, 0.0, 0.3, NEVER, 0.0)
    coarse, fine = simulate(uneven), simulate(replace(uneven, parts=6_400, part_seconds=112.5))

    assert coarse.seconds > 1.5 * coarse.ideal
    assert fine.seconds < 1.2 * fine.ideal


def test_a_seed_is_an_outcome() -> None:
    """The same cluster has the same outcome, and another seed another one."""
    assert simulate(Cluster()) == simulate(Cluster())
    assert simulate(Cluster()) != simulate(Cluster(seed=1))
