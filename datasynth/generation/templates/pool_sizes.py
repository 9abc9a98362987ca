"""How many templates each template pool has, within a budget of lines for all pools."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.generation.elementary import ordered_sum
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.templates.line_counts import line_count_table
from datasynth.generation.templates.pool import VARIANTS
from datasynth.ledger.line_counts import NATURAL_TAXED
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import LineItems
    from datasynth.ledger.processes import CaseKind, Step

LEAST_TEMPLATES = 4 * CLASSES
"""A class has at least a ring of templates."""

FEWEST_TEMPLATES = 1 << 10
MOST_TEMPLATES = 1 << 17
_TEMPLATES_OF_VALUED = 1 << 8

# The budget is a multiple of the journal's lines between two bounds; the usual pools,
# of up to five tax rates, always fit.
_TIMES_STREAM = 8
_LEAST_BUDGET = 2 << 20
_MOST_BUDGET = 3 << 20

# Modes of entering documents of which each is like the one before, and the weight of a kind without others.
_RECURRING_MODES = frozenset({"run", "standing"})
_LEAST_WEIGHT = 0.25

# Lines of a template beyond one a posting, where its documents may have more: their
# accounts, see `account_combinations`.
_EXTRA_ACCOUNTS = 0.7


@dataclass(frozen=True, slots=True)
class TemplatePoolNeed:
    """What decides the size of a template pool.

    Attributes
    ----------
    cases
        Number of cases that use it, of all companies that share it.
    valued
        Whether its amounts are valued at daily rates; those are summed day by day.
    lines
        Expected template lines of its documents.
    weight
        How many of its documents may have many lines; see `weight_of`.
    """

    cases: int
    valued: bool
    lines: float
    weight: float = 1.0

    @property
    def usual_templates(self) -> int:
        """Number of templates without regard to the budget; few cases need few templates."""
        if self.valued:
            return _TEMPLATES_OF_VALUED
        return min(max(_power_of_two(self.cases), FEWEST_TEMPLATES), MOST_TEMPLATES)

    def lines_of(self, templates: int) -> float:
        """Return the expected lines of a pool of this number of templates."""
        return self.lines * templates


def line_budget(stream_lines: float) -> int:
    """Return how many lines all template pools of a journal may have."""
    return int(min(max(_TIMES_STREAM * stream_lines, _LEAST_BUDGET), _MOST_BUDGET))


def template_pool_sizes(needs: Sequence[TemplatePoolNeed], budget: int) -> list[int]:
    """Return the number of templates of each pool: powers of two, at least `LEAST_TEMPLATES`.

    If the usual sizes exceed the budget, no pool has many more templates than cases that
    use them.  If that is still too much, the pools whose templates are used most seldom are
    halved until the lines fit or every pool has its least size.
    """
    sizes = [need.usual_templates for need in needs]
    if _lines(needs, sizes) > budget:
        sizes = [
            min(size, max(_power_of_two(need.cases), LEAST_TEMPLATES))
            for need, size in zip(needs, sizes, strict=True)
        ]
    total = _lines(needs, sizes)
    rarest = [(_passes(need, size), at) for at, (need, size) in enumerate(zip(needs, sizes, strict=True))]
    heapq.heapify(rarest)
    while total > budget and rarest:
        _, at = heapq.heappop(rarest)
        if sizes[at] > LEAST_TEMPLATES:
            total -= needs[at].lines_of(sizes[at])
            sizes[at] //= 2
            total += needs[at].lines_of(sizes[at])
            heapq.heappush(rarest, (_passes(needs[at], sizes[at]), at))
    return sizes


def _power_of_two(cases: int) -> int:
    """Return the least power of two that is at least the number of cases and at least 2."""
    return 1 << max(cases - 1, 1).bit_length()


def _passes(need: TemplatePoolNeed, templates: int) -> float:
    """Return how often a template is used, in proportion to what it takes.

    Pairs of cases with the same template number about the square of the cases over the
    templates.  Halving the pool for which this is least adds the fewest for each line saved.
    """
    return (need.cases / templates) ** 2 * need.weight / need.lines


def _lines(needs: Sequence[TemplatePoolNeed], sizes: Sequence[int]) -> float:
    return sum(need.lines_of(size) for need, size in zip(needs, sizes, strict=True))


def mean_lines(line_items: LineItems) -> float:
    """Return how many lines entries should have on average."""
    table = line_count_table(line_items, NATURAL_TAXED)
    return ordered_sum(table.lines * table.shares)


def is_free(step: Step) -> bool:
    """Tell whether documents of a step may have any number of lines."""
    return step.extra_lines is not ExtraLines.NONE


def weight_of(kind: CaseKind) -> float:
    """Return how many documents of a kind may have many lines, since only these are told apart by them.

    Documents that recur by nature are alike anyway.
    """
    free = sum(is_free(step) for step in kind.steps if step.entry_mode not in _RECURRING_MODES)
    return max(float(free), _LEAST_WEIGHT)


def step_lines(step: Step) -> float:
    """Return the expected lines of a template's rows of one step."""
    postings = len(step.debit) + len(step.credit)
    if step.currency is Valuation.SETTLES:
        # Without a difference, with a loss, with a gain.
        return VARIANTS * (postings - 1)
    return postings + _EXTRA_ACCOUNTS if is_free(step) else postings


def template_lines(kind: CaseKind) -> float:
    """Return the expected lines of a template of a kind."""
    return sum(step_lines(step) for step in kind.steps)
