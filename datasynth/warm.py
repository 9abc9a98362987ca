"""Compiles every kernel, or loads it from the cache; ``python -m datasynth.warm`` does so ahead of time."""

from __future__ import annotations

from datasynth import encoding
from datasynth.generation import warm as generation


def warm_up() -> None:
    """Make all kernels ready; takes seconds the first time, and well under one afterwards."""
    generation.warm_up()
    encoding.warm_up()


if __name__ == "__main__":
    warm_up()
