"""A journal with its trigger log, and the fingerprints by which its blocks are shared.

Two streams with equal configurations and equal trigger logs have the same entries, so a
block is named by a fingerprint of both and by its first entry.  A trigger does not change
the entries below it; blocks that end there keep their names and are not computed again.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.protocols import JournalProtocol


@dataclass(frozen=True, slots=True)
class JournalSpec:
    """The configuration and the triggers, in order, that decide a journal."""

    config: Config
    triggers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JournalVersion:
    """A journal between two triggers; immutable.

    Attributes
    ----------
    total
        Number of entries.
    journal
        None if it has to be built, or built again.
    fingerprints
        Names of the journals after 0, 1, 2 … triggers.
    cuts
        Position of each trigger; ascending, since a head never goes back.
    """

    spec: JournalSpec
    total: int
    journal: JournalProtocol | None
    fingerprints: tuple[str, ...]
    cuts: tuple[int, ...] = ()

    @classmethod
    def planned(cls, config: Config) -> JournalVersion:
        """Return the version without triggers of a journal that is not built yet."""
        return cls(JournalSpec(config), config.transactions.target_count, None, (_digest(repr(config)),))

    @classmethod
    def fresh(cls, config: Config, journal: JournalProtocol) -> JournalVersion:
        """Return the version of a journal without triggers."""
        return cls.planned(config).opened(journal)

    def triggered(self, pattern: str, at_sequence: int, journal: JournalProtocol) -> JournalVersion:
        """Return the next version, whose `journal` has one more package."""
        return JournalVersion(
            JournalSpec(self.spec.config, (*self.spec.triggers, (pattern, at_sequence))),
            journal.total,
            journal,
            (*self.fingerprints, _digest(f"{self.fingerprints[-1]} {pattern} {at_sequence}")),
            (*self.cuts, at_sequence),
        )

    def opened(self, journal: JournalProtocol) -> JournalVersion:
        """Return the same version with its journal."""
        return replace(self, journal=journal, total=journal.total)

    def without_journal(self) -> JournalVersion:
        """Return the same version without its journal."""
        return replace(self, journal=None)

    def fingerprint(self, end: int) -> str:
        """Return the name of the first journal that has the present entries below `end`."""
        return self.fingerprints[bisect_left(self.cuts, end)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
