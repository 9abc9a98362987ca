"""What is wrong in a wrong document: its amounts, its bank account or its document date."""

from __future__ import annotations

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES
from datasynth.kernel import kernel

AMOUNTS, BANK_ACCOUNT, DOCUMENT_DATE = 1, 2, 3
"""What is wrong in a series' wrong documents; amounts of what clears an item are right."""

MISTAKE, MISTAKEN = np.uint64(40), np.uint64(41)
"""Fields of draws; see `draw`."""

_SAME = np.uint64(60)
"""So many wrong documents have a wrong price or quantity; the others are another transaction. [percent]"""

_PERCENT = np.uint64(100)
_CHOICES = np.uint64(1 << 16)
# No journal has cases of such numbers, so no document is a copy of a wrong one.
_BEYOND = np.int64(1 << 20)
_FAR_BEYOND = np.int64(1 << 30)


@kernel
def differs_in_jitter(key: np.uint64, case: int) -> bool:
    """Tell whether a case's wrong document has the template of the right one, and other jitter steps."""
    return bool(below(draw(key, np.uint64(case), MISTAKE), _PERCENT) < _SAME)


@kernel
def later_case(key: np.uint64, case: int, class_bits: int) -> int:
    """Return a case of a far later cycle, whose jitter a wrong document with the same template has."""
    cycles = _BEYOND + np.int64(below(draw(key, np.uint64(case), MISTAKEN), _CHOICES))
    return int(case + (cycles << (np.int64(class_bits) + CLASS_BITS)))


@kernel
def other_case(key: np.uint64, case: int) -> int:
    """Return a case of another class, whose template is never that of the right document."""
    bits = draw(key, np.uint64(case), MISTAKEN)
    number = (np.int64(case) + 1 + np.int64(below(bits << np.uint64(32), np.uint64(CLASSES - 1)))) & (
        CLASSES - 1
    )
    return int(((_FAR_BEYOND + np.int64(below(bits, _CHOICES))) << CLASS_BITS) + number)
