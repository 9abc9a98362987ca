"""Template pools: transactions that are drawn once and used by many cases.

A template is a whole transaction in minor units: its amounts, and the lines of each
of its documents.  The number of a case decides its template, and prefix sums over
the pool give the sum of any run of cases.  A close therefore knows its totals
without walking through the entries before it.

Templates are ordered by lag class, because the cases of one class that are posted on
one day are consecutive within their class.  The templates 2q and 2q + 1 are a pair:
they have similar amounts and the same shapes and accounts.  A case adds jitter steps
to its template and the neighbouring case subtracts as many from the other one, so
amounts do not repeat while the sums of pairs stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.layout import (
    PostingAmounts,
    TemplateLineColumns,
    bound_steps,
    write_posting,
)
from datasynth.generation.templates.account_combinations import (
    choose_accounts,
    choose_combinations,
    combinations_of,
)
from datasynth.generation.templates.amounts import JITTER_PART, draw_amounts
from datasynth.generation.templates.document_lines import DocumentLines, join, swapped
from datasynth.generation.templates.drawn_amounts import distribution_of, template_parts
from datasynth.generation.templates.line_counts import LineCountGroup, LineCountTable, assign_line_counts
from datasynth.generation.templates.shares import PairDraws
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.templates.amounts import AmountTerms, TemplateAmounts
    from datasynth.generation.templates.drawn_amounts import AmountDistribution
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import CaseKind, Posting, Step

_MOST_POSTINGS = 64

# A jitter is drawn from -_MOST_JITTER to _MOST_JITTER, which must be fewer than 2^32 numbers.
_MOST_JITTER = 1 << 30

VARIANTS = 3
"""Rows of a template whose document settles one in foreign currency: no difference, loss, gain."""


@dataclass(frozen=True, slots=True)
class TemplatePool:
    """The templates of one kind of case.

    Attributes
    ----------
    templates
        Number of templates; a power of two, a multiple of `CLASSES`.
    jitter : (templates,) int64
        Most jitter steps of each template, the same for both of a pair.
    steps
        Rows of each step, one a template; `VARIANTS` a template where it settles.
    distribution
        Of the amounts that cases draw, if they do; the rows then have parts of them.
    """

    templates: int
    jitter: NDArray[np.int64]
    steps: tuple[DocumentLines, ...]
    distribution: AmountDistribution | None = None

    @property
    def nbytes(self) -> int:
        """Memory of the rows. [bytes]"""
        drawn = 0 if self.distribution is None else self.distribution.nbytes
        return int(self.jitter.nbytes) + sum(rows.nbytes for rows in self.steps) + drawn


@dataclass(frozen=True, slots=True)
class DraftSpec:
    """All that the amounts of a template pool depend on; builds with equal ones share the draft.

    Attributes
    ----------
    path
        Distinguishes the draws of pools of one kind.
    templates
        See `template_pool_sizes`.
    shaped
        Number of pairs that have shapes; no case uses the others, which have one line
        a posting.
    """

    kind: CaseKind
    terms: AmountTerms
    seed: int
    path: tuple[int | str, ...]
    templates: int
    shaped: int


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """All that the rows of a template pool depend on; builds with equal ones share the pool.

    Attributes
    ----------
    complexity
        Of the chart of accounts.
    table, chances
        The shapes of the journal's documents and how often each group has each, as bytes.
    """

    draft: DraftSpec
    complexity: str
    table: bytes
    chances: bytes

    def size_of(self, template_pool: TemplatePool) -> int:
        """Memory of the rows and of this record. [bytes]"""
        return template_pool.nbytes + len(self.table) + len(self.chances)


class PostingGroup(NamedTuple):
    """Pairs of templates (n,) whose documents of a step have the same numbers of postings."""

    debits: int
    credits: int
    pairs: NDArray[np.int64]


class TemplatePoolDraft:
    """A template pool whose amounts are drawn and whose shapes are not yet known.

    `groups` has the templates of each step by their postings; steps that reverse or settle
    others have no groups.
    """

    def __init__(self, spec: DraftSpec) -> None:
        self._spec = spec
        self._key = make_key(spec.seed, "deck", spec.kind.name, *spec.path)
        self.distribution: AmountDistribution | None = None
        self.amounts: TemplateAmounts
        if spec.kind.valued:
            self.distribution = distribution_of(spec.kind, spec.terms)
            self.amounts = template_parts(spec.kind, spec.terms, spec.templates)
        else:
            self.amounts = draw_amounts(spec.kind, spec.terms, PairDraws(self._key, spec.templates))
        self.groups = [self._groups(step) for step in spec.kind.steps]

    @property
    def nbytes(self) -> int:
        """Memory of the amounts; names may share an array. [bytes]"""
        arrays = (*self.amounts.values.values(), *self.amounts.jitter_units.values())
        sizes = {id(array): int(array.nbytes) for array in arrays}
        return sum(sizes.values()) + sum(int(group.pairs.nbytes) for step in self.groups for group in step)

    def taxed(self, step: int, documents: int) -> int:
        """Return how many of a step's documents have a line of tax on sales or purchases."""
        taxable = self._spec.kind.steps[step]
        for posting in (*taxable.debit, *taxable.credit):
            if posting.pool in {"output_tax", "input_tax"}:
                templates = int(np.count_nonzero(self.amounts.values[posting.amount]))
                return documents * templates // self._spec.templates
        return 0

    def build(
        self, chart: Chart, table: LineCountTable, chances: Sequence[Sequence[NDArray[np.float64]]]
    ) -> TemplatePool:
        """Write the lines of all documents.

        `chances` says for each step and each of its groups how often it has each shape.
        """
        rows: list[DocumentLines] = []
        for number, step in enumerate(self._spec.kind.steps):
            key = make_key(self._key, number)
            if step.reverses >= 0:
                rows.append(swapped(rows[step.reverses], self._spec.kind.steps[step.reverses]))
            elif step.currency is Valuation.SETTLES:
                rows.append(self._settling_rows(step, chart, key))
            else:
                groups = zip(self.groups[number], chances[number], strict=True)
                counts = self._line_counts(step, table, groups, key)
                rows.append(self._write(step, counts, chart, key))
        return TemplatePool(self._spec.templates, self._jitters(rows), tuple(rows), self.distribution)

    def _present(self, side: Sequence[Posting]) -> NDArray[np.bool_]:
        """Return which postings each pair of templates has, as (pairs, postings)."""
        present = np.empty((self._spec.templates // 2, len(side)), dtype=np.bool_)
        for place, posting in enumerate(side):
            values = self.amounts.values[posting.amount]
            np.logical_and(values[0::2] > 0, values[1::2] > 0, out=present[:, place])
        return present

    def _groups(self, step: Step) -> list[PostingGroup]:
        if step.reverses >= 0 or step.currency is Valuation.SETTLES:
            return []
        debits, credits_ = (
            np.add.reduce(self._present(side), axis=1, dtype=np.int64) for side in (step.debit, step.credit)
        )
        both = debits * _MOST_POSTINGS + credits_
        return [
            PostingGroup(*divmod(code, _MOST_POSTINGS), np.flatnonzero(both == code))
            for code in np.flatnonzero(np.bincount(both)).tolist()
        ]

    def _line_counts(
        self,
        step: Step,
        table: LineCountTable,
        groups: Iterable[tuple[PostingGroup, NDArray[np.float64]]],
        key: int,
    ) -> NDArray[np.int64]:
        """Return each template's lines by posting; extra lines go to the first posting of a side."""
        postings = (*step.debit, *step.credit)
        counts = np.repeat(self._present(postings).astype(np.int64), 2, axis=0)
        first = (0, len(step.debit))
        amounts = [self.amounts.values[postings[place].amount] for place in first]
        least = np.minimum(*amounts).reshape(-1, 2).min(axis=1)
        for (debits, credits_, all_pairs), chances in groups:
            pairs = all_pairs[all_pairs < self._spec.shaped]
            group = LineCountGroup(step.extra_lines, debits, credits_, 0)
            most = np.maximum(least[pairs] // self._spec.terms.smallest_line, 1) + debits + credits_ - 1
            lines = assign_line_counts(table, group, chances, most, make_key(key, "shape", debits, credits_))
            templates = np.repeat(2 * pairs, 2) + np.tile(np.array([0, 1]), len(pairs))
            for place, wanted, had in zip(first, lines, (debits, credits_), strict=True):
                counts[templates, place] += np.repeat(wanted - had, 2)
        return counts

    def _settling_rows(self, step: Step, chart: Chart, key: int) -> DocumentLines:
        """Write rows without a difference, with a loss and with a gain."""
        parts = []
        for loss, gain in ((0, 0), (1, 0), (0, 1)):
            counts = np.tile(np.array([[1, loss, 1, gain]], dtype=np.int64), (self._spec.templates, 1))
            parts.append(self._write(step, counts, chart, key))
        return join(parts)

    def _write(self, step: Step, counts: NDArray[np.int64], chart: Chart, key: int) -> DocumentLines:
        """Write the lines of a step's documents; `counts` gives their number by template and posting."""
        offsets = np.concatenate([[0], np.cumsum(counts.sum(axis=1))])
        size = int(offsets[-1])
        account, posting = (np.empty(size, dtype=np.int16) for _ in range(2))
        lines = TemplateLineColumns(
            account, posting, np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32)
        )
        begin = offsets[:-1].copy()
        postings = (*step.debit, *step.credit)
        combinations = combinations_of(max(len(chart.pools[posting.pool]) for posting in postings))
        combination = np.repeat(choose_combinations(key, self._spec.templates // 2, combinations), 2)
        for number, each in enumerate(postings):
            # Sides with equal numbers of lines have the same amounts, line by line.
            shares = 0 if step.extra_lines is ExtraLines.EQUAL else number
            accounts_key = make_key(self._spec.seed, "template", step.document_type, number, each.pool)
            write_posting(
                begin,
                np.ascontiguousarray(counts[:, number]),
                number,
                PostingAmounts(
                    self.amounts.values[each.amount],
                    self.amounts.jitter_units[each.amount],
                    self._spec.terms.least,
                ),
                np.uint64(make_key(key, shares, 1)),
                combination,
                choose_accounts(accounts_key, chart.pools[each.pool], combinations),
                lines,
            )
        debits = counts[:, : len(step.debit)].sum(axis=1)
        return DocumentLines(offsets.astype(np.int64), debits.astype(np.int32), *lines)

    def _jitters(self, steps: Sequence[DocumentLines]) -> NDArray[np.int64]:
        """Return the most jitter steps with which every line of a template stays above zero."""
        least = np.full(self._spec.templates, _MOST_JITTER)
        for rows in steps:
            bound_steps(rows.offsets, rows.amount, rows.jitter_unit, JITTER_PART, least)
        least[self.amounts.fixed] = 0
        return np.repeat(least.reshape(-1, 2).min(axis=1), 2)
