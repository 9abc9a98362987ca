"""What became of a data set that was made and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.trials import Trial

FAIL, NOT_JUDGED = "fail", "not judged"


@dataclass(frozen=True, slots=True)
class ReportedCheck:
    """What a report says of one check.

    Attributes
    ----------
    figure
        What was found, or None.
    low, high
        What it may be; None for no bound.
    verdict
        ``pass``, `FAIL` or `NOT_JUDGED`.
    """

    figure: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a trial.

    Attributes
    ----------
    trial
        Which.
    entries, lines
        How much was judged.
    checks
        By their names.
    made, judged
        What it took. [s]
    trouble
        Why nothing could be judged; empty if all went well.
    """

    trial: Trial
    entries: int = 0
    lines: int = 0
    checks: Mapping[str, ReportedCheck] = field(default_factory=dict)
    made: float = 0.0
    judged: float = 0.0
    trouble: str = ""

    @property
    def red(self) -> list[str]:
        """Names of the checks that fail."""
        return [name for name, check in self.checks.items() if check.verdict == FAIL]

    @property
    def counted(self) -> int:
        """How many checks were judged."""
        return sum(check.verdict != NOT_JUDGED for check in self.checks.values())

    @property
    def green(self) -> bool:
        """Whether checks were judged and all of them pass."""
        return not self.trouble and self.counted > 0 and not self.red


def read_checks(report: Mapping[str, Any]) -> dict[str, ReportedCheck]:
    """Return the checks of a report of ``datasynth verify --json``."""
    return {
        check["name"]: ReportedCheck(check["figure"], check["low"], check["high"], check["verdict"])
        for check in report["gates"]
    }
