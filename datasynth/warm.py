"""Compiles every kernel, or loads it from the cache; ``python -m datasynth.warm`` does so ahead of time."""

from __future__ import annotations

import gc
import logging
import os

from numba.core import config as numba_settings

from datasynth import encoding
from datasynth.first_compilation import compile_ahead, tell_calls
from datasynth.generation import warm as generation
from datasynth.kernel import nothing_kept, watched


def warm_up() -> None:
    """Make all kernels ready; takes seconds the first time, and well under one afterwards."""
    _run_all()
    # Modules and kernels stay for good; looking through them for garbage again and
    # again would take a tenth of the time that the largest journals are built in.
    gc.freeze()


def _run_all() -> None:
    generation.warm_up()
    encoding.warm_up()


def main() -> None:
    """Compile what is not kept yet, on every processor if that is all."""
    if numba_settings.DISABLE_JIT:  # type: ignore[attr-defined]
        # The child of the branch below.
        tell_calls(_run_all)
        return
    if nothing_kept():
        compile_ahead("datasynth.warm", len(os.sched_getaffinity(0)))
    with watched(logging.getLogger(__name__).log):
        warm_up()


if __name__ == "__main__":
    main()
