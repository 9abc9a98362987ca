"""What is said of a data set as a whole: a table, JSON, one verdict."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.evaluation.gates import Gate, Verdict, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TITLES = {
    "structure": "Structure",
    "balance": "1 Balance",
    "lines": "2 Lines per entry",
    "amounts": "3 Amounts",
    "dates": "4 Dates",
    "hours": "5 Time of day",
    "mix": "6 Sources, processes, companies, types",
    "concentration": "7 Concentration",
    "reversals": "8 Reversals",
    "currency": "8 Currencies",
    "ties": "9 Ledgers tie",
    "numbers": "9 Numbers and periods",
    "links": "9 Links",
    "approval": "10 Approval",
    "tax": "Tax",
    "intercompany": "Intercompany",
    "closes": "Closes",
    "triggers": "Triggers",
}
"""Headings of the groups of gates, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Report:
    """The gates of a data set.

    Attributes
    ----------
    entries, lines
        How much was judged.
    gates
        In the order of `TITLES`.
    """

    entries: int
    lines: int
    gates: tuple[Gate, ...]

    @property
    def passed(self) -> bool:
        """Whether no gate fails."""
        return not self.failed

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The gates that fail."""
        return tuple(gate for gate in self.gates if gate.verdict is Verdict.FAIL)

    def gate(self, name: str) -> Gate:
        """Return a gate by its name."""
        return next(gate for gate in self.gates if gate.name == name)

    def text(self) -> str:
        """Print the table for a person."""
        return "\n".join([f"{self.entries:,} entries, {self.lines:,} lines", *self._table(), self._verdict()])

    def as_dict(self) -> dict[str, object]:
        """Return what the JSON holds."""
        return {
            "passed": self.passed,
            "entries": self.entries,
            "lines": self.lines,
            "gates": [
                {
                    "name": gate.name,
                    "group": TITLES[group_of(gate)],
                    "figure": _finite(gate.figure),
                    "low": gate.low,
                    "high": gate.high,
                    "verdict": gate.verdict.value,
                    "note": gate.note,
                }
                for gate in self.gates
            ],
        }

    def as_json(self) -> str:
        """Print the gates for a program."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    def _table(self) -> Iterator[str]:
        rows = [(gate.name, number(gate.figure), gate.bounds, gate.verdict.value) for gate in self.gates]
        widths = [max((len(row[place]) for row in rows), default=0) for place in range(4)]
        heading = ""
        for gate, (name, figure, bounds, verdict) in zip(self.gates, rows, strict=True):
            if TITLES[group_of(gate)] != heading:
                heading = TITLES[group_of(gate)]
                yield ""
                yield heading
            cells = f"{name:{widths[0]}}  {figure:>{widths[1]}}  {bounds:{widths[2]}}  {verdict:{widths[3]}}"
            yield f"  {cells}  {gate.note}".rstrip()

    def _verdict(self) -> str:
        skipped = sum(gate.verdict is Verdict.NOT_JUDGED for gate in self.gates)
        judged = len(self.gates) - skipped
        besides = f", {skipped} not judged" if skipped else ""
        if self.passed:
            return f"\ngreen: all of {judged} gates pass{besides}"
        names = ", ".join(gate.name for gate in self.failed)
        return f"\nred: {len(self.failed)} of {judged} gates fail{besides}: {names}"


def group_of(gate: Gate) -> str:
    """Return the group that a gate's name begins with."""
    return gate.name.partition(".")[0]


def make_report(entries: int, lines: int, gates: Iterable[Gate]) -> Report:
    """Put gates in the order of the table."""
    order = list(TITLES)
    return Report(entries, lines, tuple(sorted(gates, key=lambda gate: order.index(group_of(gate)))))


def _finite(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None
