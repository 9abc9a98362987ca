"""What is said of a data set as a whole: a table, JSON, one verdict."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.evaluation.check import Check, Verdict, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TITLES = {
    "structure": "Structure",
    "balance": "1 Balance",
    "lines": "2 Lines per entry",
    "amounts": "3 Amounts",
    "dates": "4 Dates",
    "dispersion": "4 Dispersion",
    "hours": "5 Time of day",
    "mix": "6 Sources, processes, companies, types",
    "concentration": "7 Concentration",
    "reversals": "8 Reversals",
    "currency": "8 Currencies",
    "ties": "9 Consistent ledgers",
    "numbers": "9 Numbers and periods",
    "links": "9 Links",
    "approval": "10 Approval",
    "twins": "11 Twins",
    "repeats": "11 Repeats",
    "tells": "11 Tells",
    "gaps": "11 Gaps",
    "tax": "Tax",
    "intercompany": "Intercompany",
    "closes": "Closes",
    "triggers": "Triggers",
}
"""Headings of the groups of checks, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Report:
    """The checks of a data set; what is printed calls them gates.

    Attributes
    ----------
    entries, lines
        How much was judged.
    checks
        In the order of `TITLES`.
    """

    entries: int
    lines: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no check fails."""
        return not self.failed

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that fail."""
        return tuple(check for check in self.checks if check.verdict is Verdict.FAIL)

    def check(self, name: str) -> Check:
        """Return a check by its name."""
        return next(check for check in self.checks if check.name == name)

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
                    "name": check.name,
                    "group": TITLES[check.group],
                    "figure": _finite(check.figure),
                    "low": check.low,
                    "high": check.high,
                    "verdict": check.verdict.value,
                    "note": check.note,
                }
                for check in self.checks
            ],
        }

    def as_json(self) -> str:
        """Print the checks for a program."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    def _table(self) -> Iterator[str]:
        rows = [(one.name, number(one.figure), one.bounds, one.verdict.value) for one in self.checks]
        widths = [max((len(row[place]) for row in rows), default=0) for place in range(4)]
        heading = ""
        for check, (name, figure, bounds, verdict) in zip(self.checks, rows, strict=True):
            if TITLES[check.group] != heading:
                heading = TITLES[check.group]
                yield ""
                yield heading
            cells = f"{name:{widths[0]}}  {figure:>{widths[1]}}  {bounds:{widths[2]}}  {verdict:{widths[3]}}"
            yield f"  {cells}  {check.note}".rstrip()

    def _verdict(self) -> str:
        skipped = sum(check.verdict is Verdict.NOT_JUDGED for check in self.checks)
        judged = len(self.checks) - skipped
        besides = f", {skipped} not judged" if skipped else ""
        if self.passed:
            return f"\ngreen: all {judged} checks pass{besides}"
        names = ", ".join(check.name for check in self.failed)
        return f"\nred: {len(self.failed)} of {judged} checks fail{besides}: {names}"


def make_report(entries: int, lines: int, checks: Iterable[Check]) -> Report:
    """Put checks in the order of the table."""
    order = list(TITLES)
    return Report(entries, lines, tuple(sorted(checks, key=lambda check: order.index(check.group))))


def _finite(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None
