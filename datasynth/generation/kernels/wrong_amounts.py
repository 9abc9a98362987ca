"""What is wrong in a wrong document, and how templates are dealt to cases that have one.

Cases of a class with a wrong document, and those without, are dealt its templates apart
from each other: the j-th of either goes through passes of its own.  So the sums of both
are known for any number of cases, and so are those of the wrong documents, which stand in
the same passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.schedule.wrong_documents import thinned
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from datasynth.kernel import Records

AMOUNTS, BANK_ACCOUNT, DOCUMENT_DATE = 1, 2, 3
"""What is wrong in a series' wrong documents; amounts of what clears an item are right.

Wrong amounts are those of other jitter steps, a wrong price or quantity.  Templates without
jitter change places with one another inside their unit: another transaction.
"""

MISTAKEN = np.uint64(0x9F4A7C15D1B54A33)
"""What the key of a pool is changed by for cases that have a wrong document."""

WRONG_JITTER = np.uint64(0xC2B2AE3D27D4EB4F)
"""What that key is changed by for the jitter of wrong amounts."""

POOLED = np.uint64(0xD6E8FEB86659FD93)
"""What the key of a series' draws is changed by for the order in which cases take an amount pool."""


@inlined
def dealt_case(
    key: np.uint64, case: int | np.int64, chance: int | np.int64, phase: int | np.int64
) -> tuple[np.uint64, int]:
    """Return the key and the number by which a case takes its template and its jitter.

    Its company's first case has number 0; see `first_dealt` of `SERIES`.  `chance` and
    `phase` are those of its class; see `THINNING`.
    """
    if chance == 0:
        return key, int(case)
    number, nth = np.int64(case) & (CLASSES - 1), np.int64(case) >> CLASS_BITS
    before = thinned(nth, chance, phase)
    if thinned(nth + 1, chance, phase) == before:
        return key, int(((nth - before) << CLASS_BITS) + number)
    return key ^ MISTAKEN, int((before << CLASS_BITS) + number)


@kernel
def pooled_case(
    key: np.uint64, case: int | np.int64, chance: int | np.int64, phase: int | np.int64, pool_bits: int
) -> np.int64:
    """Return the case of the amount pool whose amount and accounts a case has.

    Cases take those of the pool in passes, as they take templates.  `key` is that of the
    series' draws; for `chance` and `phase` see `dealt_case`.
    """
    order, dealt = dealt_case(key ^ POOLED, case, chance, phase)
    return template_of(order, dealt, pool_bits)


@kernel
def wrong_amounts(
    key: np.uint64,
    dealt: int,
    class_bits: int,
    template: np.int64,
    rings: Records,
    first_ring: int,
) -> tuple[np.int64, np.int64]:
    """Return template and jitter of a wrong document; `template` is the right one.

    `key` and `dealt` are those by which the case takes its template.
    """
    ring = rings[first_ring + template]
    if ring.most == 0:
        return np.int64(ring.next), np.int64(0)
    return template, jitter_of(key ^ WRONG_JITTER, dealt, class_bits, template, rings, first_ring)
