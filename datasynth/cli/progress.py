"""What a terminal shows while entries are generated."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tqdm import tqdm

from datasynth import logs
from datasynth.kernel import watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Never


class EntriesProgress:
    """A bar of the entries that are written, with their rate and the time that is left.

    Parameters
    ----------
    bar
        tqdm's.
    """

    def __init__(self, bar: tqdm[Never]) -> None:
        self._bar = bar

    def begin(self, total: int) -> None:
        """Tell how many entries there will be; the time before does not count."""
        self._bar.reset(total)

    def add(self, entries: int) -> None:
        """Count entries that have just been written."""
        self._bar.update(entries)


@contextmanager
def entries_progress(*, quiet: bool) -> Iterator[EntriesProgress]:
    """Show a progress bar if standard error is a terminal, and say when kernels are being compiled.

    Parameters
    ----------
    quiet
        Whether nothing is shown while all is well; what goes wrong with kernels is said all the same.
    """
    with (
        tqdm(
            unit=" entries",
            unit_scale=True,
            dynamic_ncols=True,
            disable=True if quiet else None,
        ) as bar,
        watched(partial(_say, quiet)),
    ):
        yield EntriesProgress(bar)


def _say(quiet: bool, level: int, sentence: str) -> None:  # noqa: FBT001 - bound by `partial`
    if level > logging.INFO or not quiet:
        with tqdm.external_write_mode(sys.stderr):
            logs.write(logs.STDERR, f"datasynth: {sentence}")
