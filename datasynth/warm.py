"""Compiles every kernel, or loads it from the cache; ``python -m datasynth.warm`` does so ahead of time."""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datasynth import encoding
from datasynth.generation import warm as generation
from datasynth.kernel import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

SELDOM = 100_000
"""New objects after which garbage is looked for while kernels are compiled."""


def warm_up() -> None:
    """Make all kernels ready; takes most of a minute the first time, and about a second afterwards."""
    with _seldom_collecting():
        generation.warm_up()
        encoding.warm_up()
    # Modules and kernels stay for good; looking through them for garbage again and
    # again would take a tenth of the time that the largest journals are built in.
    gc.freeze()


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Spare the compiler, most of whose objects stay, a tenth of its time."""
    thresholds = gc.get_threshold()
    gc.set_threshold(SELDOM, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


if __name__ == "__main__":
    with watched(logging.getLogger(__name__).log):
        warm_up()
