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

    from datasynth.output.pipeline import Progress


@contextmanager
def entries_progress(total: int, *, quiet: bool) -> Iterator[Progress]:
    """Show a progress bar if standard error is a terminal, and say when kernels are being compiled.

    Parameters
    ----------
    total
        Entries that will be written.
    quiet
        Whether nothing is shown while all is well; what goes wrong with kernels is said all the same.
    """
    with (
        tqdm(
            total=total,
            unit=" entries",
            unit_scale=True,
            dynamic_ncols=True,
            disable=True if quiet else None,
        ) as bar,
        watched(partial(_say, quiet)),
    ):
        yield bar.update


def _say(quiet: bool, level: int, sentence: str) -> None:  # noqa: FBT001 - bound by `partial`
    if level > logging.INFO or not quiet:
        with tqdm.external_write_mode(sys.stderr):
            logs.write(logs.STDERR, f"datasynth: {sentence}")
