"""Compiles or loads every kernel of the journal, by computing a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.closes.items import PATTERNS
from datasynth.generation.journal import Journal

if TYPE_CHECKING:
    from datasynth.config.model import Config


def warm_up(config: Config) -> None:
    """Run every kernel once.

    Parameters
    ----------
    config
        Any configuration of some entries; small ones are done sooner.

    Notes
    -----
    Takes some seconds when the kernels have to be compiled, and less than one
    when they were compiled before.
    """
    journal = Journal(config)
    for pattern in PATTERNS:
        journal, _ = journal.trigger(pattern, 0)
    journal.block(0, min(journal.total, 64))
