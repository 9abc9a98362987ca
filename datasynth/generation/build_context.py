"""What goes along with the building of a journal: parts shared with others, and where it can be ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from datasynth.shared_parts import SharedParts

Checkpoint = Callable[[], None]
"""Called between the steps of a build; what it raises ends the build."""


def carry_on() -> None:
    """End no build."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What goes along with one build.

    Attributes
    ----------
    parts
        Shared with other builds; by default nothing is kept.
    checkpoint
        Called between steps, at least every 50 ms of work for a journal of usual size.
    """

    parts: SharedParts = field(default_factory=lambda: SharedParts(0))
    checkpoint: Checkpoint = carry_on


ALONE = BuildContext()
"""A build that shares nothing and runs to its end."""
