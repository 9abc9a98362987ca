"""The trees that order a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.kernels.schedule.issued_days import MOST_LEVELS
from datasynth.generation.schedule.document_series import DocumentSeries, SeriesKind, make_series
from datasynth.generation.schedule.merge_tree import make_merge_tree
from datasynth.ledger.processes import DayPart
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from datasynth.generation.kernels.schedule.merge_tree import MergeTree


def series_under(tree: MergeTree, node: int) -> list[int]:
    """List the series under a node, from left to right."""
    if tree.nodes.series[node] >= 0:
        return [int(tree.nodes.series[node])]
    return series_under(tree, int(tree.nodes.left[node])) + series_under(tree, int(tree.nodes.right[node]))


def depth(tree: MergeTree, node: int) -> int:
    """Count the nodes on the longest way down."""
    if tree.nodes.series[node] >= 0:
        return 1
    return 1 + max(depth(tree, int(tree.nodes.left[node])), depth(tree, int(tree.nodes.right[node])))


@pytest.mark.parametrize("companies", [1, 2, 5])
def test_each_band_s_tree_has_its_series_in_order(companies: int) -> None:
    """From left to right a day part's tree has the day part's leaves as they are sorted."""
    document_series = make_series(make_config(companies=companies))
    tree, _ = make_merge_tree(7, document_series, len(DayPart))
    for day_part in DayPart:
        mine = [at for at, series in enumerate(document_series) if series.day_part == day_part]
        assert mine == series_under(tree, int(tree.roots[day_part]))


def test_groups_have_a_node_of_their_own() -> None:
    """The node marked with a group has exactly the group's series under it."""
    kinds = [(0, "SA"), (0, "SA"), (0, "SR"), (1, "SA"), (1, "SA"), (1, "SA"), (1, "ZB"), (2, "SA")]
    document_series = [
        DocumentSeries(company, DayPart.DAY, document_type, SeriesKind.SINGLE, company, case)
        for case, (company, document_type) in enumerate(kinds)
    ]
    tree, (groups, *_) = make_merge_tree(7, document_series, len(DayPart))
    marked = {int(group): node for node, group in enumerate(tree.nodes.group) if group >= 0}

    assert set(range(len(tree.numbered))) == set(marked)
    assert [0, 0, 1, 2, 2, 2, 3, 4] == groups.tolist()
    for group, node in marked.items():
        under = series_under(tree, node)
        assert [group] * len(under) == groups[under].tolist()
        assert 1 == len({document_series[at].group for at in under})
        assert sum(series.group == document_series[under[0]].group for series in document_series) == len(
            under
        )


def test_numbers_count_over_company_and_type() -> None:
    """Groups of one company and type in different day parts count together, all others by themselves."""
    posted = [
        (DayPart.NIGHT, 0, "SA"),
        (DayPart.NIGHT, 0, "ZI"),
        (DayPart.DAY, 0, "ZI"),
        (DayPart.DAY, 1, "ZI"),
    ]
    document_series = [
        DocumentSeries(company, day_part, kind, SeriesKind.SINGLE, company)
        for day_part, company, kind in posted
    ]

    assert [0, 1, 1, 2] == make_merge_tree(7, document_series, len(DayPart))[0].numbered.tolist()


def test_types_in_two_bands_count_together() -> None:
    """Of all series of a configuration, those that share a count have one company and type, and no others."""
    document_series = make_series(make_config(companies=3))
    tree, (groups, *_) = make_merge_tree(7, document_series, len(DayPart))
    counted: dict[int, set[tuple[int, str]]] = {}
    for at, series in enumerate(document_series):
        count = int(tree.numbered[groups[at]])
        counted.setdefault(count, set()).add((series.company, series.document_type))

    assert {1} == {len(found) for found in counted.values()}
    assert (
        len(counted)
        == len({(series.company, series.document_type) for series in document_series})
        < len(tree.numbered)
    )


def test_children_come_before_their_parents() -> None:
    """One pass over the nodes in order can add up counts; series have no children."""
    document_series = make_series(make_config(companies=4))
    tree, _ = make_merge_tree(7, document_series, len(DayPart))
    for node in range(len(tree.nodes)):
        if tree.nodes.series[node] >= 0:
            assert (-1, -1) == (tree.nodes.left[node], tree.nodes.right[node])
        else:
            assert 0 <= tree.nodes.left[node] < node
            assert 0 <= tree.nodes.right[node] < node
    assert len(document_series) == sum(tree.nodes.series >= 0)


def test_trees_are_shallow() -> None:
    """The way down is logarithmic in the number of series, fifty companies included."""
    companies = [
        DocumentSeries(company, DayPart.DAY, "SA", SeriesKind.SINGLE, company) for company in range(50)
    ]
    tree, _ = make_merge_tree(7, companies, len(DayPart))

    assert depth(tree, int(tree.roots[DayPart.DAY])) <= 7


def test_bands_without_series_have_no_tree() -> None:
    """A day part in which nothing is posted has no root; one series alone is its root and its group."""
    tree, (groups, *_) = make_merge_tree(
        7, [DocumentSeries(0, DayPart.EVENING, "SB", SeriesKind.CLOSE, 0)], len(DayPart)
    )

    assert [-1, -1, 0, -1] == tree.roots.tolist()
    assert ([0], [0], 1) == (tree.nodes.group.tolist(), groups.tolist(), len(tree.numbered))


def test_ranges_are_no_deeper_than_what_is_kept_of_a_day() -> None:
    """From each series up to its range there are at most `MOST_LEVELS` steps, for which there is room."""
    document_series = make_series(make_config(companies=3))
    tree, groups = make_merge_tree(7, document_series, len(DayPart))
    steps = []
    for at in range(len(document_series)):
        node, up = int(tree.leaf[at]), 0
        while node != groups.top[groups.range[at]]:
            node, up = int(tree.nodes.parent[node]), up + 1
        steps.append(up)

    assert 2 < max(steps) <= MOST_LEVELS
