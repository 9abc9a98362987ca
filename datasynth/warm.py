"""Compiles every kernel, or loads it from the cache; ``python -m datasynth.warm`` does so ahead of time."""

from __future__ import annotations

import gc
import logging

from datasynth import encoding
from datasynth.generation import warm as generation
from datasynth.kernel import watched


def warm_up() -> None:
    """Make all kernels ready; takes seconds the first time, and well under one afterwards."""
    generation.warm_up()
    encoding.warm_up()
    # Modules and kernels stay for good; looking through them for garbage again and
    # again would take a tenth of the time that the largest journals are built in.
    gc.freeze()


if __name__ == "__main__":
    with watched(logging.getLogger(__name__).log):
        warm_up()
