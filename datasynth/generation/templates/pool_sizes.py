"""How many templates template pools have, so that all together stay within a budget of lines."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.templates.line_count_profile import line_count_profile
from datasynth.generation.templates.pool import VARIANTS, template_pool_size
from datasynth.ledger.line_counts import NATURAL_TAXED
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import LineItems
    from datasynth.ledger.processes import CaseKind, Step

LEAST_TEMPLATES = 2 * CLASSES
"""Templates of a class come in pairs."""

# Template pools may have so many times the lines of the stream, but no fewer and no more
# than these; the usual ones, of up to five tax rates, always fit.
_TIMES_STREAM = 8
_LEAST_BUDGET = 2 << 20
_MOST_BUDGET = 6 << 20
_FEWEST_LINES = 2.0


@dataclass(frozen=True, slots=True)
class TemplatePoolNeed:
    """What a template pool is for.

    Attributes
    ----------
    cases
        That its templates are dealt to, in the company that has most.
    main, valued
        See `template_pool_size`.
    lines
        Expected lines of a template, in all of its documents.
    """

    cases: int
    main: bool
    valued: bool
    lines: float


def line_budget(stream_lines: float) -> int:
    """Return how many lines all template pools of a stream may have.

    Parameters
    ----------
    stream_lines
        Expected lines of all its entries.
    """
    return int(min(max(_TIMES_STREAM * stream_lines, _LEAST_BUDGET), _MOST_BUDGET))


def template_pool_sizes(needs: Sequence[TemplatePoolNeed], budget: int) -> list[int]:
    """Return the number of templates of each template pool; powers of two, at least `LEAST_TEMPLATES`.

    Where the usual sizes exceed the budget, template pools have no more templates than there
    are cases to deal them to; where that is too much still, the largest template pools
    are halved.

    Parameters
    ----------
    needs
        Of each template pool.
    budget
        Lines that all template pools may have, unless none can be any smaller.
    """
    templates = [template_pool_size(need.cases, main=need.main, valued=need.valued) for need in needs]
    if _lines(needs, templates) > budget:
        templates = [min(size, _usable(need.cases)) for size, need in zip(templates, needs, strict=True)]
    total = _lines(needs, templates)
    heaviest = [
        (-need.lines * size, at) for at, (need, size) in enumerate(zip(needs, templates, strict=True))
    ]
    heapq.heapify(heaviest)
    while total > budget and heaviest:
        _, at = heapq.heappop(heaviest)
        if templates[at] > LEAST_TEMPLATES:
            need = needs[at]
            total -= need.lines * dealt_templates(templates[at], need.cases)
            templates[at] //= 2
            total += need.lines * dealt_templates(templates[at], need.cases)
            heapq.heappush(heaviest, (-need.lines * templates[at], at))
    return templates


def dealt_templates(templates: int, cases: int) -> int:
    """Return how many of a template pool's templates may be dealt; these are the first ones.

    While a class has one pair of templates, its first case takes one of them and
    its second the other, so few cases leave the pairs of the last classes alone.
    """
    return min(2 * cases, templates) if templates == LEAST_TEMPLATES else templates


def _usable(cases: int) -> int:
    return max(1 << max(cases - 1, 1).bit_length(), LEAST_TEMPLATES)


def _lines(needs: Sequence[TemplatePoolNeed], templates: Sequence[int]) -> float:
    return sum(
        need.lines * dealt_templates(size, need.cases) for need, size in zip(needs, templates, strict=True)
    )


def mean_lines(line_items: LineItems) -> float:
    """Return how many lines entries should have on average."""
    table = line_count_profile(line_items, NATURAL_TAXED)
    return float(np.add.accumulate(table.lines * table.shares)[-1])


def long_lines(line_items: LineItems, documents: float, fixed: float, fixed_lines: float) -> float:
    """Return the expected lines of documents that are free to have any number.

    They make up for those that have one line a posting.

    Parameters
    ----------
    line_items
        Of the configuration.
    documents, fixed
        Number of all documents, and of those that are not free.
    fixed_lines
        Lines of the latter.
    """
    custom = line_items.custom_distribution
    most = custom[-1][0] if custom else line_items.max_lines
    left = mean_lines(line_items) * documents - fixed_lines
    return min(max(left / max(documents - fixed, 1.0), _FEWEST_LINES), most)


def is_free(step: Step) -> bool:
    """Tell whether documents of a step may have any number of lines."""
    return step.extra_lines is not ExtraLines.NONE or step.reverses >= 0


def step_lines(step: Step, long: float) -> float:
    """Return the expected lines of a template's rows of one step.

    Parameters
    ----------
    step
        Of a case.
    long
        From `long_lines`.
    """
    postings = len(step.debit) + len(step.credit)
    if step.currency is Valuation.SETTLES:
        # Without a difference, with a loss, with a gain.
        return VARIANTS * (postings - 1)
    return max(long, postings) if is_free(step) else postings


def template_lines(kind: CaseKind, long: float) -> float:
    """Return the expected lines of a template of a kind.

    Parameters
    ----------
    kind
        Of cases or single documents.
    long
        From `long_lines`.
    """
    return sum(step_lines(step, long) for step in kind.steps)
