"""How many templates each template pool has, within a budget of lines for all pools."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.generation.elementary import ordered_sum
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.templates.line_counts import line_count_table
from datasynth.generation.templates.pool import VARIANTS
from datasynth.ledger.line_counts import NATURAL_TAXED
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import LineItems
    from datasynth.ledger.processes import CaseKind, Step

LEAST_TEMPLATES = 2 * CLASSES
"""Templates of a class come in pairs."""

FEWEST_TEMPLATES = 1 << 10
MOST_TEMPLATES = 1 << 13
_TEMPLATES_OF_SMALL = 1 << 11
_TEMPLATES_OF_VALUED = 1 << 8

# The budget is a multiple of the journal's lines between two bounds; the usual pools,
# of up to five tax rates, always fit.
_TIMES_STREAM = 8
_LEAST_BUDGET = 2 << 20
_MOST_BUDGET = 6 << 20
_FEWEST_LINES = 2.0


@dataclass(frozen=True, slots=True)
class TemplatePoolNeed:
    """What decides the size of a template pool.

    Attributes
    ----------
    cases
        Number of cases that use it, in the company that has most.
    main
        Whether its documents are a good part of the journal.
    valued
        Whether its amounts are valued at daily rates; those are summed day by day.
    lines
        Expected lines of a template, in all of its documents.
    """

    cases: int
    main: bool
    valued: bool
    lines: float

    @property
    def usual_templates(self) -> int:
        """Number of templates without regard to the budget; few cases need few templates."""
        if self.valued:
            return _TEMPLATES_OF_VALUED
        most = MOST_TEMPLATES if self.main else _TEMPLATES_OF_SMALL
        return min(max(_power_of_two(self.cases), FEWEST_TEMPLATES), most)

    def lines_of(self, templates: int) -> float:
        """Return the expected lines of a pool of this number of templates."""
        return self.lines * used_templates(templates, self.cases)


def line_budget(stream_lines: float) -> int:
    """Return how many lines all template pools of a journal may have."""
    return int(min(max(_TIMES_STREAM * stream_lines, _LEAST_BUDGET), _MOST_BUDGET))


def template_pool_sizes(needs: Sequence[TemplatePoolNeed], budget: int) -> list[int]:
    """Return the number of templates of each pool: powers of two, at least `LEAST_TEMPLATES`.

    If the usual sizes exceed the budget, no pool has more templates than cases that use
    them.  If that is still too much, the largest pools are halved until the lines fit
    or every pool has its least size.
    """
    sizes = [need.usual_templates for need in needs]
    if _lines(needs, sizes) > budget:
        sizes = [
            min(size, max(_power_of_two(need.cases), LEAST_TEMPLATES))
            for need, size in zip(needs, sizes, strict=True)
        ]
    total = _lines(needs, sizes)
    heaviest = [(-need.lines * size, at) for at, (need, size) in enumerate(zip(needs, sizes, strict=True))]
    heapq.heapify(heaviest)
    while total > budget and heaviest:
        _, at = heapq.heappop(heaviest)
        if sizes[at] > LEAST_TEMPLATES:
            total -= needs[at].lines_of(sizes[at])
            sizes[at] //= 2
            total += needs[at].lines_of(sizes[at])
            heapq.heappush(heaviest, (-needs[at].lines * sizes[at], at))
    return sizes


def used_templates(templates: int, cases: int) -> int:
    """Return how many templates cases can use; these are the first ones of the pool.

    If a class has a single pair of templates, its first case uses one of them and its
    second the other, so few cases do not reach the pairs of the last classes.
    """
    return min(2 * cases, templates) if templates == LEAST_TEMPLATES else templates


def _power_of_two(cases: int) -> int:
    """Return the least power of two that is at least the number of cases and at least 2."""
    return 1 << max(cases - 1, 1).bit_length()


def _lines(needs: Sequence[TemplatePoolNeed], sizes: Sequence[int]) -> float:
    return sum(need.lines_of(size) for need, size in zip(needs, sizes, strict=True))


def mean_lines(line_items: LineItems) -> float:
    """Return how many lines entries should have on average."""
    table = line_count_table(line_items, NATURAL_TAXED)
    return ordered_sum(table.lines * table.shares)


def long_lines(line_items: LineItems, documents: float, fixed: float, fixed_lines: float) -> float:
    """Return the expected lines of a document that may have any number of lines.

    These documents make up for the `fixed` ones of all `documents`, which have one line
    a posting and `fixed_lines` together.
    """
    custom = line_items.custom_distribution
    most = custom[-1][0] if custom else line_items.max_lines
    left = mean_lines(line_items) * documents - fixed_lines
    return min(max(left / max(documents - fixed, 1.0), _FEWEST_LINES), most)


def is_free(step: Step) -> bool:
    """Tell whether documents of a step may have any number of lines."""
    return step.extra_lines is not ExtraLines.NONE or step.reverses >= 0


def step_lines(step: Step, long: float) -> float:
    """Return the expected lines of a template's rows of one step; `long` is from `long_lines`."""
    postings = len(step.debit) + len(step.credit)
    if step.currency is Valuation.SETTLES:
        # Without a difference, with a loss, with a gain.
        return VARIANTS * (postings - 1)
    return max(long, postings) if is_free(step) else postings


def template_lines(kind: CaseKind, long: float) -> float:
    """Return the expected lines of a template of a kind; `long` is from `long_lines`."""
    return sum(step_lines(step, long) for step in kind.steps)
