"""The table, the JSON and the verdict on the whole."""

from __future__ import annotations

import json
import math

from datasynth.evaluation import Check
from datasynth.evaluation.report import make_report

CHECKS = (
    Check("ties.cash", 0, 0, 0, "accounts"),
    Check("balance.sides", 3, 0, 0, "entries"),
    Check("lines.2", 0.6, 0.5, 0.7, "judged later", judged=False),
)


def test_table() -> None:
    """Groups come in their order, columns are aligned, and the last line says what fails."""
    expected = """\
1,000 entries, 4,000 lines

1 Balance
  balance.sides       3  = 0              fail        entries

2 Lines per entry
  lines.2        0.6000  0.5000 … 0.7000  not judged  judged later

9 Consistent ledgers
  ties.cash           0  = 0              pass        accounts

red: 1 of 2 checks fail, 1 not judged: balance.sides"""

    assert expected == make_report(1_000, 4_000, CHECKS).text()


def test_green() -> None:
    """If nothing fails, all is well."""
    report = make_report(1, 2, CHECKS[:1])

    assert report.passed
    assert report.text().endswith("\ngreen: all 1 checks pass")


def test_json() -> None:
    """A program finds every check by its name, and what is no number is null."""
    report = make_report(1, 2, [*CHECKS[1:], Check("amounts.spread", math.nan, 2.2, 2.6)])

    document = json.loads(report.as_json())

    assert (False, 1, 2) == (document["passed"], document["entries"], document["lines"])
    assert {
        "name": "balance.sides",
        "group": "1 Balance",
        "figure": 3,
        "low": 0,
        "high": 0,
        "verdict": "fail",
        "note": "entries",
    } == document["gates"][0]
    assert [3, 0.6, None] == [check["figure"] for check in document["gates"]]


def test_check_by_name() -> None:
    """A check is found by its name."""
    assert CHECKS[0] == make_report(1, 2, CHECKS).check("ties.cash")
