"""Makes number ranges: where each begins to count, and which documents give items their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw, make_key
from datasynth.generation.kernels.schedule.item_numbers import ITEM, MOST_ITEMS
from datasynth.generation.kernels.schedule.number_ranges import RANGE
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import numbered_by_partner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.kernels.schedule.merge_tree import MergeTree
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.merge_tree import SeriesGroups
    from datasynth.kernel import Records

_LEAST, _SPAN = 10_000, 90_000
"""Numbers before the first document: at least so many, and so many more by chance; our choice."""

_OF_COMPANY = 100_000_000
"""Numbers of a company that others see begin this far from those of the next company."""


def make_number_ranges(
    config: Config,
    document_series: Sequence[DocumentSeries],
    tree: MergeTree,
    grouping: SeriesGroups,
    before: NDArray[np.int64],
) -> tuple[Records, NDArray[np.int32]]:
    """Return the records of all number ranges, and the ranges that count on together.

    `before` has the lead days first.  Documents of the lead days have numbers as well, so
    a range begins after them.  What partners number counts together for each company.
    """
    ranges: Records = np.zeros(len(grouping.top), dtype=RANGE).view(np.recarray)
    ranges.top, ranges.ordinary = grouping.top, grouping.ordinary
    ranges.low, ranges.high = tree.nodes.low[grouping.top], tree.nodes.high[grouping.top]
    runs = list(
        zip(tree.nodes.low[grouping.top].tolist(), tree.nodes.high[grouping.top].tolist(), strict=True)
    )
    leaders = [document_series[low] for low, _ in runs]
    early = -np.array([before[0, low:high].sum() for low, high in runs], dtype=np.int64)
    counted: dict[tuple[int, int], list[int]] = {}
    for number, series in enumerate(leaders):
        together = (series.company, -1) if numbered_by_partner(series.range) else (series.company, number)
        counted.setdefault(together, []).append(number)
    peers: list[int] = []
    for members in counted.values():
        ranges.first_peer[members], ranges.peers[members] = len(peers), len(members)
        ranges.start[members] = early[members].sum()
        peers += members
    for number, series in enumerate(leaders):
        if not numbered_by_partner(series.range):
            ranges.start[number] += _start(config, series, "own")
        ranges.order_start[number] = early[number] + _start(config, series, "order")
    return ranges, np.array(peers, dtype=np.int32)


def _start(config: Config, series: DocumentSeries, purpose: str) -> int:
    """Draw where a range begins; numbers of intercompany items differ from company to company."""
    key = make_key(config.general.seed, "number range", purpose, series.range, series.document_type)
    start = _LEAST + ((draw(key, series.company, 0) >> 32) * _SPAN >> 32)
    if series.kind is SeriesKind.CASE and series.case_kind.intercompany:
        start += (series.company + 1) * _OF_COMPANY
    return start


def make_items(document_series: Sequence[DocumentSeries]) -> Records:
    """Return which series numbers each item that a document names: (series, MOST_ITEMS), see `ITEM`."""
    found = np.zeros((len(document_series), MOST_ITEMS), dtype=ITEM)
    found["issuer"] = -1
    place = {
        (series.kind, series.case_company, series.case, series.step): at
        for at, series in enumerate(document_series)
        if series.kind in {SeriesKind.CASE, SeriesKind.SINGLE}
    }
    for at, series in enumerate(document_series):
        if series.kind not in {SeriesKind.CASE, SeriesKind.SINGLE}:
            continue
        case = series.case_kind
        for slot, item in enumerate(series.posted.items):
            step = case.issuer(item)
            found["issuer"][at, slot] = place[series.kind, series.case_company, series.case, step]
            found["order"][at, slot] = case.steps[step].reference != item
            found["by_partner"][at, slot] = numbered_by_partner(item)
    items: Records = found.view(np.recarray)
    return items
