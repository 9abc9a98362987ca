"""Sums of wrong documents and their reversals at any position, and which are not reversed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.balances.wrong_drawn_sums import WrongDrawnSums
from datasynth.generation.balances.wrong_template_sums import WrongTemplateSums, series_ranges
from datasynth.generation.kernels.schedule.counts import CLASS_BITS
from datasynth.generation.kernels.schedule.wrong_counts import count_upto
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG, nth_wrong, thinned
from datasynth.generation.kernels.schedule.wrong_placements import days_of_wrong
from datasynth.generation.kernels.sums.open_items import posted_amount
from datasynth.generation.kernels.sums.wrong_drawn_sums import drawn_item
from datasynth.generation.kernels.sums.wrong_gains import add_gained
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.series_sums import SeriesSums
    from datasynth.generation.balances.wrong_template_sums import SeriesRange
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.sums.wrong_drawn_sums import WrongLines


class OpenDocument(NamedTuple):
    """A wrong document that is not reversed yet: series and case of the right one, and its own day."""

    series: int
    case: int
    day: int


class OpenDocuments:
    """The wrong documents that are not reversed yet at a position.

    Attributes
    ----------
    back, upto : (cells,) int64
        Wrong documents of each cell that are reversed before the position, and those posted.
    """

    def __init__(
        self,
        tables: ScheduleTables,
        ranges: Mapping[int, SeriesRange],
        back: NDArray[np.int64],
        upto: NDArray[np.int64],
    ) -> None:
        self._tables, self._ranges, self.back, self.upto = tables, ranges, back, upto

    def count(self, series: int) -> int:
        """Return how many are of a series of cases."""
        mine = slice(*self._cells(series))
        return int((self.upto[mine] - self.back[mine]).sum())

    def listed(self, series: int, first: int, count: int) -> list[OpenDocument]:
        """Return `count` of those of a series from the `first` on."""
        begin, end = self._cells(series)
        reached = np.add.accumulate(self.upto[begin:end] - self.back[begin:end])
        found = []
        for place in range(first, first + count):
            number = begin + int(np.searchsorted(reached, place, side="right"))
            # From the last one of the cell backwards.
            at = int(self.upto[number]) - (int(reached[number - begin]) - place)
            cell = self._tables.wrong.cells[number]
            case = (int(nth_wrong(at, cell.chance, cell.phase)) << CLASS_BITS) + int(cell.number)
            found.append(self._document(number, case))
        return found

    def of_cases(self, series: int, cases: NDArray[np.int64]) -> list[OpenDocument]:
        """Return those of some cases of a series."""
        found = []
        for number in range(*self._cells(series)):
            cell = self._tables.wrong.cells[number]
            mine = cases[cases & ((1 << CLASS_BITS) - 1) == cell.number]
            for case in mine.tolist():
                place = int(thinned(case >> CLASS_BITS, cell.chance, cell.phase))
                if (
                    self.back[number] <= place < self.upto[number]
                    and nth_wrong(place, cell.chance, cell.phase) == case >> CLASS_BITS
                ):
                    found.append(self._document(number, case))
        return found

    def _cells(self, series: int) -> tuple[int, int]:
        if series not in self._ranges:
            return 0, 0
        _, first, last = self._ranges[series]
        return first, last

    def _document(self, number: int, case: int) -> OpenDocument:
        posted, _, _ = days_of_wrong(number, case, self._tables)
        return OpenDocument(int(self._tables.wrong.cells.series[number]), case, int(posted))


class WrongSums:
    """Sums of wrong documents and reversals by company, account and side.

    Parameters
    ----------
    days
        For each company some days, ascending, with the end of the data set as the last.
        [days from the start]
    followed
        Accounts that are summed day by day.

    Attributes
    ----------
    templates
        Sums of those that copy templates.
    """

    def __init__(
        self,
        tables: ScheduleTables,
        sums: SeriesSums,
        lines: WrongLines,
        days: Sequence[Sequence[int]],
        followed: Iterable[int],
        build: BuildContext,
    ) -> None:
        self._tables, self._sums, self._lines = tables, sums, lines
        kinds = tables.series.kind
        self._at_begin = np.zeros(len(kinds), dtype=np.int64)
        self._members = {
            version: np.flatnonzero(kinds == kind).tolist()
            for version, kind in ((WRONG, SeriesKind.WRONG), (REVERSAL, SeriesKind.REVERSAL))
        }
        reversing = {tuple(tables.wrong.of_series[at]): at for at in self._members[REVERSAL]}
        drawn: list[list[tuple[int, int]]] = [[] for _ in days]
        foreign: list[list[tuple[int, int]]] = [[] for _ in days]
        for at in self._members[WRONG]:
            first, last = tables.wrong.of_series[at]
            members = tables.series[tables.wrong.cells.series[first:last]]
            pair = at, reversing[first, last]
            if (members.distribution >= 0).any():
                drawn[tables.series.company[at]].append(pair)
            if members.valuation.any():
                foreign[tables.series.company[at]].append(pair)
        self._foreign = [np.array(pairs, dtype=np.int64) for pairs in foreign]
        self._ranges = series_ranges(tables)
        self.templates = WrongTemplateSums(tables, self._ranges, sums, lines.mistaken)
        sides = [2 * account + side for account in sorted(followed) for side in (0, 1)]
        self._drawn = WrongDrawnSums(tables, lines, drawn, days, sides, len(lines.mistaken), build)

    def before_days(self, company: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a company's sums before some days, at once for those of its own: (n, 2 * accounts)."""
        found = self.templates.before_days(company, days)
        for place, day in enumerate(days.tolist()):
            if self._drawn.keeps(company, day):
                found[place] += self._drawn.before_day(company, day)
            else:
                found[place] += self._drawn.before_position(company, day, self._counted(day, self._at_begin))
        return found

    def drawn_followed_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what those of drawn amounts post to a followed account and side before any days: (n,)."""
        return self._drawn.followed_before(company, side, days)

    def add_before(self, totals: NDArray[np.int64], day: int, ranks: NDArray[np.int64]) -> None:
        """Add all documents before a position on a day, which `ranks` documents of each series precede.

        `totals` are (companies, 2 * accounts).  [minor units; days from the start]
        """
        counted = self._counted(day, ranks)
        for company in range(len(totals)):
            totals[company] += self.templates.before_position(company, counted)
            totals[company] += self._drawn.before_position(company, day, counted)

    def _counted(self, day: int, ranks: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
        return {version: self._upto(version, day, ranks) for version in (WRONG, REVERSAL)}

    def _upto(self, version: int, day: int, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the documents of each cell before a position; see `add_before`: (cells,)."""
        tables = self._tables
        upto = np.zeros(len(tables.wrong.cells), dtype=np.int64)
        for at in self._members[version]:
            first, last = tables.wrong.of_series[at]
            key = tables.tree.nodes.key[tables.tree.leaf[at]]
            count_upto(at, version, day, int(ranks[at]), key, tables, upto[first:last])
        return upto

    def open_at(self, day: int, ranks: NDArray[np.int64]) -> OpenDocuments:
        """Return the wrong documents that are not reversed before a position; see `add_before`."""
        back, upto = self._upto(REVERSAL, day, ranks), self._upto(WRONG, day, ranks)
        return OpenDocuments(self._tables, self._ranges, back, upto)

    def gained(
        self, company: int, position: tuple[int, NDArray[np.int64]], day: int, signs: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return what open wrong documents gain from when they are posted to a day's rates.

        Parameters
        ----------
        position
            Its day, and how many documents of each series precede it; see `add_before`.
        day
            Day of the rates. [days from the start]
        signs : (series, 2) int64
            By which sign the worth of a series' documents counts; see `add_gained`.

        Returns
        -------
        (2,) int64
            Receivables and payables, debit positive. [minor units of the company's currency]
        """
        found = np.zeros(2, dtype=np.int64)
        if len(pairs := self._foreign[company]):
            add_gained(pairs, *position, day, signs, self._tables, self._lines, found)
        return found

    def posted_to_item(self, document: OpenDocument, posting: int) -> tuple[int, int]:
        """Return what a wrong document posts to an item by one of its postings.

        [minor units of its currency; of the company's]
        """
        if self._sums.draws(document.series):
            total, local = drawn_item(*document, self._tables, self._lines)
            return int(total), int(local)
        series = self._sums.wrong_series(document.series)
        nth, number = document.case >> CLASS_BITS, document.case & ((1 << CLASS_BITS) - 1)
        dealt = (int(thinned(nth, *series.thinning[number])) << CLASS_BITS) + number + series.first_dealt
        keys = series.key, series.jitter_key
        amount = int(posted_amount(dealt, posting, *keys, series, self._sums.lines))
        return amount, amount
