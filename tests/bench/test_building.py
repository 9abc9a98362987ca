"""How the building of journals is measured."""

from __future__ import annotations

import json

import pytest

from bench.building import CASES, Case, Cost, build, largest, main, tabulate
from datasynth.config import config_from_mapping
from datasynth.generation.journal_maker import JournalMaker

SMALL = {
    "global": {"period_months": 1},
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 300},
}


def test_every_case_is_a_valid_configuration() -> None:
    """Names are different, and the largest has what the issue of limits names."""
    for case in CASES:
        config_from_mapping(case.document)
    config = config_from_mapping(largest(10))

    assert len(CASES) == len({case.name for case in CASES})
    assert (50, 120) == (len(config.companies), config.general.period_months)
    assert 10 == len({company.currency for company in config.companies})


@pytest.mark.parametrize("first_block", [False, True])
def test_a_build_s_figures_belong_together(first_block: bool) -> None:
    """No gap between checkpoints is longer than the build, and there are many."""
    cost = build(Case("small", SMALL, 1.0, 1.0, runs=2, first_block=first_block), JournalMaker())

    assert 0 < cost.gap <= cost.processor
    assert cost.checkpoints > 100
    assert cost.wall > 0
    assert cost.memory >= 0


def test_a_case_prints_its_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a process of its own prints is what its parent reads."""
    monkeypatch.setattr("bench.building.CASES", (Case("small", SMALL, 1.0, 1.0, before={}, runs=1),))
    main("small")

    assert Cost(**json.loads(capsys.readouterr().out)).checkpoints > 100


def test_figures_stand_beside_their_aims() -> None:
    """A row has time and memory, each followed by what it may be."""
    case = Case("small", SMALL, 0.25, 1e8)
    table = tabulate([(case, Cost(0.125, 0.5, 5e7, 0.01, 200))])
    ((name, figures),) = table.rows

    assert "small" == name
    assert ["125 ms", "250 ms", "500 ms", "50.0 M", "100 M", "10.0 ms"] == [
        str(figure).removesuffix("B").strip() for figure in figures
    ]
