"""The command that fuzzes configurations."""

from __future__ import annotations

import json

import pytest

from bench.footprint import Footprint
from bench.fuzz.__main__ import GREEN, MOST_RESIDENT, RED, Judged, main, print_judged, report
from datasynth.config import config_from_mapping

SOUND = [Judged(-1, [], 0.0), Judged(7, [], 2.0), Judged(8, [], 1.0), Judged(-1, [], 0.0)]
IDLE = Footprint(200_000_000, 40)


def test_a_run_without_faults_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    """It says how many there were, what was slow, and what memory and descriptors came to."""
    assert GREEN == report(SOUND, [IDLE, Footprint(900_000_000, 41), Footprint(800_000_000, 41)], 10**9)

    said = capsys.readouterr().out
    assert "2 random configurations, 0 with faults, 0 answers of 500" in said
    assert "slowest: configuration 7, 2.0 s" in said
    assert "resident: 200 MB before, 800 MB after, 1,000 MB at most" in said
    assert "resident after 2: 900 MB, bound 1,500 MB" in said
    assert "descriptors: 40 before, 41 after" in said


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        ([*SOUND, Judged(9, ["users answers 500: oh"], 1.0)], [IDLE, IDLE, IDLE]),
        (SOUND, [IDLE, IDLE, Footprint(200_000_000, 60)]),
        (SOUND, [IDLE, Footprint(MOST_RESIDENT + 1, 40), IDLE]),
        (SOUND, [IDLE, Footprint(MOST_RESIDENT + 1, 40)]),
    ],
)
def test_faults_descriptors_and_memory_are_red(found: list[Judged], steps: list[Footprint]) -> None:
    """Each of the three by itself fails the run; without twenty configurations the end counts."""
    assert RED == report(found, steps, 10**9)


def test_faults_are_told_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    """With the number by which the configuration can be shown again."""
    print_judged(Judged(9, ["entries: entry 3 (RV) has no lines"], 90.0))

    assert [
        "configuration 9: entries: entry 3 (RV) has no lines",
        "configuration 9 took 90 s",
    ] == capsys.readouterr().out.splitlines()


def test_a_configuration_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON that can be sent, with what it is estimated to take."""
    assert GREEN == main(["--show", "5"])

    said = capsys.readouterr()
    config_from_mapping(json.loads(said.out))
    assert said.err.startswith("estimate: ")


@pytest.mark.server
@pytest.mark.slow
def test_a_server_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Two small configurations, from start to end."""
    arguments = "--count 2 --seed 3 --entries 100 --companies 2 --months 2 --memory 90000000"

    assert GREEN == main(arguments.split())
    assert "2 random configurations, 0 with faults" in capsys.readouterr().out
