"""The schedule of a stream: cumulative counts of every leaf, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.plan import Close, plan_closes, weighted_processes
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.counts import CLASSES, count_step
from datasynth.generation.schedule.allocation import apportion, deal, parts_per_million, spread
from datasynth.generation.schedule.day_weights import LEAD_DAYS, Horizon, day_weights
from datasynth.generation.schedule.lags import first_starts, target_days
from datasynth.generation.schedule.leaves import Leaf, LeafKind, make_leaves
from datasynth.generation.schedule.merge_tree import MergeTree, plant
from datasynth.ledger.processes import CHAIN_KINDS, PROCESSES, SINGLE_KINDS, Band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config

# What of a process with chains is left to its single documents, which fill the
# days up; below a quarter the filling no longer evens the days out. [percent]
_SINGLE_PERCENT = 30
_FIXED_POINT = 1 << 32


@dataclass(frozen=True, slots=True)
class Schedule:
    """Counts from which any entry is found.

    Attributes
    ----------
    horizon
        Days of the data set.
    leaves, tree
        What is counted, and how a day's documents are ordered.
    before : (days + 1, leaves) int64
        Documents of each leaf before each day.
    entries_before : (days + 1,) int64
        Entries of all leaves before each day.
    starts : (companies, chain kinds, LEAD_DAYS + days + 1) int64
        Chains started before each day, lead days first.
    windows : (tables, days + 1, CLASSES) int16
        First day of start whose step is not before a day; see `first_starts`.
    leaf_window : (leaves,) int32
        Table of a chain leaf, or -1.
    closes
        The calendar's closes.
    """

    horizon: Horizon
    leaves: tuple[Leaf, ...]
    tree: MergeTree
    before: NDArray[np.int64]
    entries_before: NDArray[np.int64]
    starts: NDArray[np.int64]
    windows: NDArray[np.int16]
    leaf_window: NDArray[np.int32]
    closes: tuple[Close, ...]

    @property
    def total(self) -> int:
        """Number of entries."""
        return int(self.entries_before[-1])


def make_schedule(config: Config) -> Schedule:
    """Schedule a configuration; exact for every `target_count` from 1 on."""
    return _Scheduler(config).schedule()


class _Scheduler:
    """Builds one `Schedule`; its methods are the steps, in order."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._seed = config.general.seed
        self._horizon = Horizon.of(config)
        by_country = {company.country: day_weights(config, company.country) for company in config.companies}
        self._weights = [by_country[company.country] for company in config.companies]
        self._leaves = make_leaves(config)
        weights = config.business_processes
        self._shares = dict(
            zip(
                PROCESSES,
                parts_per_million(
                    (
                        weights.o2c_weight,
                        weights.p2p_weight,
                        weights.r2r_weight,
                        weights.h2r_weight,
                        weights.a2r_weight,
                    )
                ),
                strict=True,
            )
        )

    def schedule(self) -> Schedule:
        entries = self._company_entries()
        closes = tuple(plan_closes(self._config, entries, self._weights))
        windows, leaf_window = self._windows()
        starts = self._starts(entries)
        days = self._horizon.days
        before = np.zeros((days + 1, len(self._leaves)), dtype=np.int64)
        self._count_closes(closes, before)
        for company, total in enumerate(entries):
            mine = [at for at, leaf in enumerate(self._leaves) if leaf.company == company]
            self._count_chains(mine, starts, windows, leaf_window, before)
            while int(before[-1, mine].sum()) > total:
                starts[company] = starts[company] * 7 // 8
                self._count_chains(mine, starts, windows, leaf_window, before)
            self._fill(company, total, mine, before)
        return Schedule(
            self._horizon,
            self._leaves,
            plant(self._leaves, len(Band)),
            before,
            before.sum(axis=1),
            starts,
            windows,
            leaf_window,
            closes,
        )

    def _phase(self, *path: int | str) -> int:
        return make_key(self._seed, "schedule", *path) >> 1

    def _company_entries(self) -> list[int]:
        shares = parts_per_million([company.volume_weight for company in self._config.companies])
        return apportion(
            self._config.transactions.target_count,
            shares,
            self._phase("companies") % sum(shares),
        )

    def _windows(self) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
        """Make the lag tables, one for each country and step."""
        days = np.arange(self._horizon.days + 1, dtype=np.int64) + LEAD_DAYS
        tables: list[NDArray[np.int16]] = []
        place: dict[tuple[str, int, int], int] = {}
        leaf_window = np.full(len(self._leaves), -1, dtype=np.int32)
        for at, leaf in enumerate(self._leaves):
            if leaf.kind is not LeafKind.CHAIN:
                continue
            key = (self._config.companies[leaf.company].country, leaf.chain, leaf.step)
            if key not in place:
                place[key] = len(tables)
                tables.append(self._window(leaf, days))
            leaf_window[at] = place[key]
        return np.stack(tables), leaf_window

    def _window(self, leaf: Leaf, days: NDArray[np.int64]) -> NDArray[np.int16]:
        step = CHAIN_KINDS[leaf.chain].steps[leaf.step]
        weights = self._weights[leaf.company]
        if step.lag[2] == 0:
            return np.repeat(days.astype(np.int16)[:, None], CLASSES, axis=1)
        starting = weights[: LEAD_DAYS + self._horizon.days + 1]
        found = first_starts(target_days(starting, step.lag, leaf.chain * 8 + leaf.step), days)
        # A chain's number counts starts up to the horizon's end, not beyond.
        return np.minimum(found, np.int16(LEAD_DAYS + self._horizon.days))

    def _starts(self, entries: Sequence[int]) -> NDArray[np.int64]:
        """Cumulate the chains of each company and kind over their days of start."""
        days = LEAD_DAYS + self._horizon.days
        wanted = []
        for company, total in enumerate(entries):
            weights = self._weights[company]
            whole = int(weights[:days].cumsum()[-1])
            inside = int(weights[LEAD_DAYS:days].cumsum()[-1])
            for kind in CHAIN_KINDS:
                chained = total * self._shares[kind.process] * (100 - _SINGLE_PERCENT) * whole
                steps = len(kind.steps) * 100 * sum(self._shares.values()) * inside
                wanted.append(Fraction(chained, steps))
        phase = Fraction(self._phase("chains") % _FIXED_POINT, _FIXED_POINT)
        upto = Fraction(0)
        starts = np.empty((len(entries), len(CHAIN_KINDS), days + 1), dtype=np.int64)
        for number, chains in enumerate(wanted):
            company, kind_number = divmod(number, len(CHAIN_KINDS))
            count = int(upto + chains + phase) - int(upto + phase)
            upto += chains
            starts[company, kind_number] = spread(
                count,
                self._weights[company][:days],
                self._phase("starts", company, kind_number),
            )
        return starts

    def _count_closes(self, closes: Sequence[Close], before: NDArray[np.int64]) -> None:
        place = {
            (leaf.company, leaf.document_type): at
            for at, leaf in enumerate(self._leaves)
            if leaf.kind is LeafKind.CLOSE
        }
        for close in closes:
            for day, document_type in close.documents():
                before[day + 1, place[close.company, document_type]] += 1
        np.add.accumulate(before, axis=0, out=before)

    def _count_chains(
        self,
        mine: Sequence[int],
        starts: NDArray[np.int64],
        windows: NDArray[np.int16],
        leaf_window: NDArray[np.int32],
        before: NDArray[np.int64],
    ) -> None:
        for at in mine:
            leaf = self._leaves[at]
            if leaf.kind is LeafKind.CHAIN:
                column = np.empty(len(before), dtype=np.int64)
                count_step(starts[leaf.company, leaf.chain], windows[leaf_window[at]], column)
                before[:, at] = column - column[0]

    def _fill(self, company: int, total: int, mine: Sequence[int], before: NDArray[np.int64]) -> None:
        """Fill the company's days up with single documents."""
        taken = before[:, mine].sum(axis=1)
        weights = self._weights[company][LEAD_DAYS:-LEAD_DAYS]
        due = spread(total, weights, self._phase("days", company))
        missing = np.maximum.accumulate(np.maximum(due - taken, 0))
        singles = total - int(taken[-1])
        upto = np.minimum(missing, singles)
        totals = self._single_totals(company, singles, total, mine, before)
        phases = [self._phase("singles", company, number) for number in range(len(totals))]
        dealt = deal(upto, totals, phases)
        for at in mine:
            leaf = self._leaves[at]
            if leaf.kind is LeafKind.SINGLE:
                before[:, at] = dealt[:, leaf.chain]

    def _single_totals(
        self,
        company: int,
        singles: int,
        total: int,
        mine: Sequence[int],
        before: NDArray[np.int64],
    ) -> list[int]:
        """Return how many single documents of each kind there are."""
        due = dict(zip(self._shares, self._due(company, total), strict=True))
        for at in mine:
            leaf = self._leaves[at]
            if leaf.kind is LeafKind.CHAIN:
                due[leaf.chain_kind.process] -= int(before[-1, at])
            elif leaf.kind is LeafKind.CLOSE:
                due["R2R"] -= int(before[-1, at])
        possible = weighted_processes(self._config)
        shares = [round(kind.share * 1_000) * max(due[kind.process], 0) for kind in SINGLE_KINDS]
        if not any(shares):
            shares = [int(kind.process in possible) for kind in SINGLE_KINDS]
        return apportion(singles, shares, self._phase("single kinds", company) % sum(shares))

    def _due(self, company: int, total: int) -> list[int]:
        shares = list(self._shares.values())
        return apportion(total, shares, self._phase("processes", company) % sum(shares))
