"""Which template a case takes, and the jitter of its amounts."""

from __future__ import annotations

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

ROTATION = np.uint64(0)
JITTER = np.uint64(1)


@kernel
def rotation(key: np.uint64, number: int, cycle: int, class_templates: int) -> np.int64:
    """Return by how much a class's templates are turned in a cycle; even, so that pairs stay together."""
    place = np.uint64(cycle * CLASSES + number)
    # Twice a number below half the templates is even.
    return 2 * np.int64(below(draw(key, place, ROTATION), np.uint64(class_templates >> 1)))


@kernel
def template_of(key: np.uint64, case: int, class_bits: int) -> np.int64:
    """Return the template of a case; ``2 ** class_bits`` is the number of templates of a class."""
    number = case & (CLASSES - 1)
    nth = case >> CLASS_BITS
    class_templates = 1 << class_bits
    # Each cycle goes once through all templates of the class, from another one on.
    turned = nth + rotation(key, number, nth >> class_bits, class_templates)
    return (number << class_bits) + (turned & (class_templates - 1))


@kernel
def jitter_of(key: np.uint64, case: int, largest: int) -> np.int64:
    """Return the jitter steps of a case's amounts: +δ for one case of a pair, -δ for the other."""
    number = case & (CLASSES - 1)
    nth = case >> CLASS_BITS
    # Both cases of a pair draw at one place.
    place = np.uint64((nth >> 1) * CLASSES + number)
    jitter = np.int64(below(draw(key, place, JITTER), np.uint64(2 * largest + 1))) - largest
    return -jitter if nth & 1 else jitter
