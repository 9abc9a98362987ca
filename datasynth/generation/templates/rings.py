"""Rings: templates of like size whose jitters sum to nil in every pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASS_BITS
from datasynth.generation.kernels.templates import RING, unit_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.templates.amounts import TemplateAmounts
    from datasynth.kernel import Records

_USUAL_SIZE = 4
_ALONE = -1


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of the templates of a pool.

    Attributes
    ----------
    members : (templates,) int64
        All templates, those of a ring together.
    begin : (rings,) int64
        Place of the first template of each ring in `members`.
    of : (templates,) int64
        Ring of each template.
    following : (templates,) int64
        The next template of the ring; after the last comes the first.
    unit : (templates,) int64
        Unit of each template.
    """

    members: NDArray[np.int64]
    begin: NDArray[np.int64]
    of: NDArray[np.int64]
    following: NDArray[np.int64]
    unit: NDArray[np.int64]

    def bounded(self, most: NDArray[np.int64]) -> Records:
        """Return the `RING` of each template; a ring varies by what all of its templates bear.

        `most` (templates,) are the jitter steps that each template bears.
        """
        records: Records = np.empty(len(self.of), dtype=RING).view(np.recarray)
        records.most = np.minimum.reduceat(most[self.members], self.begin)[self.of]
        # One template alone has its own number less its own number.
        records.most[self.following == np.arange(len(self.of))] = 0
        records.next = self.following
        still = self.members[records.most[self.members] == 0]
        records.next[still] = still[_following(self.unit[still])]
        return records


def make_rings(amounts: TemplateAmounts) -> Rings:
    """Join templates of one unit, of like jitter units and of neighbouring sizes, in rings.

    A ring has three to five templates, or fewer where a unit has no more alike.  Those
    without jitter are alone.
    """
    templates = len(amounts.size)
    class_bits = templates.bit_length() - 1 - CLASS_BITS
    unit = np.arange(templates, dtype=np.int64) >> unit_bits(class_bits)
    alike = np.where(amounts.fixed, _ALONE, amounts.alike)
    members = np.lexsort((amounts.size, alike, unit))
    # Runs of templates that can share a ring are cut into rings of about the same size.
    changed = (np.diff(unit[members]) != 0) | (np.diff(alike[members]) != 0)
    run_begin = np.concatenate([[0], np.flatnonzero(changed) + 1])
    size = np.diff(run_begin, append=templates)
    run = np.repeat(np.arange(len(size)), size)
    rings = np.where(alike[members][run_begin] == _ALONE, size, np.maximum((size + 2) // _USUAL_SIZE, 1))
    place = np.arange(templates) - run_begin[run]
    ring = place * rings[run] // size[run]
    first = np.concatenate([[True], (np.diff(run) != 0) | (np.diff(ring) != 0)])
    of_place = np.add.accumulate(first.astype(np.int64)) - 1
    of, following = np.empty(templates, dtype=np.int64), np.empty(templates, dtype=np.int64)
    of[members], following[members] = of_place, members[_following(of_place)]
    return Rings(members, np.flatnonzero(first), of, following, unit)


def _following(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the next place of each place's group, the first one after the last: (n,) int64.

    Places of a group stand together.
    """
    begin = np.flatnonzero(np.concatenate([[True], np.diff(group) != 0]))
    size = np.diff(begin, append=len(group))
    first, last = np.repeat(begin, size), np.repeat(begin + size, size)
    following = np.arange(len(group)) + 1
    return np.where(following == last, first, following)
