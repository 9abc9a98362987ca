"""Template pools: transactions drawn once, dealt to cases for ever.

A template is a whole transaction in minor units: its amounts, and the lines of each
of its documents.  A case takes a template by its number alone, and sums over any
run of cases come from prefix sums over the template pool, which is what lets a close
know its totals without walking through the entries before it.

Templates lie class by class (`CLASSES` of them), because cases of one class that
are posted on one day are consecutive within their class.  Neighbours 2q and
2q + 1 have similar amounts and the same shapes and accounts; dealing adds δ
steps to one and takes them from the other, so that amounts do not repeat while
sums of pairs stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.layout import Lines, bound_steps, write_posting
from datasynth.generation.templates.account_combinations import (
    choose_accounts,
    choose_combinations,
    combinations_of,
)
from datasynth.generation.templates.amounts import VARIED, Amounts, draw_amounts
from datasynth.generation.templates.document_lines import DocumentLines, join, swapped
from datasynth.generation.templates.line_count_profile import (
    LineCountGroup,
    LineCountProfile,
    deal_line_counts,
)
from datasynth.ledger.processes import ExtraLines, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.templates.amounts import Terms
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import CaseKind, Posting, Step

FEWEST_TEMPLATES = 1 << 10
MOST_TEMPLATES = 1 << 13
_TEMPLATES_OF_SMALL = 1 << 11
_TEMPLATES_OF_VALUED = 1 << 8

_MOST_POSTINGS = 64

VARIANTS = 3
"""Rows of a template whose document settles one in foreign currency: no difference, loss, gain."""


@dataclass(frozen=True, slots=True)
class TemplatePool:
    """The templates of one kind of case.

    Attributes
    ----------
    account combinations
        Number of templates; a power of two, a multiple of `CLASSES`.
    jitter : (account combinations,) int64
        Most jitter steps of the template's pair.
    steps
        Rows of each step; `VARIANTS` times as many where it settles.
    """

    templates: int
    jitter: NDArray[np.int64]
    steps: tuple[DocumentLines, ...]

    @property
    def nbytes(self) -> int:
        """What the rows take. [bytes]"""
        return int(self.jitter.nbytes) + sum(rows.nbytes for rows in self.steps)


def template_pool_size(cases: int, *, main: bool, valued: bool) -> int:
    """Return the number of templates for that many cases: few cases need no big template pool.

    Parameters
    ----------
    cases
        Of the kind.
    main
        Whether its documents are a good part of the stream.
    valued
        Whether its amounts are valued at the rates of days; those are summed day by day.
    """
    if valued:
        return _TEMPLATES_OF_VALUED
    wanted = 1 << max(cases - 1, 1).bit_length()
    return min(max(wanted, FEWEST_TEMPLATES), MOST_TEMPLATES if main else _TEMPLATES_OF_SMALL)


class TemplatePoolDraft:
    """A template pool whose amounts are drawn and whose shapes are not yet known.

    Parameters
    ----------
    kind
        Whose transactions.
    terms
        What decides their amounts.
    seed
        Of the configuration.
    account combinations
        How many; see `template_pool_size`.
    regime
        What tells template pools of one kind apart.
    shaped
        How many pairs of templates have shapes; the others, which are never dealt,
        have one line a posting.
    """

    def __init__(
        self,
        kind: CaseKind,
        terms: Terms,
        seed: int,
        templates: int,
        regime: tuple[int | str, ...],
        shaped: int,
    ) -> None:
        self._kind = kind
        self._templates = templates
        self._shaped = shaped
        self._seed = seed
        self._terms = terms
        self._key = make_key(seed, "deck", kind.name, *regime)
        self.amounts: Amounts = draw_amounts(kind, terms, self._key, templates)
        self._groups = [self._group(number) for number in range(len(kind.steps))]

    @property
    def nbytes(self) -> int:
        """What the amounts take. [bytes]"""
        arrays = (*self.amounts.values.values(), *self.amounts.jitter_unit.values())
        held = {id(array): int(array.nbytes) for array in arrays}
        return sum(held.values()) + sum(int(pairs.nbytes) for shaped in self._groups for _, pairs in shaped)

    def groups(self, step: int) -> list[tuple[tuple[int, int], NDArray[np.int64]]]:
        """Return, for each number of postings of both sides, the pairs of templates that have them.

        Documents that take others back, or settle them, have none.
        """
        return self._groups[step]

    def _group(self, number: int) -> list[tuple[tuple[int, int], NDArray[np.int64]]]:
        step = self._kind.steps[number]
        if step.reverses >= 0 or step.currency is Valuation.SETTLES:
            return []
        debits, credits_ = (
            np.add.reduce(self._present(side), axis=1, dtype=np.int64) for side in (step.debit, step.credit)
        )
        both = debits * _MOST_POSTINGS + credits_
        return [
            (divmod(code, _MOST_POSTINGS), np.flatnonzero(both == code))
            for code in np.flatnonzero(np.bincount(both)).tolist()
        ]

    def taxed(self, step: int, documents: int) -> int:
        """Return how many of a step's documents have a line of tax on sales or purchases."""
        postings = (posting for side in self._sides(step) for posting in side)
        names = [posting.amount for posting in postings if posting.pool in {"output_tax", "input_tax"}]
        templates = sum(int(np.count_nonzero(self.amounts.values[name])) for name in names[:1])
        return documents * templates // self._templates

    def build(
        self, chart: Chart, table: LineCountProfile, chances: Sequence[Sequence[NDArray[np.float64]]]
    ) -> TemplatePool:
        """Lay the templates out.

        Parameters
        ----------
        chart
            Whose accounts.
        table
            Shapes of the stream.
        chances
            For each step and each of its groups, how often it has which shape.
        """
        steps: list[DocumentLines] = []
        for number, step in enumerate(self._kind.steps):
            if step.reverses >= 0:
                steps.append(swapped(steps[step.reverses], self._kind.steps[step.reverses]))
            elif step.currency is Valuation.SETTLES:
                steps.append(self._settling(number, step, chart))
            else:
                steps.append(self._rows(number, step, chart, table, chances[number]))
        return TemplatePool(self._templates, self._jitters(steps), tuple(steps))

    def _sides(self, step: int) -> tuple[tuple[Posting, ...], tuple[Posting, ...]]:
        return self._kind.steps[step].debit, self._kind.steps[step].credit

    def _present(self, side: Sequence[Posting]) -> NDArray[np.bool_]:
        """Tell which postings each pair of templates has; both templates of a pair have the same."""
        found = np.empty((self._templates // 2, len(side)), dtype=np.bool_)
        for place, posting in enumerate(side):
            values = self.amounts.values[posting.amount]
            np.logical_and(values[0::2] > 0, values[1::2] > 0, out=found[:, place])
        return found

    def _rows(
        self,
        number: int,
        step: Step,
        chart: Chart,
        table: LineCountProfile,
        chances: Sequence[NDArray[np.float64]],
    ) -> DocumentLines:
        present = np.concatenate([self._present(side) for side in (step.debit, step.credit)], axis=1)
        lines = np.repeat(present.astype(np.int64), 2, axis=0)
        key = make_key(self._key, number)
        main = (0, len(step.debit))
        amounts = [self.amounts.values[side[0].amount] for side in (step.debit, step.credit)]
        least = np.minimum(np.minimum(*amounts)[0::2], np.minimum(*amounts)[1::2])
        for ((debits, credits_), all_pairs), chance in zip(self.groups(number), chances, strict=True):
            pairs = all_pairs[all_pairs < self._shaped]
            group = LineCountGroup(step.extra_lines, debits, credits_, 0)
            most = np.maximum(least[pairs] // self._terms.smallest_line, 1) + debits + credits_ - 1
            shaped = deal_line_counts(table, group, chance, most, make_key(key, "shape", debits, credits_))
            for place, wanted, had in zip(main, shaped, (debits, credits_), strict=True):
                more = np.repeat(wanted - had, 2)
                templates = np.repeat(2 * pairs, 2) + np.tile(np.array([0, 1]), len(pairs))
                lines[templates, place] += more
        return self._lay_out(step, lines, chart, key)

    def _settling(self, number: int, step: Step, chart: Chart) -> DocumentLines:
        """Lay out rows without a difference, with a loss and with a gain."""
        key = make_key(self._key, number)
        parts = []
        for loss, gain in ((0, 0), (1, 0), (0, 1)):
            lines = np.tile(np.array([[1, loss, 1, gain]], dtype=np.int64), (self._templates, 1))
            parts.append(self._lay_out(step, lines, chart, key))
        return join(parts)

    def _lay_out(self, step: Step, table: NDArray[np.int64], chart: Chart, key: int) -> DocumentLines:
        """Write every posting's lines to their places."""
        offsets = np.concatenate([[0], np.add.accumulate(np.add.accumulate(table, axis=1)[:, -1])])
        size = int(offsets[-1])
        account, posting = (np.empty(size, dtype=np.int16) for _ in range(2))
        lines = Lines(account, posting, np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32))
        begin = offsets[:-1].copy()
        postings = (*step.debit, *step.credit)
        combinations = combinations_of(max(len(chart.pools[posting.pool]) for posting in postings))
        combination = np.repeat(choose_combinations(key, self._templates // 2, combinations), 2)
        for number, what in enumerate(postings):
            list_key = make_key(self._seed, "template", step.document_type, number, what.pool)
            write_posting(
                begin,
                table,
                number,
                self.amounts.values[what.amount],
                self.amounts.jitter_unit[what.amount],
                self._terms.least,
                np.uint64(make_key(key, 0 if step.extra_lines is ExtraLines.EQUAL else number, 1)),
                combination,
                choose_accounts(list_key, chart.pools[what.pool], combinations),
                lines,
            )
        debits = np.add.accumulate(table[:, : len(step.debit)], axis=1)[:, -1]
        return DocumentLines(offsets.astype(np.int64), debits.astype(np.int32), *lines)

    def _jitters(self, steps: Sequence[DocumentLines]) -> NDArray[np.int64]:
        """Return by how many jitter steps every line of a template stays above zero."""
        least = np.full(self._templates, np.iinfo(np.int64).max)
        for rows in steps:
            bound_steps(rows.offsets, rows.amount, rows.jitter_unit, VARIED, least)
        least[self.amounts.still] = 0
        least = np.minimum(least, np.int64(1) << 30)
        return np.repeat(np.minimum(least[0::2], least[1::2]), 2)
