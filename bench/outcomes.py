"""What became of a data set that was made and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.trials import Trial

FAIL, NOT_JUDGED = "fail", "not judged"


@dataclass(frozen=True, slots=True)
class Gate:
    """What a report says of one gate.

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
    gates
        By their names.
    made, judged
        What it took. [s]
    trouble
        Why nothing could be judged; empty if all went well.
    """

    trial: Trial
    entries: int = 0
    lines: int = 0
    gates: Mapping[str, Gate] = field(default_factory=dict)
    made: float = 0.0
    judged: float = 0.0
    trouble: str = ""

    @property
    def red(self) -> list[str]:
        """Names of the gates that fail."""
        return [name for name, gate in self.gates.items() if gate.verdict == FAIL]

    @property
    def counted(self) -> int:
        """How many gates were judged."""
        return sum(gate.verdict != NOT_JUDGED for gate in self.gates.values())

    @property
    def green(self) -> bool:
        """Whether gates were judged and all of them pass."""
        return not self.trouble and self.counted > 0 and not self.red


def read_gates(report: Mapping[str, Any]) -> dict[str, Gate]:
    """Return the gates of a report of ``datasynth verify --json``."""
    return {
        gate["name"]: Gate(gate["figure"], gate["low"], gate["high"], gate["verdict"])
        for gate in report["gates"]
    }
