"""What came of hostile bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """What one protocol's fuzzer has found.

    Attributes
    ----------
    protocol
        Its name.
    sent
        How many attempts of each kind there were.
    answers
        What was answered how often.
    faults
        What a server must not do, each with the attempt's number.
    """

    protocol: str
    sent: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say it for a person."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.sent.items()))
        answers = ", ".join(f"{count:,} {answer}" for answer, count in self.answers.most_common())
        return [
            f"{self.protocol}: {self.sent.total():,} attempts, {len(self.faults)} faults",
            f"  sent: {kinds}",
            f"  answered: {answers}",
            *(f"  {fault}" for fault in self.faults),
        ]
