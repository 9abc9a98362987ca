"""From an entry's number to its series, its case and its document number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

CASE = 0


@kernel
def find_day(entries_before: NDArray[np.int64], sequence: int) -> int:
    """Return the day of an entry, or of a case's start, by binary search in how many come before each."""
    low = 0
    high = len(entries_before) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if entries_before[middle] <= sequence:
            low = middle
        else:
            high = middle
    return low


@kernel
def open_day(
    day: int,
    position: int,
    day_key: np.uint64,
    before: NDArray[np.int64],
    year_start: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    series: NDArray[np.int32],
    roots: NDArray[np.int32],
    series_group: NDArray[np.int32],
    numbered: NDArray[np.int32],
    group: NDArray[np.int32],
    count: NDArray[np.int64],
    seen: NDArray[np.int64],
    rest: NDArray[np.int64],
    group_base: NDArray[np.int64],
    passed: NDArray[np.int64],
) -> None:
    """Bring every node to a position inside a day; two turns a node, up and down the trees.

    Parameters
    ----------
    day, position
        The day, and how many of its entries are already past.
    day_key, before, year_start, left, right, series, roots, series_group, numbered, group
        As for `fill_placements`.
    count, seen, rest : (nodes,) int64
        Outputs: documents of the day, how many of them are past, and the remainder
        of the merge there: ``(seen * count of the left + phase) mod count``.
    group_base : (groups,) int64
        Output: documents of the fiscal year that come before the group's of the day.
    passed : (groups,) int64
        Scratch.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    for node in range(len(left)):
        if series[node] >= 0:
            count[node] = before[day + 1, series[node]] - before[day, series[node]]
        else:
            count[node] = count[left[node]] + count[right[node]]
    for day_part in range(len(roots)):
        if roots[day_part] >= 0:
            seen[roots[day_part]] = min(max(position, 0), count[roots[day_part]])
            position -= count[roots[day_part]]
    for node in range(len(left) - 1, -1, -1):
        if series[node] >= 0:
            continue
        taken = np.int64(0)
        rest[node] = 0
        if count[node] > 0:
            bits = draw(day_key, np.uint64(day), np.uint64(node))
            reached = np.int64(below(bits, np.uint64(count[node])))
            if seen[node] > 0:
                reached += seen[node] * count[left[node]]
                taken = reached // count[node]
            rest[node] = reached - taken * count[node]
        seen[left[node]] = taken
        seen[right[node]] = seen[node] - taken
    for place in range(len(passed)):
        passed[place] = 0
    for at in range(len(series_group)):
        passed[numbered[series_group[at]]] += before[day, at] - before[year_start[day], at]
    # Groups are numbered in the order of their day_parts.
    for place in range(len(group_base)):
        group_base[place] = 0
    for node in range(len(group)):
        if group[node] >= 0:
            group_base[group[node]] = count[node]
    for place in range(len(group_base)):
        today = group_base[place]
        group_base[place] = passed[numbered[place]]
        passed[numbered[place]] += today


@kernel
def fill_cells(
    day: int, starts: NDArray[np.int64], window: NDArray[np.uint8], upto: NDArray[np.int64]
) -> None:
    """Cumulate a step's documents of a day by class; one turn is one class."""
    upto[0] = 0
    for number in range(CLASSES):
        later = of_class(starts[first_start(window, LEAD_DAYS + day + 1, number)], number)
        earlier = of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)
        upto[number + 1] = upto[number] + later - earlier


@kernel
def find_class(rank: int, upto: NDArray[np.int64]) -> int:
    """Return the class of a step's document of a given rank on a day, by binary search."""
    low = 0
    high = CLASSES
    while high - low > 1:
        middle = (low + high) >> 1
        if upto[middle] <= rank:
            low = middle
        else:
            high = middle
    return low


@kernel
def fill_placements(
    first: int,
    day_key: np.uint64,
    entries_before: NDArray[np.int64],
    before: NDArray[np.int64],
    year_start: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    series: NDArray[np.int32],
    group: NDArray[np.int32],
    roots: NDArray[np.int32],
    series_group: NDArray[np.int32],
    numbered: NDArray[np.int32],
    series_kind: NDArray[np.int8],
    series_case_company: NDArray[np.int16],
    series_case: NDArray[np.int8],
    series_window: NDArray[np.int32],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    count: NDArray[np.int64],
    seen: NDArray[np.int64],
    rest: NDArray[np.int64],
    group_base: NDArray[np.int64],
    passed: NDArray[np.int64],
    cells: NDArray[np.int64],
    cell_day: NDArray[np.int32],
    cell_class: NDArray[np.int32],
    out_day: NDArray[np.int32],
    out_series: NDArray[np.int32],
    out_number: NDArray[np.int64],
    out_document_number: NDArray[np.int64],
    out_slot: NDArray[np.int64],
    out_slots: NDArray[np.int64],
) -> None:
    """Locate a run of entries; one turn is one entry, from its slot down the merge tree.

    Every node remembers how many of its documents are past and the remainder of
    its merge, so a step down the tree is an addition and a comparison.

    Parameters
    ----------
    first
        Sequence number of the first entry; as many as the outputs hold.
    day_key
        Key of the merge phases.
    entries_before, before, series_window, starts, windows
        See `Schedule`.
    year_start : (days,) int32
        First day, within the data set, of each day's fiscal year.
    left, right, series, group, roots, series_group, numbered
        See `MergeTree`.
    series_kind, series_case_company, series_case : (series,)
        `SeriesKind`, company and kind of the cases of each series.
    count, seen, rest, group_base, passed
        Scratch of `open_day`.
    cells, cell_day, cell_class
        Scratch: (series, CLASSES + 1), (series,) all -1, and (series,).
    out_day, out_series : (n,) int32
        Day from the start, and series.
    out_number, out_document_number : (n,) int64
        Case number (for closes, place among the series' documents), document number.
    out_slot, out_slots : (n,) int64
        Place in the day part of the day, and how many documents the day part has.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    day = find_day(entries_before, first)
    position = first - entries_before[day]
    stale = True
    for entry in range(len(out_day)):
        while first + entry >= entries_before[day + 1]:
            day += 1
            position = 0
            stale = True
        if stale:
            open_day(
                day,
                position,
                day_key,
                before,
                year_start,
                left,
                right,
                series,
                roots,
                series_group,
                numbered,
                group,
                count,
                seen,
                rest,
                group_base,
                passed,
            )
            stale = False
        day_part = 0
        while roots[day_part] < 0 or seen[roots[day_part]] >= count[roots[day_part]]:
            day_part += 1
        node = roots[day_part]
        out_day[entry] = day
        out_slot[entry] = seen[node]
        out_slots[entry] = count[node]
        while True:
            rank = seen[node]
            seen[node] = rank + 1
            if group[node] >= 0:
                out_document_number[entry] = group_base[group[node]] + rank + 1
            if series[node] >= 0:
                break
            rest[node] += count[left[node]]
            if rest[node] >= count[node]:
                rest[node] -= count[node]
                node = left[node]
            else:
                node = right[node]
        at = series[node]
        out_series[entry] = at
        if series_kind[at] == CASE:
            company_starts = starts[series_case_company[at], series_case[at]]
            window = windows[series_window[at]]
            if cell_day[at] != day:
                fill_cells(day, company_starts, window, cells[at])
                cell_day[at] = day
                cell_class[at] = find_class(rank, cells[at])
            number = cell_class[at]
            while cells[at, number + 1] <= rank:
                number += 1
            cell_class[at] = number
            begin = of_class(company_starts[first_start(window, LEAD_DAYS + day, number)], number)
            nth = begin + rank - cells[at, number]
            out_number[entry] = (nth << CLASS_BITS) + number
        else:
            out_number[entry] = before[day, at] + rank
