"""Wrong documents and their reversals: how many there are, so that types meet the configured rate.

The steps of cases have wrong versions on earlier days, which are reversed before the right
one is posted; see `kernels.wrong_documents`.  They cancel, so they change no sum
but that of the days between.

Of most kinds of case, few classes have wrong documents at each step, and of those a part of
the cases; no class has them at two steps.  Of corrected single documents every one has a
wrong one.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.schedule.wrong_documents import (
    CHANCE_BITS,
    MOST_SOONER,
    PRESENT,
    REVERSAL,
    SHIFTS,
    THINNING,
    WRONG,
    WRONG_CELL,
    WrongTables,
    bound_cells,
    count_wrong,
)
from datasynth.generation.schedule.allocation import exact
from datasynth.generation.schedule.document_series import SeriesKind, range_of
from datasynth.generation.schedule.lags import open_days
from datasynth.ledger.processes import CASE_KINDS, NUMBER_RANGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.kernel import Records

CANCELLING = frozenset({SeriesKind.WRONG, SeriesKind.REVERSAL})
"""Series of documents that cancel in pairs."""

# Classes of a step that have wrong documents, up to a rate and above the last one; with more
# classes, each of them tells less of a case, and wrong documents are longer found.  Our choice;
# cases have up to five steps, which share the classes.
_CLASSES_UPTO = ((0.03, 4), (0.06, 8))
_MOST_CLASSES = 12

_SOONER_DAYS = range(1, MOST_SOONER + 1)
# In a data set of a few days, at most four start for each one.
_LEAST_INSIDE = Fraction(1, 4)
_EVERY = np.arange(CLASSES)

# Fields of draws by series and class.
_ORDER, _SOONER, _LATER, _PHASE = range(4)


def kept_part(config: Config) -> Fraction:
    """Return what part of documents remains as it were without any that are wrong.

    Of n right and w wrong documents, w / (n + w) is the rate; with as many reversals, all come
    to n (1 + rate) / (1 - rate).
    """
    rate = exact(config.transactions.reversal_rate)
    return (1 - rate) / (1 + rate)


def business_days(weights: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """Return the business days around each day; see `WrongTables.business`.

    Parameters
    ----------
    weights : (days,) int64
        Day weights, from the first lead day on.
    size
        Length of the table in days.

    Returns
    -------
    (size, SHIFTS) int32
    """
    business = open_days(weights)
    nth = np.searchsorted(business, np.arange(size))[:, None] + np.arange(SHIFTS) - PRESENT
    found = business[np.clip(nth, 0, len(business) - 1)]
    return np.where(nth < 0, 0, np.minimum(found, size - 1)).astype(np.int32)


class WrongDocuments:
    """The wrong documents of a schedule while it is made.

    Attributes
    ----------
    tables
        What kernels read; `calibrate` fills the chances, and the first and last documents.
    """

    def __init__(
        self,
        config: Config,
        document_series: Sequence[DocumentSeries],
        series: Records,
        weights: Sequence[NDArray[np.int64]],
        size: int,
    ) -> None:
        self._rate = exact(config.transactions.reversal_rate)
        self._seed = config.general.seed
        self._document_series = document_series
        countries = list(dict.fromkeys(company.country for company in config.companies))
        self._country = [countries.index(company.country) for company in config.companies]
        business = np.stack(
            [business_days(weights[self._country.index(number)], size) for number in range(len(countries))]
        )
        windows = series.window.tolist()
        self._previous = {
            (each.case_company, each.case, each.step + 1): windows[at]
            for at, each in enumerate(document_series)
            if each.kind is SeriesKind.CASE
        }
        of_series = np.zeros((len(document_series), 2), dtype=np.int32)
        cells = self._all_cells(windows, of_series)
        thinning = np.zeros((len(config.companies), len(CASE_KINDS), CLASSES), dtype=THINNING)
        self.tables = WrongTables(thinning.view(np.recarray), cells, of_series, business)
        of_cell = [document_series[at] for at in cells.series.tolist()]
        self._type = np.array([each.document_type for each in of_cell], dtype="U2")
        self._corrects = np.array([each.case_kind.corrects >= 0 for each in of_cell], dtype=np.bool_)

    def _all_cells(self, windows: Sequence[int], of_series: NDArray[np.int32]) -> Records:
        """Make the cells of all series, and note which ones each has."""
        members: dict[tuple[int, int], list[int]] = {}
        for at, each in enumerate(self._document_series):
            if each.kind is SeriesKind.CASE:
                place = NUMBER_RANGES.index(range_of(each.kind, each.case, each.step))
                members.setdefault((each.company, place), []).append(at)
        parts = [np.zeros(0, dtype=WRONG_CELL)]
        known: dict[tuple[int, int], tuple[int, int]] = {}
        reached = 0
        for at, each in enumerate(self._document_series):
            if each.kind not in CANCELLING:
                continue
            both = each.company, each.case
            if both not in known:
                made = [self._cells(member, windows[member]) for member in members[both]]
                parts += made
                known[both] = reached, reached + sum(len(part) for part in made)
                reached = known[both][1]
            of_series[at] = known[both]
        return np.concatenate(parts).view(np.recarray)

    def _cells(self, at: int, window: int) -> NDArray[np.void]:
        """Make the cells of a series of cases."""
        series = self._document_series[at]
        kind = series.case_kind
        key = make_key(self._seed, "wrong", series.case_company, kind.name)
        order = np.argsort(draws(key, _EVERY, _ORDER), kind="stable")
        rate = float(self._rate)
        wanted = next((classes for most, classes in _CLASSES_UPTO if rate <= most), _MOST_CLASSES)
        mine = np.sort(order[wanted * series.step : wanted * (series.step + 1)])
        classes = _EVERY if kind.corrects >= 0 else mine
        cells = np.zeros(len(classes), dtype=WRONG_CELL)
        cells["series"], cells["window"], cells["number"] = at, window, classes
        cells["previous"] = self._previous.get((series.case_company, series.case, series.step), -1)
        cells["case_company"], cells["case"] = series.case_company, series.case
        cells["country"] = self._country[series.company]
        cells["chance"] = 1 << CHANCE_BITS
        # What clears an item must find it reopened, on whatever part of the day.
        least = int(series.repeats_amounts or series.step == 0)
        sooner = 1 + least + below(draws(key, classes, _SOONER), MOST_SOONER - least)
        cells["sooner"] = sooner
        cells["later"] = least + below(draws(key, classes, _LATER), sooner - least)
        if kind.corrects < 0:
            cells["phase"] = draws(key, classes, _PHASE) >> np.uint64(64 - CHANCE_BITS)
        return cells

    def calibrate(
        self, before: NDArray[np.int64], starts: NDArray[np.int64], windows: NDArray[np.uint8]
    ) -> None:
        """Give the cases of each document type as many wrong documents as the rate wants.

        Parameters
        ----------
        before : (days + 1, series) int64
            Right documents of each series of cases before each day.
        starts, windows
            See `Schedule`.
        """
        cells = self.tables.cells
        bounds = np.empty((len(cells), 2), dtype=np.int64)
        bound_cells(cells, LEAD_DAYS, starts, windows, self.tables.business, bounds)
        right: Counter[str] = Counter()
        for at, series in enumerate(self._document_series):
            if series.kind is SeriesKind.CASE and series.case_kind.corrects < 0:
                right[series.document_type] += int(before[-1, at])
        cases = np.maximum(bounds[:, 1] - bounds[:, 0], 0)
        for document_type, documents in right.items():
            mine = (self._type == document_type) & ~self._corrects
            possible = int(cases[mine].sum())
            wanted = documents * self._rate / (1 - self._rate)
            chance = round((1 << CHANCE_BITS) * wanted / max(possible, 1))
            cells.chance[mine] = min(max(chance, 1), 1 << CHANCE_BITS)
        # As `thinned`, for all cells at once.
        upto = (bounds * cells.chance[:, None].astype(np.int64) + cells.phase[:, None]) >> CHANCE_BITS
        cells.first, cells.last = upto[:, 0], np.maximum(upto[:, 1], upto[:, 0])
        thinned = self.tables.thinning[cells.case_company, cells.case, cells.number]
        thinned["chance"], thinned["phase"] = cells.chance, cells.phase
        self.tables.thinning[cells.case_company, cells.case, cells.number] = thinned

    def totals(self) -> NDArray[np.int64]:
        """Count the documents of each series of wrong documents or reversals: (series,) int64.

        All of them are posted, and reversed, before the end.
        """
        first, last = self.tables.of_series.T
        cells = self.tables.cells
        upto = np.concatenate([[0], np.cumsum(cells.last - cells.first)])
        found: NDArray[np.int64] = upto[last] - upto[first]
        return found

    def count(
        self, at: int, starts: NDArray[np.int64], windows: NDArray[np.uint8], column: NDArray[np.int64]
    ) -> None:
        """Count the documents of a series of wrong documents or reversals before each day."""
        first, last = self.tables.of_series[at]
        kind = self._document_series[at].kind
        version = WRONG if kind is SeriesKind.WRONG else REVERSAL
        cells = self.tables.cells[first:last].view(np.recarray)
        days = LEAD_DAYS + np.arange(len(column))
        count_wrong(cells, version, days, starts, windows, self.tables.business, column)

    def starts_needed(self, company: int, weights: NDArray[np.int64]) -> Fraction:
        """Return how many corrected single documents start for each whose wrong one is in the data set.

        `weights` are those of the days of start, of which none lies in the lead days.
        """
        business = self.tables.business[self._country[company], LEAD_DAYS]
        upto = np.concatenate([[0], np.cumsum(weights)])
        # A document started on the n-th business day or later can be wrong up to n days before.
        late = [int(upto[min(business[PRESENT + sooner], len(weights))]) for sooner in _SOONER_DAYS]
        lost = Fraction(sum(late), len(late) * int(upto[-1]))
        return 1 / max(1 - lost, _LEAST_INSIDE)
