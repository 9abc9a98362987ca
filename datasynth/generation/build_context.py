"""Parts that a build of a journal shares with others, and the checkpoints at which it can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from datasynth.shared_parts import SharedParts

MOST_DRAWN = 10_000_000_000
"""Entries up to which each case that draws an amount draws one of its own."""

Checkpoint = Callable[[], None]
"""Called between the steps of a build; an exception ends the build."""


def carry_on() -> None:
    """Let every build go on; the checkpoint of builds that nobody ends."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The surroundings of one build.

    Attributes
    ----------
    parts
        Shared with other builds; by default nothing is kept.
    checkpoint
        Called between steps, at least every 50 ms of work for a journal of usual size.
    most_drawn
        In a journal of more entries, cases that draw their amounts share those of amount pools.
        Entries depend on it: only tests have another one.
    """

    parts: SharedParts = field(default_factory=lambda: SharedParts(0))
    checkpoint: Checkpoint = carry_on
    most_drawn: int = MOST_DRAWN


ALONE = BuildContext()
"""A build that shares nothing and runs to its end."""
