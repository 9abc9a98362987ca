"""Template pools: transactions that are drawn once and used by many cases.

A template is a whole transaction in minor units: its amounts, and the lines of each
of its documents.  The number of a case decides its template, and sums over the pool
give the sum of any run of cases.  A close therefore knows its totals without walking
through the entries before it.

Templates are independent of one another and ordered by lag class, because the cases of
one class that are posted on one day are consecutive within their class.  A case adds
jitter steps to its template; those of a ring of templates sum to nil in every pass, see
`kernels.templates`.  A template knows what its documents post to each account.  How
that is split over several lines is drawn for each case, see `kernels.splits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.columns.splits import NTH_BITS
from datasynth.generation.kernels.layout import (
    PostingAmounts,
    PostingNumbers,
    bound_steps,
    write_posting,
)
from datasynth.generation.templates.account_combinations import (
    LONGEST,
    choose_accounts,
    choose_combinations,
    combinations_of,
)
from datasynth.generation.templates.amounts import JITTER_PART, draw_amounts
from datasynth.generation.templates.document_lines import DocumentLines, empty_lines, join
from datasynth.generation.templates.drawn_amounts import distribution_of, template_parts
from datasynth.generation.templates.line_counts import LineCountGroup, LineCountTable, assign_line_counts
from datasynth.generation.templates.rings import make_rings
from datasynth.generation.templates.shares import TemplateDraws
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.kernels.layout import CombinationTable
    from datasynth.generation.templates.amounts import AmountTerms, TemplateAmounts
    from datasynth.generation.templates.drawn_amounts import AmountDistribution
    from datasynth.kernel import Records
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import CaseKind, Posting, Step

_MOST_POSTINGS = 64

# A jitter is drawn from -_MOST_JITTER to _MOST_JITTER, which must be fewer than 2^32 numbers.
_MOST_JITTER = 1 << 30

# Documents of so many lines never repeat: at least one account has several of their lines, and so many
# that the amounts of these can differ in 2^24 ways, or in 2^12 where jitter makes others differ as well.
_UNIQUE_LINES = 5
_WAYS_BITS, _WAYS_BITS_WITH_JITTER = 24, 12

# A split's number has the step, the posting and the account of the posting.
_STEP_BITS = NTH_BITS + 4

VARIANTS = 3
"""Rows of a template whose document settles one in foreign currency: no difference, loss, gain."""


@dataclass(frozen=True, slots=True)
class TemplatePool:
    """The templates of one kind of case.

    Attributes
    ----------
    templates
        Number of templates; a power of two, a multiple of `CLASSES`.
    rings : (templates,)
        Records of `RING`.
    steps
        Rows of each step, one a template; `VARIANTS` a template where it settles.
    distribution
        Of the amounts that cases draw, if they do; the rows then have parts of them.
    """

    templates: int
    rings: Records
    steps: tuple[DocumentLines, ...]
    distribution: AmountDistribution | None = None

    @property
    def nbytes(self) -> int:
        """Memory of the rows. [bytes]"""
        drawn = 0 if self.distribution is None else self.distribution.nbytes
        return int(self.rings.nbytes) + sum(rows.nbytes for rows in self.steps) + drawn


@dataclass(frozen=True, slots=True)
class DraftSpec:
    """All that the amounts of a template pool depend on; builds with equal ones share the draft.

    Attributes
    ----------
    path
        Distinguishes the draws of pools of one kind.
    templates
        See `template_pool_sizes`.
    """

    kind: CaseKind
    terms: AmountTerms
    seed: int
    path: tuple[int | str, ...]
    templates: int


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
    """Templates (n,) whose documents of a step have the same numbers of postings."""

    debits: int
    credits: int
    templates: NDArray[np.int64]


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
            self.amounts = draw_amounts(spec.kind, spec.terms, TemplateDraws(self._key, spec.templates))
        self.rings = make_rings(self.amounts)
        self.groups = [self._groups(step) for step in spec.kind.steps]

    @property
    def nbytes(self) -> int:
        """Memory of the amounts; names may share an array. [bytes]"""
        arrays = (
            *self.amounts.values.values(),
            *self.amounts.jitter_units.values(),
            self.rings.members,
            self.rings.begin,
            self.rings.of,
            self.rings.following,
        )
        sizes = {id(array): int(array.nbytes) for array in arrays}
        grouped = (group.templates for step in self.groups for group in step)
        return sum(sizes.values()) + sum(int(templates.nbytes) for templates in grouped)

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
            if step.currency is Valuation.SETTLES:
                rows.append(self._settling_rows(number, chart, key))
            else:
                groups = zip(self.groups[number], chances[number], strict=True)
                counts = self._line_counts(step, table, groups, key)
                rows.append(self._write(number, counts, chart, key))
        rings = self.rings.bounded(self._jitters(rows))
        return TemplatePool(self._spec.templates, rings, tuple(rows), self.distribution)

    def _present(self, side: Sequence[Posting]) -> NDArray[np.bool_]:
        """Return which postings each template has, as (templates, postings)."""
        return np.stack([self.amounts.values[posting.amount] > 0 for posting in side], axis=1)

    def _groups(self, step: Step) -> list[PostingGroup]:
        if step.currency is Valuation.SETTLES:
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
        counts = self._present(postings).astype(np.int64)
        first = (0, len(step.debit))
        least = np.minimum(*(self.amounts.values[postings[place].amount] for place in first))
        for (debits, credits_, templates), chances in groups:
            group = LineCountGroup(step.extra_lines, debits, credits_, 0)
            most = np.maximum(least[templates] // self._spec.terms.smallest_line, 1) + debits + credits_ - 1
            lines = assign_line_counts(table, group, chances, most, make_key(key, "shape", debits, credits_))
            for place, wanted, had in zip(first, lines, (debits, credits_), strict=True):
                counts[templates, place] += wanted - had
        return counts

    def _settling_rows(self, number: int, chart: Chart, key: int) -> DocumentLines:
        """Write rows without a difference, with a loss and with a gain."""
        parts = []
        for loss, gain in ((0, 0), (1, 0), (0, 1)):
            counts = np.tile(np.array([[1, loss, 1, gain]], dtype=np.int64), (self._spec.templates, 1))
            parts.append(self._write(number, counts, chart, key))
        return join(parts)

    def _combinations(self, step: Step, chart: Chart) -> list[CombinationTable]:
        """Return the accounts of the combinations of each posting of a step."""
        postings = (*step.debit, *step.credit)
        combinations = combinations_of(max(len(chart.pools[posting.pool]) for posting in postings))
        return [
            choose_accounts(
                make_key(self._spec.seed, "template", step.document_type, number, each.pool),
                chart.pools[each.pool],
                combinations,
            )
            for number, each in enumerate(postings)
        ]

    def _write(self, number: int, counts: NDArray[np.int64], chart: Chart, key: int) -> DocumentLines:
        """Write the lines of a step's documents; `counts` gives their number by template and posting."""
        step = self._spec.kind.steps[number]
        postings = (*step.debit, *step.credit)
        tables = self._combinations(step, chart)
        units = self.amounts.jitter_units
        heads = [
            table.account[:, 0]
            for table, each in zip(tables, postings, strict=True)
            if units[each.amount].any()
        ]
        combination = choose_combinations(key, self.rings.of, len(tables[0].length), heads)
        equal = step.extra_lines is ExtraLines.EQUAL
        lengths = [table.length[combination] for table in tables]
        used = _used_accounts(counts, lengths, self._most_accounts(counts, postings), equal=equal)
        offsets = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int64)
        lines = empty_lines(int(offsets[-1]))
        begin = offsets[:-1].copy()
        for place, (each, table) in enumerate(zip(postings, tables, strict=True)):
            # Sides with equal numbers of lines have the same amounts, line by line.
            shares = 0 if equal else place
            write_posting(
                begin,
                np.ascontiguousarray(counts[:, place]),
                np.ascontiguousarray(used[:, place]),
                PostingNumbers(place, (number << _STEP_BITS) + (shares << NTH_BITS)),
                PostingAmounts(self.amounts.values[each.amount], units[each.amount], self._spec.terms.least),
                np.uint64(make_key(key, shares, 1)),
                combination,
                table,
                lines,
            )
        debits = used[:, : len(step.debit)].sum(axis=1)
        return DocumentLines(offsets, debits.astype(np.int32), *lines)

    def _most_accounts(self, counts: NDArray[np.int64], postings: Sequence[Posting]) -> NDArray[np.int64]:
        """Return how many accounts each posting of each template may use, so that no document repeats.

        An amount on k lines of an account can be split in about (amount / 4)^(k - 1) ways.
        """
        most = np.full_like(counts, LONGEST)
        rows = np.flatnonzero(counts.sum(axis=1) >= _UNIQUE_LINES)
        longest = counts[rows].argmax(axis=1)
        lines = counts[rows, longest]
        totals = np.stack([self.amounts.values[posting.amount][rows] for posting in postings], axis=1)
        total = totals[np.arange(len(rows)), longest]
        wanted = np.where(self.amounts.fixed[rows], _WAYS_BITS, _WAYS_BITS_WITH_JITTER)
        if self._spec.kind.valued:
            # Amounts are drawn, so they are different whatever their split is.
            wanted = np.ones_like(wanted)
        found = np.zeros(len(rows), dtype=np.int64)
        for accounts in range(1, LONGEST + 1):
            # The exponent of the largest power of two in the quotient.
            bits = np.maximum(np.frexp((total // (4 * accounts)).astype(np.float64))[1] - 1, 0)
            found[(lines - accounts) * bits >= wanted] = accounts
        # If one posting cannot do it, all do what they can.
        most[rows[found == 0]] = 1
        most[rows, longest] = np.maximum(found, 1)
        return most

    def _jitters(self, steps: Sequence[DocumentLines]) -> NDArray[np.int64]:
        """Return the most jitter steps with which every line of a template stays above zero."""
        least = np.minimum(self.amounts.most, _MOST_JITTER)
        bounds = JITTER_PART, self._spec.terms.least
        for rows in steps:
            bound_steps(rows.offsets, rows.amount, rows.jitter_unit, rows.parts, bounds, least)
        least[self.amounts.fixed] = 0
        borne: NDArray[np.int64] = np.maximum(least, 0)
        return borne


def _used_accounts(
    counts: NDArray[np.int64],
    lengths: Sequence[NDArray[np.int64]],
    most: NDArray[np.int64],
    *,
    equal: bool,
) -> NDArray[np.int64]:
    """Return how many accounts of its combination each template uses, by posting.

    Parameters
    ----------
    counts : (templates, postings) int64
        Lines of a document.
    lengths
        Accounts (templates,) of the combination of each posting.
    most : (templates, postings) int64
        Most accounts.
    equal
        Whether both sides have one posting each, which use the same number.
    """
    length = np.stack(lengths, axis=1)
    if equal:
        # The side of fewer accounts goes through them again.
        length[:] = length.max(axis=1, keepdims=True)
        most = most.min(axis=1, keepdims=True)
    used: NDArray[np.int64] = np.minimum(np.minimum(counts, length), most)
    return used
